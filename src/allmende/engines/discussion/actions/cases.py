"""What a room calls inside its own action: open a case, close it, take it back. Plain functions, never actions."""

from datetime import datetime

from django.utils.translation import gettext as _

from allmende.core import audit, events, manifest
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotAllowed
from allmende.core.refs import Ref
from allmende.engines.discussion.events import CaseDecided, CaseOpened, CaseReopened
from allmende.engines.discussion.models import Case
from allmende.engines.discussion.queries.published import rule_keys
from allmende.engines.discussion.rules import access
from allmende.engines.discussion.rules.heuristics import tidy
from allmende.engines.discussion.rules.hours import due
from allmende.engines.discussion.workflow import CLAIM, REASON_LIMIT, CaseState, Cause, Decision


def open_case(
    actor: Actor,
    ref: Ref,
    *,
    scope: str,
    cause: str,
    at: datetime,
    hint: str = "",
    previous: Case | None = None,
    objection: str = "",
) -> Case:
    """Puts a thing into the queue; call it inside the action that made or reported it.

    `scope` is what a moderator's grant must cover, `cause` one of `workflow.Cause`. A thing has one undecided case
    at most: when there is one already, that one is returned. Nobody decides on what they wrote or entered themselves;
    author and groups are taken from the room's preview.
    """
    kind = manifest.moderated_kinds().get((ref.capability, ref.kind))
    preview = kind.preview(ref.id) if kind else None
    author_id = preview.author_person_id if preview else None
    came_from_actor = cause in {Cause.NEW, Cause.HEURISTIC, Cause.NO_PROOF}
    fresh = Case(
        capability=ref.capability,
        kind=ref.kind,
        object_id=ref.id,
        scope=scope,
        cause=Cause(cause),
        hint=hint,
        is_public=cause == Cause.REPORTED,
        author_id=author_id,
        entered_by_id=actor.person_id if came_from_actor and actor.person_id != author_id else None,
        group_scopes=list(preview.group_scopes) if preview else [],
        opened_at=at,
        due_at=due(at),
        previous=previous,
        objection=objection,
    )
    Case.objects.bulk_create([fresh], ignore_conflicts=True)
    case = Case.objects.select_for_update(of=("self",)).about(ref).undecided().get()
    if case.pk == fresh.pk:
        audit.record(actor, "discussion.open_case", case.this, fields=["state"])
        events.publish(actor, CaseOpened(ref=case.this, thing=ref, cause=case.cause))
    elif came_from_actor and case.is_public:
        # Reported, and now changed by its author: whoever decides, decides on the new words too.
        case.is_public = False
        case.save(update_fields=["is_public"])
    return case


def close_case(actor: Actor, ref: Ref, *, decision: str, reason: str, rule: str = "", at: datetime) -> Case | None:
    """Ends the thing's case; call it inside the room's release, refuse or withdraw action.

    `decision` is one of `workflow.Decision`. For "withdrawn" the room has asked its own rule and a missing case is fine
    (None). For all others this is the door: it raises NotAllowed for a moderator without the scope, for one's own or
    one's group's post and where a second person is missing, Conflict when somebody else holds or has decided the case,
    Invalid for a refusal without a published rule and a reason.
    """
    wanted = Decision(decision)
    case = Case.objects.select_for_update(of=("self",)).select_related("previous").about(ref).undecided().first()
    if wanted == Decision.WITHDRAWN:
        if case is not None:
            _decide(case, actor, wanted, at=at)
        return case
    if case is None:
        raise Conflict(_("Darüber hat inzwischen jemand entschieden."))
    access.require_may_decide(case, actor.viewer, at)
    words = tidy(reason)[:REASON_LIMIT]
    if wanted == Decision.REFUSED:
        require_reasons(rule, words)
        if access.needs_second_person(case, actor.viewer):
            raise NotAllowed(_("Eine Ablehnung braucht hier eine zweite Person."))
    _decide(case, actor, wanted, rule=rule if wanted == Decision.REFUSED else "", reason=words, at=at)
    return case


def require_reasons(rule: str, reason: str) -> None:
    """A refusal names a published rule and says why in words (DSA Art. 17(3))."""
    missing = {}
    if rule not in rule_keys():
        missing["rule"] = _("Wählen Sie die Regel aus, gegen die der Beitrag verstößt.")
    if not reason.strip():
        missing["reason"] = _("Schreiben Sie der Person, warum der Beitrag nicht veröffentlicht wird.")
    if missing:
        raise Invalid(fields=missing)


def _decide(case: Case, actor: Actor, decision: Decision, *, rule: str = "", reason: str = "", at: datetime) -> None:
    case.state, case.decision, case.rule, case.reason = CaseState.DECIDED, decision, rule, reason
    case.decided_by_id = actor.person_id if decision != Decision.WITHDRAWN else None
    case.decided_at = at
    case.claimed_by, case.claimed_until = None, None
    if decision != Decision.REFUSED:
        case.fact = case.law = ""
    case.save()
    audit.record(actor, "discussion.decide_case", case.this, fields=["state", "decision", "rule"])
    events.publish(actor, CaseDecided(ref=case.this, thing=case.ref, decision=decision.value, rule=rule))


def hold_case(actor: Actor, ref: Ref, *, at: datetime, scope: str = "") -> Case:
    """The thing goes back into checking; call it inside the room's hold action.

    An undecided case is kept, and the thing no longer counts as public. A decision of the last minutes is taken back by
    whoever took it. Otherwise a new case is opened, whoever decided before: colleagues go on holiday. Raises NotAllowed
    for anybody but a moderator of the scope, and for one's own or one's group's post.
    """
    rows = Case.objects.select_for_update(of=("self",)).select_related("previous").about(ref)
    case = rows.undecided().first()
    if case is not None:
        if case.state == CaseState.OPEN:
            access.require_may_decide(case, actor.viewer, at)
        elif not access.is_moderator(actor.viewer, case.scope):
            raise NotAllowed
        case.is_public = False
        case.save(update_fields=["is_public"])
        return case
    last = rows.order_by("-decided_at").first()
    if last is not None and access.may_undo(last, actor.viewer, at):
        reopen(last, actor, at=at)
        return last
    scope = scope or (last.scope if last else ref.capability)
    if not access.is_moderator(actor.viewer, scope):
        raise NotAllowed
    case = open_case(actor, ref, scope=scope, cause=Cause.AGAIN, at=at)
    if access.is_own(case, actor.viewer, at):
        raise NotAllowed(_("Über eigene Beiträge und Beiträge der eigenen Gruppe entscheidet jemand anderes."))
    return case


def reopen(case: Case, actor: Actor, *, at: datetime) -> None:
    """Takes a decision back; the case stays with whoever decided it."""
    case.is_public = case.decision == Decision.KEPT
    case.state, case.decision, case.rule, case.reason = CaseState.OPEN, "", "", ""
    case.decided_by, case.decided_at = None, None
    case.claimed_by_id, case.claimed_until = actor.person_id, at + CLAIM
    case.save()
    audit.record(actor, "discussion.reopen_case", case.this, fields=["state", "decision"])
    events.publish(actor, CaseReopened(ref=case.this, thing=case.ref))
