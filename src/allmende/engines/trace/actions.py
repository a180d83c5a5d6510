"""Every change of the Trace: linking and taking back."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.core import audit, events, manifest
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.refs import Ref
from allmende.engines.trace import rules
from allmende.engines.trace.events import EdgeLinked, EdgeRetracted
from allmende.engines.trace.models import LONGEST_REASON, Edge


def tie(
    actor: Actor, source: Ref, target: Ref, *, reason: str, happened_at: datetime, at: datetime, quiet: bool = False
) -> Edge:
    """`source` led to `target`: call inside an action or a journey, which has asked its own rule.

    An equal live edge is returned as it is. `happened_at` is when the one led to the other, `at` now. `quiet` when the
    cause is told to people by its own room. Raises Invalid without a reason or for a thing with itself.
    """
    edge, is_new = _write(actor, source, target, reason=reason, happened_at=happened_at, at=at)
    if is_new:
        audit.record(actor, "trace.tie", source, fields=["target"], reason=edge.reason)
        events.publish(actor, EdgeLinked(ref=source, target=target, edge_id=edge.id, quiet=quiet))
    return edge


@action
def link_things(*, actor: Actor, source: Ref, target: Ref, reason: str, at: datetime) -> Edge:
    """Staff say that `source` led to `target`. The link is dated to when the target happened, not to today.

    Both must be things that the actor can see; an equal live edge is returned as it is.
    """
    if not actor.viewer.is_signed_in:
        raise NotSignedIn
    if not rules.may_link(actor.viewer, source, target):
        raise NotAllowed
    things = manifest.lookup().resolve({source, target}, actor.viewer, at)
    if source not in things or target not in things:
        raise NotFound
    happened_at = min(things[target].happened_at, at)
    edge, is_new = _write(actor, source, target, reason=reason, happened_at=happened_at, at=at)
    if is_new:
        audit.record(actor, "trace.link_things", source, fields=["target"], reason=edge.reason)
        events.publish(actor, EdgeLinked(ref=source, target=target, edge_id=edge.id))
    return edge


@action
def retract_edge(*, actor: Actor, edge_id: UUID, reason: str, at: datetime) -> Edge:
    """Staff take a link back that was wrong. It stays on record, with both reasons."""
    if not actor.viewer.is_signed_in:
        raise NotSignedIn
    try:
        edge = lock(Edge.objects.all(), pk=edge_id)
    except Edge.DoesNotExist:
        raise NotFound from None
    if not rules.may_link(actor.viewer, edge.source, edge.target):
        raise NotAllowed
    if edge.retracted_at is not None:
        raise Conflict(_("Diese Verknüpfung wurde schon zurückgenommen."))
    edge.retract_reason = _reason(reason)
    edge.retracted_at, edge.retracted_by = at, actor.key
    edge.save(update_fields=["retracted_at", "retracted_by", "retract_reason"])
    audit.record(actor, "trace.retract_edge", edge.source, fields=["retracted_at"], reason=edge.retract_reason)
    events.publish(actor, EdgeRetracted(ref=edge.source, target=edge.target, edge_id=edge.id))
    return edge


def untie(actor: Actor, source: Ref, target: Ref, *, reason: str, at: datetime) -> Edge | None:
    """Takes the live edge between the two back: call inside an action that has asked its own rule.

    It stays on record with both reasons. None when there is none.
    """
    edge = (
        Edge.objects.select_for_update()
        .filter(
            source_capability=source.capability,
            source_kind=source.kind,
            source_id=source.id,
            target_capability=target.capability,
            target_kind=target.kind,
            target_id=target.id,
            retracted_at__isnull=True,
        )
        .first()
    )
    if edge is None:
        return None
    edge.retract_reason = _reason(reason)
    edge.retracted_at, edge.retracted_by = at, actor.key
    edge.save(update_fields=["retracted_at", "retracted_by", "retract_reason"])
    audit.record(actor, "trace.untie", source, fields=["retracted_at"], reason=edge.retract_reason)
    events.publish(actor, EdgeRetracted(ref=source, target=target, edge_id=edge.id))
    return edge


def _write(
    actor: Actor, source: Ref, target: Ref, *, reason: str, happened_at: datetime, at: datetime
) -> tuple[Edge, bool]:
    """The live edge between the two, and whether this call made it. Two calls at once make one edge."""
    if source == target:
        raise Invalid(fields={"target": _("Bitte wählen Sie etwas anderes aus: Nichts führt zu sich selbst.")})
    grant = rules.linking_grant(actor.viewer, source, target)
    ends = {
        "source_capability": source.capability,
        "source_kind": source.kind,
        "source_id": source.id,
        "target_capability": target.capability,
        "target_kind": target.kind,
        "target_id": target.id,
    }
    fresh = Edge(
        **ends,
        reason=_reason(reason),
        language=actor.language,
        happened_at=happened_at,
        created_at=at,
        actor_key=actor.key,
        role=grant.role.value if grant else "",
        scope=grant.scope if grant else "",
    )
    Edge.objects.bulk_create([fresh], ignore_conflicts=True)
    live = Edge.objects.filter(**ends, retracted_at__isnull=True).first()
    if live is None:  # an equal one was there and has been taken back this very moment
        raise Conflict
    return live, live.id == fresh.id


def _reason(text: str) -> str:
    """The reason on one line; people read it beside the link, so there has to be one."""
    reason = " ".join(text.replace("\x00", "").split())
    if not reason:
        raise Invalid(fields={"reason": _("Bitte schreiben Sie in einem Satz, warum.")})
    if len(reason) > LONGEST_REASON:
        words = _("Bitte kürzen Sie die Begründung auf %(n)s Zeichen.") % {"n": LONGEST_REASON}
        raise Invalid(fields={"reason": words})
    return reason
