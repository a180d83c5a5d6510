"""All ways: things that began something, and how far it went."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from allmende.core.actor import Viewer
from allmende.core.errors import Invalid
from allmende.core.refs import Ref
from allmende.engines.trace.queries.graph import MOST_STEPS
from allmende.engines.trace.queries.story import Trace, traces_of

type Order = Literal["recent", "longest"]

ROUNDS = 3
"""How often further beginnings are read when some of the first are not public."""

BEGINNINGS = """
WITH RECURSIVE
beginning (capability, kind, id) AS (
  SELECT DISTINCT e.source_capability, e.source_kind, e.source_id FROM trace_edge e
  WHERE e.retracted_at IS NULL AND NOT EXISTS (
    SELECT FROM trace_edge i WHERE i.retracted_at IS NULL
      AND i.target_id = e.source_id AND i.target_kind = e.source_kind AND i.target_capability = e.source_capability
  )
),
onward (root, capability, kind, id, depth) AS (
  SELECT id, capability, kind, id, 0 FROM beginning
  UNION
  SELECT o.root, e.target_capability, e.target_kind, e.target_id, o.depth + 1
  FROM onward o JOIN trace_edge e
    ON e.source_id = o.id AND e.source_kind = o.kind AND e.source_capability = o.capability
  WHERE e.retracted_at IS NULL AND o.depth < %(steps)s
),
measured AS (
  SELECT o.root, count(DISTINCT o.id) AS length, max(e.happened_at) AS latest
  FROM onward o LEFT JOIN trace_edge e
    ON e.retracted_at IS NULL
    AND e.source_id = o.id AND e.source_kind = o.kind AND e.source_capability = o.capability
  GROUP BY o.root
)
SELECT b.capability, b.kind, b.id, m.length, m.latest FROM measured m JOIN beginning b ON b.id = m.root
"""
ORDERS: dict[Order, str] = {
    "recent": """
      WHERE %(all)s OR (m.latest, b.id) < (%(latest)s, %(id)s) ORDER BY m.latest DESC, b.id DESC LIMIT %(limit)s
    """,
    "longest": """
      WHERE %(all)s OR (m.length, b.id) < (%(length)s, %(id)s) ORDER BY m.length DESC, b.id DESC LIMIT %(limit)s
    """,
}


@dataclass(frozen=True)
class Ways:
    """Some ways, and where to go on (empty at the end)."""

    traces: list[Trace]
    next: str = ""


def ways(viewer: Viewer, at: datetime, *, order: Order = "recent", after: str = "", limit: int = 10) -> Ways:
    """Things that nothing led to and that led to something: last moved first, or the longest way first.

    Two or three queries for one round; at most three rounds where many beginnings are not public. A circle that
    nothing leads into has no beginning and is found through its things only.
    """
    found: list[Trace] = []
    for _round in range(ROUNDS):
        rows = _beginnings(order, after, limit + 1)
        traces = traces_of([Ref(*row[:3]) for row in rows[:limit]], viewer, at)
        for row in rows[:limit]:
            trace = traces[Ref(*row[:3])]
            if trace.here is not None and any(not station.hidden for station in trace.outcomes):
                found.append(trace)
            after = _cursor(order, row)
            if len(found) == limit:
                return Ways(found, after if row is not rows[-1] else "")
        if len(rows) <= limit:
            return Ways(found)
    return Ways(found, after)


def _beginnings(order: Order, after: str, limit: int) -> list[tuple[Any, ...]]:
    latest, length, id_ = _parse(order, after)
    arguments: dict[str, Any] = {
        "steps": MOST_STEPS, "all": not after, "latest": latest, "length": length, "id": id_, "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"{BEGINNINGS} {ORDERS[order]}", arguments)
        return list(cursor.fetchall())


def _cursor(order: Order, row: tuple[Any, ...]) -> str:
    _capability, _kind, id_, length, latest = row
    return f"{latest.isoformat() if order == 'recent' else length}_{id_}"


def _parse(order: Order, after: str) -> tuple[datetime, int, UUID]:
    latest, length, id_ = datetime.min.replace(tzinfo=UTC), 0, UUID(int=0)
    if after:
        try:
            value, text = after.split("_")
            id_ = UUID(text)
            if order == "recent":
                latest = datetime.fromisoformat(value).astimezone(UTC)
            else:
                length = min(int(value), 10**9)
        except (ValueError, OverflowError):
            raise Invalid(_("Diese Stelle der Liste gibt es nicht.")) from None
    return latest, length, id_
