"""What the calendar's actions share: locked rows, and the waiting list that moves up."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from allmende.capabilities.portal.events.calendar import SeatMovedUp
from allmende.capabilities.portal.models import CalendarEvent, Registration
from allmende.capabilities.portal.workflow.calendar import Seat, State
from allmende.core import events
from allmende.core.actions import lock
from allmende.core.actor import Actor
from allmende.core.errors import NotFound


def locked_event(event_id: UUID) -> CalendarEvent:
    """Whoever changes an event or its seats holds its row first. Raises NotFound."""
    try:
        return lock(CalendarEvent.objects.all(), pk=event_id)
    except CalendarEvent.DoesNotExist:
        raise NotFound from None


def locked_events(rows: "QuerySet[CalendarEvent]") -> list[CalendarEvent]:
    """Several, always in the same order, so that two who change a series at once do not wait for each other."""
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def fill_seats(actor: Actor, event: CalendarEvent, at: datetime) -> int:
    """Gives free seats to those who wait, in their order; the event's row is locked. Returns how many moved up.

    Changes the counters on the row; the caller saves it. Whoever still has to confirm stays where they are.
    """
    if event.state != State.PUBLISHED or event.ends_at <= at or not event.waiting:
        return 0
    queue = Registration.objects.filter(event=event, state=Seat.WAITING.value, keep_until__isnull=True)
    free = event.free
    rows = (
        list(queue.order_by("queued_at", "id")[:free]) if free is not None else list(queue.order_by("queued_at", "id"))
    )
    for seat in rows:
        seat.state, seat.moved_up_at = Seat.SEATED.value, at
        seat.save(update_fields=["state", "moved_up_at"])
        event.taken += 1
        event.waiting -= 1
        events.publish(actor, SeatMovedUp(ref=event.ref, registration_id=seat.pk))
    return len(rows)
