"""Writing down who was there."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.models import Attendance, Meeting, Presence
from allmende.capabilities.council.queries.attendance import ever_sat, held_in
from allmende.capabilities.council.queries.votes import entitled_in
from allmende.capabilities.council.rules import attendance
from allmende.capabilities.council.rules.attendance import AttendanceData
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.core.events import publish


@action
def record_attendance(
    *, actor: Actor, meeting_id: UUID, data: AttendanceData, at: datetime, is_example: bool = False
) -> Attendance:
    """Writes down who was there, or corrects it. It must fit the votes that are there already.

    Raises NotFound, Invalid.
    """
    rules.require_may_keep(actor)
    try:
        meeting = lock(Meeting.objects.public(), pk=meeting_id)
    except Meeting.DoesNotExist:
        raise NotFound from None
    if meeting.start is None or meeting.start > at:
        raise Invalid(_("Die Sitzung hat noch nicht begonnen. Wer da ist, lässt sich erst dann eintragen."))
    members = entitled_in(meeting)
    former = {key: (name, last) for key, (name, _number, last) in ever_sat(meeting).items()}
    if wrong := attendance.faults(data, members, former, held_in(meeting)):
        raise Invalid(fields=wrong)
    before = Attendance.objects.filter(meeting=meeting).first()
    found = before or Attendance(meeting=meeting, recorded_at=at, is_example=is_example)
    found.quorum, found.present, found.seats = data.quorum, len(data.present), len(members)
    found.changed_at, found.corrections = at, found.corrections + (1 if before else 0)
    found.save()
    found.presences.all().delete()
    Presence.objects.bulk_create(
        Presence(attendance=found, person_id=key, since=stay.since, until=stay.until)
        for key, stay in data.present.items()
    )
    audit.record(actor, "council.record_attendance", meeting.ref, fields=["presences", "quorum"])
    publish(actor, events.AttendanceRecorded(ref=meeting.ref))
    return found
