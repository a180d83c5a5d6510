"""What time brings: embargoes end, people are reminded, events end, names go."""

from datetime import datetime, timedelta
from uuid import UUID

from allmende.capabilities.portal.actions.calendar.rows import locked_event
from allmende.capabilities.portal.events.calendar import EventEnded, EventPublished, EventSoon
from allmende.capabilities.portal.models import CalendarEvent, Registration
from allmende.capabilities.portal.workflow.calendar import State
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor

DAY, HOUR = "day", "hour"
AHEAD = {DAY: timedelta(days=1), HOUR: timedelta(hours=1)}


@action
def note_shown(*, actor: Actor, event_id: UUID, at: datetime) -> CalendarEvent:
    """Says aloud that an embargo has ended; the pages know it by themselves. Repeating it does nothing."""
    event = locked_event(event_id)
    over = event.visible_from is None or event.visible_from <= at
    if event.state == State.PUBLISHED and event.shown_at is None and over:
        event.shown_at = at
        event.save(update_fields=["shown_at"])
        audit.record(actor, "portal.note_shown", event.ref, fields=["shown_at"])
        events.publish(actor, EventPublished(ref=event.ref))
    return event


@action
def remind_registered(*, actor: Actor, event_id: UUID, notice: str, at: datetime) -> CalendarEvent:
    """Reminds everybody registered a day or an hour ahead, once. What was missed for long is not told any more."""
    event = locked_event(event_id)
    column = "day_reminded_at" if notice == DAY else "hour_reminded_at"
    ahead = event.starts_at - at
    due = timedelta(0) < ahead <= AHEAD[notice] and (notice == HOUR or ahead > AHEAD[HOUR])
    if event.state == State.PUBLISHED and getattr(event, column) is None and due:
        setattr(event, column, at)
        event.save(update_fields=[column])
        audit.record(actor, "portal.remind_registered", event.ref, fields=[column])
        events.publish(actor, EventSoon(ref=event.ref, notice=notice))
    return event


@action
def note_end(*, actor: Actor, event_id: UUID, at: datetime) -> CalendarEvent:
    """The event is over: what people asked for (sign language, assistance) is deleted (practice.md 17)."""
    event = locked_event(event_id)
    if event.ends_at <= at and event.end_noted_at is None:
        event.end_noted_at = at
        event.save(update_fields=["end_noted_at"])
        Registration.objects.filter(event=event).update(aids=[], aids_note="")
        audit.record(actor, "portal.note_end", event.ref, fields=["aids"])
        events.publish(actor, EventEnded(ref=event.ref))
    return event
