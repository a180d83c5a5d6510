"""Keeping the minutes of a meeting."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.models import Meeting, Minutes
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.core.events import publish


@dataclass(frozen=True)
class MinutesData:
    """A note, whether everybody may read them, and since when they are approved."""

    note: str
    is_released: bool
    approved_on: date | None


@action
def keep_minutes(
    *, actor: Actor, meeting_id: UUID, data: MinutesData, at: datetime, quiet: bool = False, is_example: bool = False
) -> Minutes:
    """Writes the note, releases the minutes for everybody to read, says that they are approved.

    Raises NotFound, Invalid.
    """
    rules.require_may_keep(actor)
    try:
        meeting = lock(Meeting.objects.public(), pk=meeting_id)
    except Meeting.DoesNotExist:
        raise NotFound from None
    if not meeting.is_begun(at):
        raise Invalid(_("Die Sitzung hat noch nicht begonnen."))
    assert meeting.start is not None
    if data.approved_on is not None:
        if not data.is_released:
            raise Invalid(fields={"is_released": _("Was genehmigt ist, dürfen auch alle lesen.")})
        held, today = timezone.localtime(meeting.start).date(), timezone.localtime(at).date()
        if not held <= data.approved_on <= today:
            raise Invalid(fields={"approved_on": _("Der Tag liegt vor der Sitzung oder noch vor uns.")})
    before = Minutes.objects.filter(meeting=meeting).first()
    found = before or Minutes(meeting=meeting, is_example=is_example)
    is_new = data.is_released and found.released_at is None
    found.note, found.approved_on, found.changed_at = data.note.strip(), data.approved_on, at
    found.released_at = (found.released_at or at) if data.is_released else None
    found.save()
    audit.record(actor, "council.keep_minutes", meeting.ref, fields=["approved_on", "note", "released_at"])
    if is_new and not quiet:
        publish(actor, events.MinutesReleased(ref=meeting.ref))
    return found
