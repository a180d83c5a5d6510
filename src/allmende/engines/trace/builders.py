"""For tests and seeds: edges without the ceremony of an action."""

from datetime import datetime, timedelta

from allmende.core.refs import Ref
from allmende.engines.trace.models import Edge


def put_edge(
    source: Ref,
    target: Ref,
    *,
    happened_at: datetime,
    reason: str = "Weil es so war.",
    later: timedelta = timedelta(0),
) -> Edge:
    """A live edge as `actions.tie` writes it; `later` is how long after it happened it was written down."""
    return Edge.objects.create(
        source_capability=source.capability,
        source_kind=source.kind,
        source_id=source.id,
        target_capability=target.capability,
        target_kind=target.kind,
        target_id=target.id,
        reason=reason,
        happened_at=happened_at,
        created_at=happened_at + later,
    )
