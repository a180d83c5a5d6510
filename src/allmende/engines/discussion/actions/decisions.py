"""Deciding: finds the room's own action and lets that do it. Not an action itself, since actions are never nested."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.core import audit, manifest
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, DomainError, Invalid, NotFound
from allmende.engines.discussion.actions.cases import close_case, reopen, require_reasons
from allmende.engines.discussion.models import Case
from allmende.engines.discussion.rules import access
from allmende.engines.discussion.rules.heuristics import tidy
from allmende.engines.discussion.workflow import REASON_LIMIT, Decision


def decide_case(
    *,
    actor: Actor,
    case_id: UUID,
    decision: str,
    reason: str = "",
    rule: str = "",
    fact: str = "",
    law: str = "",
    at: datetime,
) -> Case:
    """Releases or refuses what the case is about, through the room's own action.

    A reported post that stays is no change to it: only the case is closed, as "kept". Where refusals need two people,
    the first refusal is kept as a vote and the case goes on to somebody else. `fact` names the passage, `law` the law
    that it breaks, if any (DSA Art. 17(3)). Raises as `close_case`.
    """
    case = _case(case_id)
    kind = manifest.moderated_kinds().get((case.capability, case.kind))
    access.require_may_decide(case, actor.viewer, at)
    if decision == Decision.REFUSED:
        if kind is None:
            raise Conflict(_("Das lässt sich hier nicht ausblenden. Bitte geben Sie es an die Verwaltung des Portals."))
        require_reasons(rule, tidy(reason))
        if fact or law:
            state_grounds(actor=actor.without_key(), case_id=case_id, fact=fact, law=law, at=at)
        if access.needs_second_person(case, actor.viewer):
            return vote_refusal(actor=actor, case_id=case_id, rule=rule, reason=reason, at=at)
        kind.refuse(actor=actor, object_id=case.object_id, rule=rule, reason=reason, at=at)
    elif case.is_public or kind is None:
        return keep_published(actor=actor, case_id=case_id, reason=reason, at=at)
    else:
        kind.release(actor=actor, object_id=case.object_id, reason=reason, at=at)
    return _case(case_id)


@action
def state_grounds(*, actor: Actor, case_id: UUID, fact: str, law: str, at: datetime) -> Case:
    """Notes passage and law before a refusal, so that the statement of reasons that follows it is whole."""
    case = _locked(case_id)
    access.require_may_decide(case, actor.viewer, at)
    case.fact, case.law = tidy(fact)[:REASON_LIMIT], " ".join(tidy(law).split())[:200]
    case.save(update_fields=["fact", "law"])
    audit.record(actor, "discussion.state_grounds", case.this, fields=["fact", "law"])
    return case


@action
def vote_refusal(*, actor: Actor, case_id: UUID, rule: str, reason: str, at: datetime) -> Case:
    """The first of two people who must agree on a refusal; the case becomes free for the second."""
    case = _locked(case_id)
    access.require_may_decide(case, actor.viewer, at)
    require_reasons(rule, tidy(reason))
    case.first_vote_by_id, case.first_vote_at = actor.person_id, at
    case.rule, case.reason = rule, tidy(reason)[:REASON_LIMIT]
    case.claimed_by, case.claimed_until = None, None
    case.save()
    audit.record(actor, "discussion.vote_refusal", case.this, fields=["first_vote", "rule"])
    return case


@action
def keep_published(*, actor: Actor, case_id: UUID, reason: str, at: datetime) -> Case:
    """A reported post breaks no rule: it stays, and whoever reported it is told so."""
    case = _locked(case_id)
    close_case(actor, case.ref, decision=Decision.KEPT, reason=reason, at=at)
    audit.record(actor, "discussion.keep_published", case.ref)
    return _case(case_id)


@action
def reopen_kept(*, actor: Actor, case_id: UUID, at: datetime) -> Case:
    """Takes back that a reported post stays; nothing about the post itself changes."""
    case = _locked(case_id)
    if not access.may_undo(case, actor.viewer, at):
        raise Conflict(_("Diese Entscheidung lässt sich nicht mehr zurücknehmen."))
    reopen(case, actor, at=at)
    audit.record(actor, "discussion.reopen_kept", case.ref)
    return case


def undo_decision(*, actor: Actor, case_id: UUID, at: datetime) -> Case:
    """Within minutes, by whoever decided: the thing goes back into checking."""
    case = _case(case_id)
    if not access.may_undo(case, actor.viewer, at):
        raise Conflict(_("Diese Entscheidung lässt sich nicht mehr zurücknehmen."))
    kind = manifest.moderated_kinds().get((case.capability, case.kind))
    if case.decision == Decision.KEPT:
        return reopen_kept(actor=actor, case_id=case_id, at=at)
    if kind is None or kind.hold is None:
        raise Conflict(_("Das lässt sich hier nicht zurücknehmen."))
    kind.hold(actor=actor, object_id=case.object_id, reason="", at=at)
    return _case(case_id)


def check_again(*, actor: Actor, case_id: UUID, reason: str, at: datetime) -> Case:
    """A second moderator sees it otherwise: the thing goes off the page and back into checking, as a case of its own.

    The decision that was taken stays in the log. `reason` is for the colleagues and stands in the audit. Raises
    NotAllowed for one's own post, Conflict where somebody is at it already.
    """
    case = _case(case_id)
    access.require_may_check_again(case, actor.viewer, at)
    if not tidy(reason):
        raise Invalid(fields={"again_reason": _("Schreiben Sie bitte, was noch einmal geprüft werden soll.")})
    kind = manifest.moderated_kinds().get((case.capability, case.kind))
    if kind is None or kind.hold is None:
        raise Conflict(_("Das lässt sich hier nicht noch einmal prüfen."))
    if Case.objects.about(case.ref).undecided().exists():
        raise Conflict(_("Das wird schon noch einmal geprüft."))
    kind.hold(actor=actor, object_id=case.object_id, reason=tidy(reason)[:REASON_LIMIT], at=at)
    return Case.objects.about(case.ref).undecided().get()


@dataclass
class Bulk:
    """What became of several decisions at once."""

    done: list[UUID] = field(default_factory=list)
    refused: list[tuple[UUID, str]] = field(default_factory=list)
    """Cases that were left alone, each with the sentence why."""


def decide_many(
    *, actor: Actor, case_ids: Iterable[UUID], decision: str, reason: str = "", rule: str = "", at: datetime
) -> Bulk:
    """Each on its own: one that fails leaves the others done. A sender's key belongs to none of them.

    A refusal of several has one rule and one reason, which every author is told.
    """
    own = actor.without_key()
    return _each(
        case_ids,
        lambda id_: decide_case(actor=own, case_id=id_, decision=decision, reason=reason, rule=rule, at=at),
    )


def undo_many(*, actor: Actor, case_ids: Iterable[UUID], at: datetime) -> Bulk:
    """Takes several decisions back."""
    return _each(case_ids, lambda id_: undo_decision(actor=actor.without_key(), case_id=id_, at=at))


def _each(case_ids: Iterable[UUID], run: Callable[[UUID], object]) -> Bulk:
    result = Bulk()
    for case_id in case_ids:
        try:
            run(case_id)
        except DomainError as error:
            result.refused.append((case_id, str(error.message)))
        else:
            result.done.append(case_id)
    return result


def _case(case_id: UUID) -> Case:
    case = Case.objects.select_related("previous").filter(pk=case_id).first()
    if case is None:
        raise NotFound
    return case


def _locked(case_id: UUID) -> Case:
    try:
        return lock(Case.objects.select_related("previous"), pk=case_id)
    except Case.DoesNotExist:
        raise NotFound from None
