"""One event, its series, its seats; what the staff's desk and the clock look for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Q

from allmende.capabilities.portal.models import CalendarEvent, Registration
from allmende.capabilities.portal.queries.calendar.dates import Filters, _event_filter
from allmende.capabilities.portal.rules import calendar as rules
from allmende.capabilities.portal.workflow.calendar import LIVE, State
from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.manifest import Shown


def event_by_number(number: int, viewer: Viewer, at: datetime) -> CalendarEvent:
    """The event as this viewer may see it. Raises NotFound."""
    found = CalendarEvent.objects.select_related("series").filter(number=number).first() if number < 2**63 else None
    if found is None or not rules.may_see(found, viewer, at):
        raise NotFound
    return found


def public_event(event_id: UUID) -> CalendarEvent | None:
    """The event, whoever may see it."""
    return CalendarEvent.objects.filter(pk=event_id).first()


def about_of(event: CalendarEvent, viewer: Viewer, at: datetime) -> list[Shown]:
    """The things that an event is about, as far as this viewer may see them."""
    refs = [row.ref for row in event.about.all()]
    if not refs:
        return []
    found = manifest.lookup().resolve(refs, viewer, at)
    return [found[ref] for ref in refs if ref in found]


def series_of(event: CalendarEvent, at: datetime, *, limit: int = 8) -> list[CalendarEvent]:
    """The next dates of the same series."""
    if event.series_id is None:
        return []
    rows = CalendarEvent.objects.public(at).filter(series_id=event.series_id, ends_at__gt=at).exclude(pk=event.pk)
    return list(rows.order_by("starts_at", "id")[:limit])


def events_between(
    filters: Filters, start: datetime, end: datetime, at: datetime, *, limit: int
) -> list[CalendarEvent]:
    """Whole events for feeds and programs, cancelled ones too."""
    rows = CalendarEvent.objects.public(at).between(start, end).filter(_event_filter(filters))
    return list(rows.order_by("starts_at", "id")[:limit])


def changes(since: datetime | None, until: datetime, at: datetime, *, limit: int) -> list[CalendarEvent]:
    """Public events by the time of their last change."""
    rows = CalendarEvent.objects.public(at).filter(modified__lt=until)
    if since is not None:
        rows = rows.filter(modified__gte=since)
    return list(rows.order_by("modified", "id")[:limit])


# Seats


def seat(seat_id: UUID) -> Registration | None:
    """A seat with its event, while it still belongs to somebody."""
    rows = Registration.objects.select_related("event", "person").filter(pk=seat_id, person__isnull=False)
    return rows.first()


def seat_of_person(event: CalendarEvent, viewer: Viewer) -> Registration | None:
    """The viewer's own seat or place on the waiting list."""
    if viewer.person_id is None:
        return None
    return Registration.objects.filter(event=event, person_id=viewer.person_id, state__in=LIVE).first()


def seats(event: CalendarEvent) -> list[Registration]:
    """Everybody who is on the list, in the order in which they came."""
    rows = Registration.objects.filter(event=event, state__in=LIVE).select_related("person")
    return list(rows.order_by("queued_at", "id"))


# For staff


def desk(
    viewer: Viewer, at: datetime, *, which: Literal["coming", "drafts", "past"] = "coming", limit: int = 200
) -> list[CalendarEvent]:
    """The events that the viewer organises."""
    rows = CalendarEvent.objects.select_related("series")
    departments = rules.departments_of(viewer)
    if departments is not None:
        rows = rows.filter(department__in=departments)
    if which == "drafts":
        rows = rows.filter(state=State.DRAFT.value).order_by("starts_at", "id")
    elif which == "past":
        rows = rows.exclude(state=State.DRAFT.value).filter(ends_at__lte=at).order_by("-starts_at", "-id")
    else:
        rows = rows.exclude(state=State.DRAFT.value).filter(ends_at__gt=at).order_by("starts_at", "id")
    return list(rows[:limit])


# For the clock


def due_for_clock(at: datetime) -> dict[str, Sequence[UUID]]:
    """Ids of events for which something is due: shown, day, hour, ended, unconfirmed."""
    events = CalendarEvent.objects.filter(state=State.PUBLISHED.value)
    soon = events.filter(starts_at__gt=at)
    in_a_day = Q(starts_at__gt=at + timedelta(hours=1), starts_at__lte=at + timedelta(days=1))
    return {
        "shown": list(
            events.filter(shown_at__isnull=True, visible_from__lte=at).order_by("pk").values_list("pk", flat=True)
        ),
        "day": list(soon.filter(in_a_day, day_reminded_at__isnull=True).order_by("pk").values_list("pk", flat=True)),
        "hour": list(
            soon.filter(starts_at__lte=at + timedelta(hours=1), hour_reminded_at__isnull=True)
            .order_by("pk")
            .values_list("pk", flat=True)
        ),
        "ended": list(
            CalendarEvent.objects.exclude(state=State.DRAFT.value)
            .filter(ends_at__lte=at, end_noted_at__isnull=True)
            .order_by("pk")
            .values_list("pk", flat=True)[:200]
        ),
        "unconfirmed": list(
            Registration.objects.filter(state__in=LIVE, keep_until__lte=at)
            .order_by("event_id")
            .values_list("event_id", flat=True)
            .distinct()
        ),
    }
