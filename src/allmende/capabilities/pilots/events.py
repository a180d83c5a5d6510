"""What happened here. Figures and texts are no part of an event: handlers read them anew."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent
from allmende.core.refs import Ref


@dataclass(frozen=True, kw_only=True)
class PilotSaved(DomainEvent):
    """A pilot was made or its facts were changed. `ref` is the pilot."""

    name: ClassVar[str] = "pilots.pilot_saved"


@dataclass(frozen=True, kw_only=True)
class PilotMoved(DomainEvent):
    """A pilot took a step of its workflow. `ref` is the pilot."""

    name: ClassVar[str] = "pilots.pilot_moved"
    verb: str
    state: str


@dataclass(frozen=True, kw_only=True)
class DecisionTakenBack(DomainEvent):
    """The council took back or put off what it had decided on a pilot that has begun. `ref` is the pilot."""

    name: ClassVar[str] = "pilots.decision_taken_back"


@dataclass(frozen=True, kw_only=True)
class MilestoneSaved(DomainEvent):
    """A milestone was made, moved or reached. `ref` is the pilot, `place` tells which."""

    name: ClassVar[str] = "pilots.milestone_saved"
    place: int
    reached: bool
    """Whether it was reached with this very change."""


@dataclass(frozen=True, kw_only=True)
class MilestoneDue(DomainEvent):
    """A milestone is due within a week, or overdue: the leading office is reminded. `ref` is the pilot."""

    name: ClassVar[str] = "pilots.milestone_due"
    place: int
    planned_on: str
    """The day, as ISO 8601 has it: a reminder of another day than the milestone's is out of date."""
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class IndicatorSaved(DomainEvent):
    """An indicator was made or changed. `ref` is the indicator."""

    name: ClassVar[str] = "pilots.indicator_saved"
    pilot: Ref


@dataclass(frozen=True, kw_only=True)
class ValueRecorded(DomainEvent):
    """A value of an indicator came in, or a better one in place of an old one. `ref` is the indicator."""

    name: ClassVar[str] = "pilots.value_recorded"
    pilot: Ref
    corrects: bool
