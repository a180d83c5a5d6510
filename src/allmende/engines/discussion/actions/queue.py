"""Working through the queue: claiming, handing over, passing on what is dangerous, reminding."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel, Role
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.core.ids import uuid7
from allmende.engines.discussion.events import CaseEscalated, CaseOverdue
from allmende.engines.discussion.models import Case
from allmende.engines.discussion.models.cases import CaseQuery
from allmende.engines.discussion.queries.duty import may_be_handed
from allmende.engines.discussion.rules import access
from allmende.engines.discussion.rules.heuristics import tidy
from allmende.engines.discussion.workflow import CLAIM, HANDED_OVER, REMIND_AGAIN, CaseState

LONGEST_LIST = 25
NOTE_LIMIT = 500


def _lock_free(rows: CaseQuery) -> CaseQuery:
    """Rows that nobody else is just claiming; two moderators at once get different ones."""
    return rows.select_for_update(of=("self",), skip_locked=True)


@action
def claim_list(*, actor: Actor, size: int, at: datetime) -> Case | None:
    """A ten-minute list: the next cases by due date that this person may decide on. Returns its first, None for none.

    Whoever still has a list goes on with that one. Claims release themselves after 30 minutes.
    """
    viewer = actor.viewer
    if not viewer.has_anywhere(Role.MODERATOR):
        raise NotAllowed
    mine = Case.objects.waiting().filter(claimed_by_id=viewer.person_id, claimed_until__gt=at, list_id__isnull=False)
    if (unfinished := mine.order_by("due_at", "id").first()) is not None:
        return unfinished
    size = max(1, min(size, LONGEST_LIST))
    waiting = Case.objects.waiting().free(at).for_moderator(viewer).not_own(viewer).order_by("due_at", "id")
    chosen: list[Case] = []
    seen: set[UUID] = set()
    while len(chosen) < size:
        # Some turn out to be the person's own only when their room is asked; no more is locked than is needed.
        rows = list(_lock_free(waiting.exclude(pk__in=seen))[: size - len(chosen)])
        if not rows:
            break
        seen |= {case.pk for case in rows}
        chosen += [case for case in rows if not access.is_own(case, viewer, at)]
    list_id = uuid7()
    for case in chosen:
        case.claimed_by_id, case.claimed_until, case.list_id = viewer.person_id, at + CLAIM, list_id
        case.save(update_fields=["claimed_by", "claimed_until", "list_id"])
        audit.record(actor, "discussion.claim_case", case.this, fields=["claimed_by"])
    return chosen[0] if chosen else None


@action
def claim_case(*, actor: Actor, case_id: UUID, at: datetime) -> Case:
    """One case, for a longer look."""
    case = _locked(case_id)
    access.require_may_decide(case, actor.viewer, at)
    case.claimed_by_id, case.claimed_until = actor.person_id, at + CLAIM
    case.save(update_fields=["claimed_by", "claimed_until"])
    audit.record(actor, "discussion.claim_case", case.this, fields=["claimed_by"])
    return case


@action
def hand_over_case(
    *, actor: Actor, case_id: UUID, to_person_id: UUID | None = None, note: str = "", at: datetime
) -> Case:
    """Back into the queue, or to a colleague for a day, with a note."""
    case = _locked(case_id)
    if case.state != CaseState.OPEN or not access.is_moderator(actor.viewer, case.scope):
        raise NotAllowed
    if case.is_claimed(at) and not case.is_claimed_by(actor.viewer, at):
        raise Conflict(_("Das prüft gerade jemand anderes."))
    if to_person_id is not None and not may_be_handed(case, to_person_id):
        raise Invalid(
            fields={"to": _("Diese Person darf den Fall nicht entscheiden. Bitte wählen Sie jemand anderen.")}
        )
    case.claimed_by_id = to_person_id
    case.claimed_until = at + HANDED_OVER if to_person_id else None
    case.list_id = case.list_id if to_person_id is None else None
    case.note = tidy(note)[:NOTE_LIMIT]
    case.save(update_fields=["claimed_by", "claimed_until", "list_id", "note"])
    audit.record(actor, "discussion.hand_over_case", case.this, fields=["claimed_by", "note"])
    return case


@action
def escalate_case(*, actor: Actor, case_id: UUID, note: str = "", at: datetime) -> Case:
    """A threat, or danger to somebody's life: leaves the queue at once, to the administrators (practice.md 7).

    Any moderator of the scope may do it, whoever holds the case: danger does not wait for a claim.
    """
    case = _locked(case_id)
    if not access.is_moderator(actor.viewer, case.scope):
        raise NotAllowed
    if case.state == CaseState.ESCALATED:
        return case
    if case.state != CaseState.OPEN:
        raise Conflict(_("Darüber hat inzwischen jemand entschieden."))
    case.state, case.escalated_at = CaseState.ESCALATED, at
    case.claimed_by, case.claimed_until = None, None
    case.note = tidy(note)[:NOTE_LIMIT]
    case.save(update_fields=["state", "escalated_at", "claimed_by", "claimed_until", "note"])
    audit.record(actor, "discussion.escalate_case", case.this, fields=["state"])
    events.publish(actor, CaseEscalated(ref=case.this, thing=case.ref))
    return case


@action
def return_case(*, actor: Actor, case_id: UUID, note: str = "", at: datetime) -> Case:
    """An administrator has done what the chain says: the case goes back to the moderators, who decide on the post."""
    case = _locked(case_id)
    if not actor.has(Role.ADMINISTRATOR):
        raise NotAllowed
    if case.state != CaseState.ESCALATED:
        raise Conflict
    case.state = CaseState.OPEN
    case.list_id = None
    case.note = tidy(note)[:NOTE_LIMIT]
    case.due_at = max(case.due_at, at + timedelta(minutes=30))
    case.save(update_fields=["state", "list_id", "note", "due_at"])
    audit.record(actor, "discussion.return_case", case.this, fields=["state"])
    return case


@action
def remind_overdue(*, actor: Actor, at: datetime, limit: int = 200) -> int:
    """Reminds those on duty of what is overdue, a day later their deputies. The system's own; returns how many."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    first = Q(reminders=0, due_at__lte=at)
    second = Q(reminders=1, reminded_at__lte=at - REMIND_AGAIN)
    rows = list(_lock_free(Case.objects.waiting().filter(first | second).order_by("due_at", "id"))[:limit])
    for case in rows:
        case.reminders += 1
        case.reminded_at = at
        case.save(update_fields=["reminders", "reminded_at"])
        audit.record(actor, "discussion.remind_overdue", case.this, fields=["reminded_at"])
        events.publish(actor, CaseOverdue(ref=case.this, thing=case.ref, reminder=case.reminders))
    return len(rows)


def _locked(case_id: UUID) -> Case:
    try:
        return lock(Case.objects.select_related("previous"), pk=case_id)
    except Case.DoesNotExist:
        raise NotFound from None
