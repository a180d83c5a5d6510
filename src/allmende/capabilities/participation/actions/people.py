"""Handing over the chair; certificates for who worked along."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.groups import set_function
from allmende.capabilities.participation.actions.rows import locked_group
from allmende.capabilities.participation.events import (
    CertificateDecided,
    CertificateRequested,
    GroupMembersChanged,
    HandoverEnded,
    HandoverProposed,
)
from allmende.capabilities.participation.models import Attendance, Certificate, GroupMember, Handover, Task
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound

Function = GroupMember.Function
NAME_LIMIT = 120
MOST_HOURS = 9999


@action
def propose_handover(*, actor: Actor, group_id: UUID, successor_id: UUID, note: str = "", at: datetime) -> Handover:
    """The chair, or an editor, says who shall lead the group; that person is asked."""
    group = locked_group(group_id)
    function = queries.function_in(actor.viewer, group.pk)
    rules.require_signed_in(actor.viewer)
    if function != Function.CHAIR and not rules.may_appoint(actor.viewer):
        raise NotAllowed(_("Den Vorsitz gibt weiter, wer ihn hat. Sonst entscheidet die Redaktion."))
    held = dict(group.members.filter(until=None).values_list("person_id", "function"))
    if successor_id not in held:
        raise Invalid(fields={"successor": _("Diese Person ist nicht mehr in der Gruppe.")})
    if held[successor_id] == Function.CHAIR:
        raise Invalid(fields={"successor": _("Diese Person hat den Vorsitz schon.")})
    if Handover.objects.filter(group=group, state=Handover.State.OPEN).exists():
        raise Conflict(_("Es ist schon jemand gefragt."))
    row = Handover.objects.create(
        group=group,
        proposed_by_id=actor.person_id,
        successor_id=successor_id,
        note=note.strip()[:1000],
        proposed_at=at,
    )
    audit.record(actor, "participation.propose_handover", group.ref, fields=["handover"])
    events.publish(actor, HandoverProposed(ref=group.ref, group_id=group.pk, handover_id=row.pk))
    return row


@action
def end_handover(*, actor: Actor, group_id: UUID, accept: bool, at: datetime) -> Handover:
    """Whoever was asked takes the chair or declines; an editor may decide for them, the proposer may take it back.

    The former chair stays as a member. Raises NotFound when nobody is asked, NotAllowed for everybody else.
    """
    group = locked_group(group_id)
    person_id = rules.require_signed_in(actor.viewer)
    row = Handover.objects.filter(group=group, state=Handover.State.OPEN).first()
    if row is None:
        raise NotFound
    editor = rules.may_appoint(actor.viewer)
    if not (person_id == row.successor_id or editor or (person_id == row.proposed_by_id and not accept)):
        raise NotAllowed(_("Das entscheidet, wer gefragt ist."))
    if accept and row.successor_id not in queries.live_members(group.pk):
        raise Closed(_("Diese Person ist nicht mehr in der Gruppe."))
    row.state, row.ended_at = (Handover.State.ACCEPTED if accept else Handover.State.DECLINED), at
    row.save(update_fields=["state", "ended_at"])
    if accept:
        set_function(group, row.successor_id, Function.CHAIR, at)
        events.publish(actor, GroupMembersChanged(ref=group.ref))
    audit.record(
        actor, "participation.end_handover", group.ref, fields=["handover", "members"] if accept else ["handover"]
    )
    events.publish(actor, HandoverEnded(ref=group.ref, group_id=group.pk, handover_id=row.pk))
    return row


# Certificates


@action
def request_certificate(
    *, actor: Actor, group_id: UUID, name: str, hours: int | None = None, at: datetime
) -> Certificate:
    """Asks for a certificate of one's work in a group, also after one has left. Asking twice asks once."""
    person_id = rules.require_signed_in(actor.viewer)
    group = locked_group(group_id)
    if not group.members.filter(person_id=person_id).exists():
        raise NotAllowed(_("Eine Bescheinigung gibt es für alle, die in der Gruppe mitgemacht haben."))
    words = " ".join(name.split())
    if not words or len(words) > NAME_LIMIT:
        raise Invalid(fields={"name": _("Bitte geben Sie den Namen an, der auf dem Papier stehen soll.")})
    row, fresh = Certificate.objects.get_or_create(
        group=group,
        person_id=person_id,
        issued_at=None,
        declined_at=None,
        defaults={"name": words, "hours": hours, "requested_at": at},
    )
    if fresh:
        audit.record(actor, "participation.request_certificate", row.ref, fields=["name", "hours"])
        events.publish(actor, CertificateRequested(ref=row.ref, group_id=group.pk))
    return row


def _facts(row: Certificate, at: datetime) -> dict[str, Any]:
    """What is known of somebody's work in the group on the day."""
    members = GroupMember.objects.filter(group=row.group, person_id=row.person_id).order_by("since")
    attended = Attendance.objects.filter(meeting__group=row.group, person_id=row.person_id)
    return {
        "periods": [
            {
                "function": one.function,
                "since": one.since.isoformat(),
                "until": one.until.isoformat() if one.until is not None and one.until <= at else None,
            }
            for one in members
        ],
        "meetings": attended.count(),
        "tasks": Task.objects.filter(group=row.group, person_id=row.person_id, done_at__isnull=False).count(),
    }


def _asked(actor: Actor, certificate_id: UUID) -> Certificate:
    """A certificate that waits, locked. Raises NotFound, NotAllowed (nobody certifies themselves), Conflict."""
    try:
        row = lock(Certificate.objects.select_related("group"), pk=certificate_id)
    except Certificate.DoesNotExist:
        raise NotFound from None
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, row.group_id))
    if row.person_id == actor.person_id:
        raise NotAllowed(_("Die eigene Bescheinigung gibt jemand anderes."))
    if not row.is_open:
        raise Conflict(_("Darüber ist schon entschieden."))
    return row


@action
def issue_certificate(
    *, actor: Actor, certificate_id: UUID, hours: int | None = None, thanks: str = "", at: datetime
) -> Certificate:
    """Gives the certificate. `hours` only if somebody stated them; nothing of it is public."""
    row = _asked(actor, certificate_id)
    if hours is not None and not 0 < hours <= MOST_HOURS:
        raise Invalid(fields={"hours": _("Bitte geben Sie eine Zahl zwischen 1 und %(n)s an.") % {"n": MOST_HOURS}})
    row.hours, row.thanks, row.content, row.issued_at = hours, thanks.strip()[:600], _facts(row, at), at
    row.save()
    audit.record(actor, "participation.issue_certificate", row.ref, fields=["issued_at", "hours"])
    events.publish(actor, CertificateDecided(ref=row.ref, group_id=row.group_id))
    return row


@action
def decline_certificate(*, actor: Actor, certificate_id: UUID, reason: str, at: datetime) -> Certificate:
    """Says no, with a reason that the person reads."""
    row = _asked(actor, certificate_id)
    if not reason.strip():
        raise Invalid(fields={"reason": _("Bitte sagen Sie der Person, warum.")})
    row.declined_at, row.reason = at, reason.strip()[:300]
    row.save(update_fields=["declined_at", "reason"])
    audit.record(actor, "participation.decline_certificate", row.ref, fields=["declined_at"], reason=reason)
    events.publish(actor, CertificateDecided(ref=row.ref, group_id=row.group_id))
    return row
