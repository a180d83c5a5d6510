"""What happened with reports of barriers. Nobody is named."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class BarrierReported(DomainEvent):
    """Somebody met a barrier."""

    name: ClassVar[str] = "portal.barrier_reported"
    channel: str


@dataclass(frozen=True, kw_only=True)
class BarrierAnswered(DomainEvent):
    """The office answered; `answer_id` is its row."""

    name: ClassVar[str] = "portal.barrier_answered"
    answer_id: UUID
    state: str


@dataclass(frozen=True, kw_only=True)
class BarrierOverdue(DomainEvent):
    """The date that was promised has passed. `department` is reminded, or its deputy the second time."""

    name: ClassVar[str] = "portal.barrier_overdue"
    department: str
    for_deputy: bool
