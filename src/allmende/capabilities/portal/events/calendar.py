"""What happened in the calendar. Payloads hold ids, states and numbers; handlers re-read the rest."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class EventSaved(DomainEvent):
    """An event was planned, or changed in a way that nobody needs to be told of."""

    name: ClassVar[str] = "portal.event_saved"


@dataclass(frozen=True, kw_only=True)
class EventDiscarded(DomainEvent):
    """A draft was thrown away."""

    name: ClassVar[str] = "portal.event_discarded"


@dataclass(frozen=True, kw_only=True)
class EventPublished(DomainEvent):
    """An event was announced, or its embargo ended."""

    name: ClassVar[str] = "portal.event_published"
    first_of_series: bool = True
    """False for the further dates of a series, so that its followers are told once."""


@dataclass(frozen=True, kw_only=True)
class EventMoved(DomainEvent):
    """Time or place of an announced event changed."""

    name: ClassVar[str] = "portal.event_moved"


@dataclass(frozen=True, kw_only=True)
class EventCancelled(DomainEvent):
    """An announced event does not take place."""

    name: ClassVar[str] = "portal.event_cancelled"


@dataclass(frozen=True, kw_only=True)
class EventSoon(DomainEvent):
    """It begins in a day, or in an hour (`notice`)."""

    name: ClassVar[str] = "portal.event_soon"
    notice: str


@dataclass(frozen=True, kw_only=True)
class EventEnded(DomainEvent):
    """Its end has passed."""

    name: ClassVar[str] = "portal.event_ended"


@dataclass(frozen=True, kw_only=True)
class EventReviewed(DomainEvent):
    """A recording or a written summary is there."""

    name: ClassVar[str] = "portal.event_reviewed"


@dataclass(frozen=True, kw_only=True)
class SeatEvent(DomainEvent):
    """`ref` is the event, `registration_id` the seat or place on the waiting list."""

    registration_id: UUID


@dataclass(frozen=True, kw_only=True)
class SeatTaken(SeatEvent):
    """Somebody registered; `state` says whether they are seated, waiting, or have to confirm."""

    name: ClassVar[str] = "portal.seat_taken"
    state: str


@dataclass(frozen=True, kw_only=True)
class SeatConfirmed(SeatEvent):
    """A guest confirmed by the link, or an organiser did."""

    name: ClassVar[str] = "portal.seat_confirmed"


@dataclass(frozen=True, kw_only=True)
class SeatGivenUp(SeatEvent):
    """Somebody does not come after all, or has not confirmed in time."""

    name: ClassVar[str] = "portal.seat_given_up"


@dataclass(frozen=True, kw_only=True)
class SeatMovedUp(SeatEvent):
    """A seat became free for the first on the waiting list."""

    name: ClassVar[str] = "portal.seat_moved_up"
