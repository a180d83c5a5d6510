"""Ordering impulses into goals: every tie an edge of the Trace with a reason; and the honest no."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.strategy import rules
from allmende.capabilities.strategy.events import AsideWithdrawn, GoalSaved, ImpulseSetAside
from allmende.capabilities.strategy.models import Aside, Goal
from allmende.capabilities.strategy.models.plan import REASON_LIMIT
from allmende.capabilities.strategy.queries import coverage
from allmende.core import audit, events, manifest
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Viewer
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.discussion.interface import sentence
from allmende.engines.trace import interface as trace

MOST_AT_ONCE = 200


def _chosen(refs: Sequence[Ref], at: datetime) -> list[Ref]:
    """Impulses that everybody can read, each once. Raises Invalid, NotFound."""
    wanted = list(dict.fromkeys(refs))
    if not wanted:
        raise Invalid(fields={"impulses": _("Bitte wählen Sie mindestens eine Anregung aus.")})
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid(fields={"impulses": _("Bitte wählen Sie höchstens %(n)s auf einmal aus.") % {"n": MOST_AT_ONCE}})
    kinds = set(coverage.kinds())
    found = manifest.lookup().resolve(wanted, Viewer(), at)
    if any(ref not in found or (ref.capability, ref.kind) not in kinds for ref in wanted):
        raise NotFound
    return wanted


def _goal(goal_id: UUID) -> Goal:
    """The goal, locked. Raises NotFound, Conflict for one that was given up."""
    try:
        goal = lock(Goal.objects.select_related("field"), pk=goal_id)
    except Goal.DoesNotExist:
        raise NotFound from None
    if goal.ended_at is not None:
        raise Conflict(_("Dieses Ziel wird nicht mehr verfolgt."))
    return goal


@action
def order_impulses(*, actor: Actor, refs: Sequence[Ref], goal_id: UUID, reason: str, at: datetime) -> Goal:
    """These impulses led to the goal, and why. Whoever brought one in and its followers are told.

    What was set aside before is so no more. An impulse that stands in the goal already keeps its first reason.
    """
    rules.require_may_edit(actor.viewer)
    why = sentence(reason, "reason", REASON_LIMIT)
    goal = _goal(goal_id)
    chosen = _chosen(refs, at)
    for ref in chosen:
        trace.tie(actor, ref, goal.ref, reason=why, happened_at=at, at=at)
    _withdraw(actor, chosen, at)
    audit.record(actor, "strategy.order_impulses", goal.ref, fields=["impulses"], reason=why)
    events.publish(actor, GoalSaved(ref=goal.ref))
    return goal


@action
def take_out(*, actor: Actor, refs: Sequence[Ref], goal_id: UUID, reason: str, at: datetime) -> Goal:
    """These impulses do not belong to the goal: the links are taken back and stay on record with both reasons."""
    rules.require_may_edit(actor.viewer)
    why = sentence(reason, "reason", REASON_LIMIT)
    goal = _goal(goal_id)
    if not refs:
        raise Invalid(fields={"impulses": _("Bitte wählen Sie mindestens eine Anregung aus.")})
    gone = [trace.untie(actor, ref, goal.ref, reason=why, at=at) for ref in dict.fromkeys(refs)]
    if None in gone:
        raise Conflict(_("Inzwischen hat jemand anderes hier geordnet. Bitte laden Sie die Seite neu."))
    audit.record(actor, "strategy.take_out", goal.ref, fields=["impulses"], reason=why)
    events.publish(actor, GoalSaved(ref=goal.ref))
    return goal


@action
def set_aside(*, actor: Actor, refs: Sequence[Ref], reason: str, is_example: bool = False, at: datetime) -> list[Aside]:
    """Answers impulses that are in none of the goals, with the reason. Whoever brought them in is told.

    Raises Conflict when one stands in a goal: then it is answered already.
    """
    rules.require_may_edit(actor.viewer)
    why = sentence(reason, "reason", REASON_LIMIT)
    chosen = _chosen(refs, at)
    tied = trace.Edge.objects.filter(
        source_id__in=[ref.id for ref in chosen],
        target_capability="strategy", target_kind="goal", retracted_at=None,
    )  # fmt: skip
    if tied.exists():
        raise Conflict(_("Davon steht inzwischen etwas in einem Ziel. Bitte laden Sie die Seite neu."))
    _withdraw(actor, chosen, at)
    made = []
    for ref in chosen:
        one = Aside.objects.create(
            capability=ref.capability, kind=ref.kind, object_id=ref.id, reason=why, language=actor.language, at=at,
            is_example=is_example,
        )  # fmt: skip
        trace.tie(actor, ref, one.own_ref, reason=why, happened_at=at, at=at, quiet=True)
        audit.record(actor, "strategy.set_aside", one.own_ref, fields=["reason"], reason=why)
        events.publish(actor, ImpulseSetAside(ref=one.own_ref))
        made.append(one)
    return made


def _withdraw(actor: Actor, refs: Sequence[Ref], at: datetime) -> None:
    """Answers of ours to these do not hold any more."""
    rows = Aside.objects.filter(object_id__in=[ref.id for ref in refs], withdrawn_at=None)
    for one in rows.select_for_update():
        one.withdrawn_at = at
        one.save(update_fields=["withdrawn_at"])
        trace.untie(actor, one.impulse, one.own_ref, reason=_("Darauf wurde neu geantwortet."), at=at)
        audit.record(actor, "strategy.withdraw_aside", one.own_ref, fields=["withdrawn_at"])
        events.publish(actor, AsideWithdrawn(ref=one.own_ref))
