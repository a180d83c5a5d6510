"""Bringing milestones to mind."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.pilots.events import MilestoneDue
from allmende.capabilities.pilots.models import Milestone, Pilot
from allmende.capabilities.pilots.queries import portfolio
from allmende.capabilities.pilots.rules.reminders import turn_of
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import NotAllowed, NotFound
from allmende.core.reminders import Turn


@action
def remind_of_milestone(*, actor: Actor, pilot_id: UUID, place: int, at: datetime) -> bool:
    """Reminds the leading office that a week is left, or that the day is over; whether there was something to say.

    Only the clock may; repeats change nothing. Raises NotFound.
    """
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    try:
        pilot = lock(Pilot.objects.all(), pk=pilot_id)  # first the pilot, as everywhere
        found = lock(Milestone.objects.filter(pilot=pilot), place=place)
    except (Pilot.DoesNotExist, Milestone.DoesNotExist):
        raise NotFound from None
    turn = turn_of(found, pilot.state, portfolio.day_of(at))
    if turn == Turn.NOTHING:
        return False
    if turn == Turn.OVERDUE:
        found.overdue_reminded_at = at
    else:
        found.reminded_at = at
    found.save(update_fields=["reminded_at", "overdue_reminded_at"])
    audit.record(actor, "pilots.remind_of_milestone", pilot.ref, fields=["reminded_at"], reason=turn.value)
    day = found.planned_on.isoformat()
    events.publish(actor, MilestoneDue(ref=pilot.ref, place=place, planned_on=day, is_overdue=turn == Turn.OVERDUE))
    return True
