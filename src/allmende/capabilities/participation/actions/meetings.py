"""Dates on which a group meets."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.rows import locked_group, locked_meeting
from allmende.capabilities.participation.events import MeetingCancelled, MeetingChanged, MeetingPlanned
from allmende.capabilities.participation.models import Meeting
from allmende.capabilities.participation.workflow import Texts
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Invalid


def _check(topic: Texts, starts_at: datetime, ends_at: datetime, place: Texts, online_url: str) -> None:
    wrong: dict[str, str] = {}
    if not topic.get("de", "").strip():
        wrong["topic"] = _("Bitte sagen Sie, worum es geht.")
    if ends_at <= starts_at:
        wrong["ends_at"] = _("Das Ende liegt vor dem Anfang.")
    if not place.get("de", "").strip() and not online_url:
        wrong["place"] = _("Bitte sagen Sie, wo: ein Ort oder eine Adresse im Netz.")
    if online_url and not online_url.startswith(("https://", "http://")):
        wrong["online_url"] = _("Bitte geben Sie eine Adresse an, die mit https:// beginnt.")
    if wrong:
        raise Invalid(fields=wrong)


@action
def plan_meeting(
    *,
    actor: Actor,
    group_id: UUID,
    topic: Texts,
    starts_at: datetime,
    ends_at: datetime,
    place: Texts,
    online_url: str = "",
    notes: Texts | None = None,
    is_example: bool = False,
    at: datetime,
) -> Meeting:
    """Announces a meeting of the group. Editors and who leads the group."""
    group = locked_group(group_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, group.pk))
    _check(topic, starts_at, ends_at, place, online_url)
    if starts_at <= at:
        raise Invalid(fields={"starts_at": _("Dieser Termin liegt in der Vergangenheit.")})
    meeting = Meeting.objects.create(
        group=group,
        topic=dict(topic),
        starts_at=starts_at,
        ends_at=ends_at,
        place=dict(place),
        online_url=online_url,
        notes=dict(notes or {}),
        is_example=is_example,
        created_at=at,
    )
    audit.record(actor, "participation.plan_meeting", meeting.ref, fields=["topic", "starts_at", "ends_at", "place"])
    events.publish(actor, MeetingPlanned(ref=meeting.ref, group_id=group.pk))
    return meeting


@action
def change_meeting(
    *,
    actor: Actor,
    meeting_id: UUID,
    topic: Texts,
    starts_at: datetime,
    ends_at: datetime,
    place: Texts,
    online_url: str = "",
    notes: Texts | None = None,
    at: datetime,
) -> Meeting:
    """Changes time, place or topic of a meeting that is still to come."""
    meeting = locked_meeting(meeting_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, meeting.group_id))
    if meeting.cancelled_at is not None or meeting.ends_at <= at:
        raise Closed(_("Dieser Termin ist vorbei oder abgesagt."))
    _check(topic, starts_at, ends_at, place, online_url)
    meeting.topic, meeting.place, meeting.notes = dict(topic), dict(place), dict(notes or {})
    meeting.starts_at, meeting.ends_at, meeting.online_url = starts_at, ends_at, online_url
    meeting.save()
    audit.record(actor, "participation.change_meeting", meeting.ref, fields=["topic", "starts_at", "ends_at", "place"])
    events.publish(actor, MeetingChanged(ref=meeting.ref, group_id=meeting.group_id))
    return meeting


@action
def cancel_meeting(*, actor: Actor, meeting_id: UUID, reason: str, at: datetime) -> Meeting:
    """Cancels a meeting; it stays to be seen as cancelled, with the reason. Doing it twice changes nothing."""
    meeting = locked_meeting(meeting_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, meeting.group_id))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Bitte sagen Sie den Menschen, warum.")})
    if meeting.ends_at <= at:
        raise Closed(_("Dieser Termin ist vorbei."))
    if meeting.cancelled_at is None:
        meeting.cancelled_at, meeting.cancel_reason = at, reason.strip()[:300]
        meeting.save(update_fields=["cancelled_at", "cancel_reason"])
        audit.record(actor, "participation.cancel_meeting", meeting.ref, fields=["cancelled_at"], reason=reason)
        events.publish(actor, MeetingCancelled(ref=meeting.ref, group_id=meeting.group_id))
    return meeting
