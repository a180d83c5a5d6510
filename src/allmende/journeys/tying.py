"""What journeys do to the Trace: tie two things because an event said so."""

from collections.abc import Iterable
from datetime import datetime, time

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from allmende.capabilities.council import interface as council
from allmende.core.actions import action
from allmende.core.actor import SYSTEM, Actor
from allmende.core.refs import Ref
from allmende.engines.trace import interface as trace


def tie_things(source: Ref, target: Ref, *, reason: str, happened_at: datetime) -> trace.Edge:
    """`source` led to `target`, as the platform itself saw; `reason` is in German.

    The link follows from the step, whenever its event is delivered, so it stands since then and not as made later.
    """
    return tie(actor=SYSTEM, source=source, target=target, reason=reason, happened_at=happened_at, at=happened_at)


@action
def tie(*, actor: Actor, source: Ref, target: Ref, reason: str, happened_at: datetime, at: datetime) -> trace.Edge:
    """The transaction around `trace.tie`, which records the audit entry and publishes the event.

    Quiet: the rooms tell people themselves what happened.
    """
    return trace.tie(actor, source, target, reason=reason, happened_at=happened_at, at=at, quiet=True)


def led_to(source: Ref, kind: tuple[str, str]) -> list[Ref]:
    """The things of a kind (room, kind) that `source` leads to as things stand."""
    return [edge.target for edge in _live(source, kind)]


def leads_here(target: Ref, *, kind: tuple[str, str], besides: Ref) -> bool:
    """Whether another thing of this kind leads to the target as things stand."""
    edges = trace.Edge.objects.filter(
        source_capability=kind[0],
        source_kind=kind[1],
        target_capability=target.capability,
        target_kind=target.kind,
        target_id=target.id,
        retracted_at__isnull=True,
    )
    return edges.exclude(source_id=besides.id).exists()


def _live(source: Ref, kind: tuple[str, str]) -> Iterable[trace.Edge]:
    return trace.Edge.objects.filter(
        source_capability=source.capability,
        source_kind=source.kind,
        source_id=source.id,
        target_capability=kind[0],
        target_kind=kind[1],
        retracted_at__isnull=True,
    )


def tie_decision(
    part: council.PartFacts, target: Ref | None, *, kind: tuple[str, str], reason: str, at: datetime
) -> None:
    """What the council decided on a part led to this thing alone of its kind (room, kind), or to none of them; dated to
    the decision, and not as made later.
    """
    decided_on = part.decided_on
    if target is None or decided_on is None:
        keep_only(actor=SYSTEM, source=part.ref, kind=kind, target=None, happened_at=at, at=at)
        return
    noon = min(datetime.combine(decided_on, time(12), timezone.get_default_timezone()), at)
    keep_only(actor=SYSTEM, source=part.ref, kind=kind, target=target, reason=reason, happened_at=noon, at=at)


@action
def keep_only(
    *,
    actor: Actor,
    source: Ref,
    kind: tuple[str, str],
    target: Ref | None,
    reason: str = "",
    happened_at: datetime,
    at: datetime,
) -> trace.Edge | None:
    """Of the things of this kind `source` leads to `target` alone, for this reason and since that day.

    What was tied for another reason, or to another thing, was corrected: it is taken back and stays on record.
    """
    with translation.override("de"):
        corrected = _("Die Entscheidung wurde berichtigt.")
    for edge in _live(source, kind):
        days = {timezone.localtime(moment).date() for moment in (edge.happened_at, happened_at)}
        if edge.target != target or edge.reason != reason or len(days) > 1:
            trace.untie(actor, source, edge.target, reason=corrected, at=at)
    if target is None:
        return None
    return trace.tie(actor, source, target, reason=reason, happened_at=happened_at, at=at, quiet=True)
