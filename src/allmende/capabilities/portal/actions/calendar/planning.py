"""Planning an event or a series, changing, announcing, cancelling, copying it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from allmende.capabilities.portal.actions.calendar.data import EventData, check, located
from allmende.capabilities.portal.actions.calendar.rows import fill_seats, locked_event, locked_events
from allmende.capabilities.portal.events.calendar import (
    EventCancelled,
    EventDiscarded,
    EventMoved,
    EventPublished,
    EventReviewed,
    EventSaved,
)
from allmende.capabilities.portal.models import CalendarEvent, CalendarSeries, EventAbout
from allmende.capabilities.portal.rules import calendar as rules
from allmende.capabilities.portal.rules.calendar import recurrence
from allmende.capabilities.portal.workflow.calendar import State, Texts
from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Conflict, Invalid, NotFound
from allmende.core.refs import Ref

THIS, FOLLOWING, ALL = "this", "following", "all"
"""Which dates of a series a change is for."""


def _set_about(event: CalendarEvent, about: Iterable[Ref]) -> None:
    wanted = set(about)
    for row in event.about.all():
        if row.ref in wanted:
            wanted.remove(row.ref)
        else:
            row.delete()
    EventAbout.objects.bulk_create(
        EventAbout(event=event, capability=ref.capability, kind=ref.kind, object_id=ref.id) for ref in sorted(wanted)
    )


def _before(deadline: datetime | None, start: datetime, own: datetime, zone: ZoneInfo) -> datetime | None:
    """A deadline that stands as far before its own date, by the clock on the wall, as before the first one."""
    if deadline is None:
        return None
    ahead = start.astimezone(zone).replace(tzinfo=None) - deadline.astimezone(zone).replace(tzinfo=None)
    return (own.astimezone(zone).replace(tzinfo=None) - ahead).replace(tzinfo=zone).astimezone(UTC)


@action
def plan_event(
    *, actor: Actor, data: EventData, external: tuple[str, int] = ("", 0), is_example: bool = False, at: datetime
) -> CalendarEvent:
    """A draft of one event. `external` is UID and SEQUENCE where it was read in from elsewhere."""
    rules.require_organiser(actor.viewer, data.department)
    check(data)
    data = located(data)
    event = CalendarEvent.objects.create(
        **data.columns(),
        external_uid=external[0],
        external_sequence=external[1],
        is_example=is_example,
        created_at=at,
    )
    _set_about(event, data.about)
    audit.record(actor, "portal.plan_event", event.ref, fields=["title", "starts_at", "ends_at", "place"])
    events.publish(actor, EventSaved(ref=event.ref))
    return event


@action
def plan_series(
    *,
    actor: Actor,
    data: EventData,
    rule: recurrence.Rule,
    left_out: Iterable[date] = (),
    is_example: bool = False,
    at: datetime,
) -> CalendarSeries:
    """Drafts of all dates of a series; `data` describes the first possible one. Raises Invalid for an endless rule."""
    rules.require_organiser(actor.viewer, data.department)
    check(data)
    data = located(data)
    zone = city.current().zone
    first = data.starts_at.astimezone(zone)
    minutes = _wall_minutes(data.starts_at, data.ends_at, zone)
    skipped = sorted(set(left_out))
    days = recurrence.days_of(rule, first.date(), skipped)
    if not days:
        raise Invalid(fields={"until": _("In dieser Zeit liegt kein einziger Termin.")})
    series = CalendarSeries.objects.create(
        rule=str(rule),
        first_day=first.date(),
        starts=first.time().replace(tzinfo=None),
        minutes=minutes,
        left_out=[day.isoformat() for day in skipped],
        is_example=is_example,
        created_at=at,
    )
    for day in days:
        start, end = recurrence.period(day, series.starts, minutes, zone)
        own = replace(
            data,
            starts_at=start,
            ends_at=end,
            aids_until=_before(data.aids_until, data.starts_at, start, zone),
            registration_until=_before(data.registration_until, data.starts_at, start, zone),
        )
        event = CalendarEvent.objects.create(
            **own.columns(), series=series, original_day=day, is_example=is_example, created_at=at
        )
        _set_about(event, data.about)
        events.publish(actor, EventSaved(ref=event.ref))
    audit.record(actor, "portal.plan_series", series.ref, fields=["rule", "first_day", "starts", "minutes"])
    return series


def _wall_minutes(start: datetime, end: datetime, zone: ZoneInfo) -> int:
    naive = [moment.astimezone(zone).replace(tzinfo=None) for moment in (start, end)]
    return max(1, int((naive[1] - naive[0]).total_seconds() // 60))


SHARED = (
    "title", "summary", "description", "kind", "all_day", "place", "address", "district", "longitude", "latitude",
    "access", "access_note", "online_url", "department", "organiser", "languages", "aids", "aids_on_request", "costs",
    "link", "registration", "capacity",
)  # fmt: skip
WHERE = ("place", "address", "online_url")


@action
def change_event(
    *,
    actor: Actor,
    event_id: UUID,
    data: EventData,
    scope: str = THIS,
    external_sequence: int | None = None,
    at: datetime,
) -> CalendarEvent:
    """Changes one event, or with `scope` also the following or all dates of its series that are still to come.

    Hours and days move by the clock on the wall. Dates of the series that were changed one by one keep what they have.
    Whoever registered is told of a new time or place. Raises Closed for what is cancelled or over.
    """
    event = locked_event(event_id)
    rules.require_organiser(actor.viewer, event.department)
    rules.require_organiser(actor.viewer, data.department)
    _require_open(event, at)
    check(data)
    data = located(data)
    zone = city.current().zone
    others = _others(event, scope, at)
    old_start = event.starts_at.astimezone(zone).replace(tzinfo=None)
    new_start = data.starts_at.astimezone(zone).replace(tzinfo=None)
    minutes = _wall_minutes(data.starts_at, data.ends_at, zone)
    _apply(actor, event, data, at)
    if scope == THIS:
        event.is_changed = event.series_id is not None
        event.external_sequence = external_sequence or event.external_sequence
        event.save(update_fields=["is_changed", "external_sequence"])
    for other in others:
        day = other.starts_at.astimezone(zone).date() + (new_start.date() - old_start.date())
        start, end = recurrence.period(day, new_start.time(), minutes, zone)
        own = replace(
            data,
            starts_at=start,
            ends_at=end,
            aids_until=_before(data.aids_until, data.starts_at, start, zone),
            registration_until=_before(data.registration_until, data.starts_at, start, zone),
        )
        _apply(actor, other, own, at)
    audit.record(actor, "portal.change_event", event.ref, fields=[*SHARED, "starts_at", "ends_at"], reason=scope)
    return event


def _apply(actor: Actor, event: CalendarEvent, data: EventData, at: datetime) -> None:
    """Writes the data into a locked row; tells of what people must know."""
    columns = data.columns()
    moved = any(columns[name] != getattr(event, name) for name in ("starts_at", "ends_at", *WHERE))
    later = columns["starts_at"] > event.starts_at
    for name, value in columns.items():
        setattr(event, name, value)
    if later:  # people are reminded of the new time
        event.day_reminded_at = event.hour_reminded_at = None
    event.sequence += 1
    fill_seats(actor, event, at)
    event.save()
    _set_about(event, data.about)
    announced = event.state == State.PUBLISHED
    events.publish(actor, EventMoved(ref=event.ref) if moved and announced else EventSaved(ref=event.ref))


def _require_open(event: CalendarEvent, at: datetime) -> None:
    if event.state == State.CANCELLED:
        raise Closed(_("Dieser Termin ist abgesagt."))
    if event.state == State.PUBLISHED and event.ends_at <= at:
        raise Closed(pgettext("event", "Dieser Termin ist vorbei."))


def _others(event: CalendarEvent, scope: str, at: datetime) -> list[CalendarEvent]:
    """The other dates that a change is for, locked: to come, neither cancelled nor changed one by one."""
    if scope not in {THIS, FOLLOWING, ALL}:
        raise Invalid(fields={"scope": _("Bitte wählen Sie, für welche Termine das gilt.")})
    if scope == THIS or event.series_id is None:
        return []
    found = CalendarEvent.objects.filter(series_id=event.series_id, is_changed=False, ends_at__gt=at)
    found = found.exclude(state=State.CANCELLED.value).exclude(pk=event.pk)
    return locked_events(found.filter(starts_at__gt=event.starts_at) if scope == FOLLOWING else found)


@action
def publish_event(
    *, actor: Actor, event_id: UUID, scope: str = THIS, visible_from: datetime | None = None, at: datetime
) -> CalendarEvent:
    """Announces drafts, at once or at a minute to come. Repeating changes nothing. Raises Closed for what is over."""
    event = locked_event(event_id)
    rules.require_organiser(actor.viewer, event.department)
    if event.state == State.CANCELLED:
        raise Closed(_("Dieser Termin ist abgesagt."))
    if event.ends_at <= at and not event.is_example:
        raise Closed(pgettext("event", "Dieser Termin ist vorbei."))
    chosen = [row for row in [event, *_others(event, scope, at)] if row.state == State.DRAFT]
    later = visible_from if visible_from is not None and visible_from > at else None
    for number, row in enumerate(sorted(chosen, key=lambda row: row.starts_at)):
        row.state, row.published_at, row.visible_from = State.PUBLISHED.value, at, later
        row.shown_at = None if later else at
        row.save(update_fields=["state", "published_at", "visible_from", "shown_at"])
        tell = EventSaved(ref=row.ref) if later else EventPublished(ref=row.ref, first_of_series=number == 0)
        events.publish(actor, tell)
    audit.record(actor, "portal.publish_event", event.ref, fields=["state", "visible_from"], reason=scope)
    return event


@action
def cancel_event(*, actor: Actor, event_id: UUID, reason: str, scope: str = THIS, at: datetime) -> CalendarEvent:
    """Cancels; the event stays to be seen as cancelled, with the reason, and everybody registered is told."""
    event = locked_event(event_id)
    rules.require_organiser(actor.viewer, event.department)
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise Invalid(fields={"reason": _("Bitte sagen Sie den Menschen, warum.")})
    if event.state == State.DRAFT:
        raise Conflict(_("Dieser Termin ist noch nicht angekündigt. Sie können den Entwurf verwerfen."))
    if event.ends_at <= at:
        raise Closed(pgettext("event", "Dieser Termin ist vorbei."))
    for row in [event, *_others(event, scope, at)]:
        if row.state == State.PUBLISHED:
            row.state, row.cancelled_at, row.cancel_reason = State.CANCELLED.value, at, reason
            row.sequence += 1
            row.save(update_fields=["state", "cancelled_at", "cancel_reason", "sequence"])
            events.publish(actor, EventCancelled(ref=row.ref))
    audit.record(actor, "portal.cancel_event", event.ref, fields=["state"], reason=reason)
    return event


@action
def discard_event(*, actor: Actor, event_id: UUID, scope: str = THIS, at: datetime) -> None:
    """Throws drafts away. What was announced can only be cancelled. Raises Conflict."""
    event = locked_event(event_id)
    rules.require_organiser(actor.viewer, event.department)
    if event.state != State.DRAFT:
        raise Conflict(_("Dieser Termin ist schon angekündigt. Sie können ihn absagen."))
    for row in [event, *_others(event, scope, at)]:
        if row.state == State.DRAFT:
            events.publish(actor, EventDiscarded(ref=row.ref))
            row.delete()
    audit.record(actor, "portal.discard_event", Ref("portal", "event", event_id), fields=["state"])


@action
def copy_event(*, actor: Actor, event_id: UUID, day: date, at: datetime) -> CalendarEvent:
    """The same event as a draft on another day, at the same hour on the wall; without registrations and review."""
    event = locked_event(event_id)
    rules.require_organiser(actor.viewer, event.department)
    zone = city.current().zone
    start_time: time = event.starts_at.astimezone(zone).time().replace(tzinfo=None)
    start, end = recurrence.period(day, start_time, _wall_minutes(event.starts_at, event.ends_at, zone), zone)
    if start <= at:
        raise Invalid(fields={"day": _("Dieser Tag liegt in der Vergangenheit.")})
    data = data_of(event)
    data = replace(
        data,
        starts_at=start,
        ends_at=end,
        aids_until=_before(data.aids_until, data.starts_at, start, zone),
        registration_until=_before(data.registration_until, data.starts_at, start, zone),
    )
    made = CalendarEvent.objects.create(**data.columns(), is_example=event.is_example, created_at=at)
    _set_about(made, data.about)
    audit.record(actor, "portal.copy_event", made.ref, fields=["title", "starts_at", "ends_at", "place"])
    events.publish(actor, EventSaved(ref=made.ref))
    return made


def data_of(event: CalendarEvent) -> EventData:
    """What organisers have said of an event so far."""
    values = {one.name: getattr(event, one.name) for one in fields(EventData) if one.name != "about"}
    return EventData(**values, about=[row.ref for row in event.about.all()])


@action
def review_event(
    *,
    actor: Actor,
    event_id: UUID,
    recording_url: str = "",
    review: Texts | None = None,
    chapters: Sequence[Mapping[str, Any]] = (),
    at: datetime,
) -> CalendarEvent:
    """Recording, written summary and chapter marks, once the event has begun. Raises Closed before, Invalid."""
    event = locked_event(event_id)
    rules.require_organiser(actor.viewer, event.department)
    if event.state != State.PUBLISHED or event.starts_at > at:
        raise Closed(_("Das geht, sobald der Termin begonnen hat."))
    if recording_url and not recording_url.startswith("https://"):
        raise Invalid(fields={"recording_url": _("Bitte geben Sie eine Adresse an, die mit https:// beginnt.")})
    kept = {key: text.strip() for key, text in (review or {}).items() if text.strip()}
    if recording_url and not kept.get("de"):
        raise Invalid(fields={"review": _("Bitte fassen Sie das Wichtigste auch in Worten zusammen.")})
    first = not (event.recording_url or event.review) and bool(recording_url or kept)
    event.recording_url, event.review = recording_url, kept
    event.chapters = sorted((dict(mark) for mark in chapters), key=lambda mark: int(mark["at"]))
    event.save(update_fields=["recording_url", "review", "chapters"])
    audit.record(actor, "portal.review_event", event.ref, fields=["recording_url", "review", "chapters"])
    events.publish(actor, EventReviewed(ref=event.ref) if first else EventSaved(ref=event.ref))
    return event


def require_event(event_id: UUID) -> CalendarEvent:
    """The row, unlocked. Raises NotFound."""
    found = CalendarEvent.objects.filter(pk=event_id).first()
    if found is None:
        raise NotFound
    return found
