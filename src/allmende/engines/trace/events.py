"""What happened to the Trace."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from allmende.core.events import DomainEvent
from allmende.core.refs import Ref


@dataclass(frozen=True, kw_only=True)
class EdgeLinked(DomainEvent):
    """`ref` (the source) was said to have led to `target`."""

    name: ClassVar[str] = "trace.edge_linked"
    target: Ref
    edge_id: UUID
    quiet: bool = False
    """What caused the link is told by its own room already; nobody is told twice."""


@dataclass(frozen=True, kw_only=True)
class EdgeRetracted(DomainEvent):
    """That `ref` (the source) led to `target` was taken back."""

    name: ClassVar[str] = "trace.edge_retracted"
    target: Ref
    edge_id: UUID
