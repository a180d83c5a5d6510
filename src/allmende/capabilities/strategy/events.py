"""What happened here. Ties between impulses and goals are the Trace's events (`trace.edge_linked`)."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class FieldSaved(DomainEvent):
    """A field of action was made or changed. `ref` is the field."""

    name: ClassVar[str] = "strategy.field_saved"


@dataclass(frozen=True, kw_only=True)
class GoalSaved(DomainEvent):
    """A goal was made or changed, or what it rests on. `ref` is the goal."""

    name: ClassVar[str] = "strategy.goal_saved"


@dataclass(frozen=True, kw_only=True)
class GoalEnded(DomainEvent):
    """A goal was given up; its reason stands with it. `ref` is the goal."""

    name: ClassVar[str] = "strategy.goal_ended"


@dataclass(frozen=True, kw_only=True)
class ImpulseSetAside(DomainEvent):
    """An impulse was answered with a reason why it is in none of the goals. `ref` is the answer."""

    name: ClassVar[str] = "strategy.impulse_set_aside"


@dataclass(frozen=True, kw_only=True)
class AsideWithdrawn(DomainEvent):
    """The answer does not hold any more: the impulse was ordered into a goal after all. `ref` is the answer."""

    name: ClassVar[str] = "strategy.aside_withdrawn"
