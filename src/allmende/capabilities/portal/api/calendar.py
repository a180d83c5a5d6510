"""The calendar for programs: read everything public, register. The same actions as the pages."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, cast

from django.conf import settings
from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from allmende.accounts.interface import ApiAuth, limit
from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.queries import calendar as queries
from allmende.capabilities.portal.queries.calendar.ical import url_of
from allmende.capabilities.portal.rules import calendar as rules
from allmende.core import city, feeds
from allmende.core.errors import Invalid
from allmende.core.http import Request
from allmende.engines.notify import interface as notify

router = Router(tags=["portal"])

READ = ApiAuth("portal:read", optional=True)
WRITE = ApiAuth("portal:write", optional=True)
HOUR = timedelta(hours=1)
Number = Annotated[int, Field(ge=1, lt=2**63, description="Public number, as it stands on the page.")]
Word = Annotated[str, Field(max_length=60)]
LONGEST = timedelta(days=400)


class EventOut(Schema):
    """An event. Texts per language code; instants in UTC, the period is half-open."""

    id: str
    number: int
    uid: str = Field(description="UID of its iCalendar entry; it never changes.")
    kind: str
    title: dict[str, str]
    summary: dict[str, str]
    description: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    place: dict[str, str]
    address: str
    district: str
    longitude: float | None
    latitude: float | None
    access: list[str] = Field(description="How one gets in: step_free, lift, toilet, loop, parking, transit, quiet")
    online_url: str
    department: str
    languages: list[str]
    aids: list[str] = Field(description="Offered in any case: sign, captions, assistance, translation, childcare")
    aids_on_request: list[str]
    aids_until: datetime | None
    costs: dict[str, str] = Field(description="Empty: free of charge.")
    state: str = Field(description="published, cancelled or over")
    cancel_reason: str
    registration: bool
    open_for_registration: bool
    capacity: int | None
    free: int | None
    waiting: int
    series: int | None = Field(description="Number of the series that it is a date of.")
    sequence: int
    recording_url: str
    review: dict[str, str]
    is_example: bool
    modified: datetime
    url: str


class EventsOut(Schema):
    """Events of a period, in order of beginning."""

    events: list[EventOut]


class ChangedEventsOut(Schema):
    """What changed. `until` is the `modified_since` of the next read; the boundary may be sent twice."""

    events: list[EventOut]
    until: datetime


class SeatIn(Schema):
    """A registration. Without a token it is a guest's, who asks about it with number and code."""

    name: str = Field(max_length=160, description="At most 80 characters; for the list at the door, never public.")
    aids: list[Word] = Field(default=[], max_length=10)
    aids_note: str = Field(default="", max_length=600)
    language: Literal["de", "en"] = "de"


class SeatReceipt(Schema):
    """With number and code anybody who holds them sees how it stands, at /nachsehen/."""

    number: str
    code: str


class SeatOut(Schema):
    """The registration: seated, waiting, or asked while an organiser still has to confirm it."""

    event: int
    state: str
    keep_until: datetime | None
    receipt: SeatReceipt | None


def _event(row: CalendarEvent, at: datetime) -> EventOut:
    series = row.series
    values = {
        name: getattr(row, name)
        for name in (
            "number", "kind", "title", "summary", "description", "starts_at", "ends_at", "all_day", "place", "address",
            "district", "longitude", "latitude", "access", "online_url", "department", "languages", "aids",
            "aids_on_request", "aids_until", "costs", "cancel_reason", "registration", "capacity", "free", "waiting",
            "sequence", "recording_url", "review", "is_example", "modified",
        )
    }  # fmt: skip
    return EventOut(
        **values,
        id=str(row.pk),
        uid=queries.uid_of(row),
        state=row.state_at(at),
        open_for_registration=rules.takes_registrations(row, at),
        series=series.number if series else None,
        url=url_of(row, "de").removeprefix(settings.PUBLIC_URL),
    )


@router.get("", response=EventsOut, auth=READ, summary="Public events of a period")
def list_events(
    request: HttpRequest,
    since: feeds.Instant | None = None,
    before: feeds.Instant | None = None,
    kind: Word = "",
    district: Word = "",
    language: Word = "",
    text: Annotated[str, Field(max_length=80)] = "",
    limit: Annotated[int, Field(ge=1, le=500)] = 100,
) -> EventsOut:
    """Everything that touches the period [since, before); from now on for 400 days if it is not said."""
    asked = cast("Request", request)
    start = since or asked.at
    try:
        end = min(before or start + LONGEST, start + LONGEST)
    except OverflowError:
        raise Invalid(fields={"since": "since"}) from None
    filters = queries.Filters(
        kind=_plain(kind), district=_plain(district), language=_plain(language), text=_plain(text)
    )
    rows = queries.events_between(filters, start, end, asked.at, limit=limit)
    return EventsOut(events=[_event(row, asked.at) for row in rows])


def _plain(text: str) -> str:
    """Without what PostgreSQL cannot hold."""
    return text.replace("\x00", "")


@router.get("changes", response=ChangedEventsOut, auth=READ, summary="What changed since")
def list_changes(
    request: HttpRequest,
    modified_since: feeds.Instant | None = None,
    limit: Annotated[int, Field(ge=1, le=500)] = 500,
) -> ChangedEventsOut:
    """For copies kept elsewhere. Nothing is passed over: rows younger than the oldest open transaction wait."""
    at = cast("Request", request).at
    until = feeds.safe_until()
    rows = queries.changes(modified_since, until, at, limit=limit)
    last = rows[-1].modified if len(rows) == limit else until
    return ChangedEventsOut(events=[_event(row, at) for row in rows], until=last)


@router.get("{number}", response=EventOut, auth=READ, summary="One event")
def get_event(request: HttpRequest, number: Path[Number]) -> EventOut:
    asked = cast("Request", request)
    return _event(queries.event_by_number(number, asked.viewer, asked.at), asked.at)


@router.post("{number}/registrations", response={201: SeatOut}, auth=WRITE, summary="Register")
def register(request: HttpRequest, number: Path[Number], payload: SeatIn) -> Status[SeatOut]:
    """Takes a seat, or a place on the waiting list. Send an `Idempotency-Key`: a repeat gets the same seat."""
    asked = cast("Request", request)
    limit(asked, "portal.register_api", times=int(city.setting("portal.registrations_per_hour", 20)), per=HOUR)
    event = queries.event_by_number(number, asked.viewer, asked.at)
    guest = None if asked.actor.person_id else {"contact_kind": "number", "language": payload.language}
    seat = actions.take_seat(
        actor=asked.actor,
        event_id=event.pk,
        name=_plain(payload.name),
        guest=guest,
        aids=payload.aids,
        aids_note=_plain(payload.aids_note),
        proven=guest is None,
        at=asked.at,
    )
    receipt = notify.receipt_of(event.ref, seat.person_id) if guest and seat.person_id else None
    return Status(
        201,
        SeatOut(
            event=event.number,
            state=seat.state,
            keep_until=seat.keep_until,
            receipt=SeatReceipt(number=receipt.number, code=receipt.code) if receipt else None,
        ),
    )
