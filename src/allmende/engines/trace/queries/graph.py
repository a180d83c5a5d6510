"""The graph itself: from a thing to everything that it led to, and to everything that led to it, in one query.

Measured effects feed new goals, so there are circles. `UNION` in a recursive query passes over a row that it has seen
(PostgreSQL manual, 7.8.2), here a thing at a distance, and the distance is limited; so the work grows with links times
distance. PostgreSQL's `CYCLE` clause would survive circles too, but it follows every *path*: twenty times two parallel
ways are a million paths to the same forty things. A test holds this.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from allmende.core.refs import Ref
from allmende.engines.trace.models import Edge

MOST_STEPS = 40
"""How many links away a thing can be. Real ways have about ten stations."""
MOST_LINKS = 500
"""How many links the trace of one thing reads, nearest first; what lies beyond is said to be there."""

MOST_IN_WHOLE = 5_000
"""The same where the whole Trace is asked for, and read without its words."""

COLUMNS = [str(field.column) for field in Edge._meta.concrete_fields]
ENDS = [
    "id::text AS link",
    *(f"{end}_capability || '/' || {end}_kind || '/' || {end}_id" for end in ("source", "target")),
    "date_part('epoch', happened_at)",
]
"""Of a link, as text and number: thousands of them are read, and few become objects."""
REACHED = """
WITH RECURSIVE
beginning (root, capability, kind, id) AS (
  SELECT * FROM unnest(%(roots)s::int[], %(capabilities)s::text[], %(kinds)s::text[], %(ids)s::uuid[])
),
onward (root, capability, kind, id, depth) AS (
  SELECT root, capability, kind, id, 0 FROM beginning
  UNION
  SELECT o.root, e.target_capability, e.target_kind, e.target_id, o.depth + 1
  FROM onward o JOIN trace_edge e
    ON e.source_id = o.id AND e.source_kind = o.kind AND e.source_capability = o.capability
  WHERE e.retracted_at IS NULL AND o.depth < %(steps)s
),
back (root, capability, kind, id, depth) AS (
  SELECT root, capability, kind, id, 0 FROM beginning
  UNION
  SELECT b.root, e.source_capability, e.source_kind, e.source_id, b.depth + 1
  FROM back b JOIN trace_edge e
    ON e.target_id = b.id AND e.target_kind = b.kind AND e.target_capability = b.capability
  WHERE e.retracted_at IS NULL AND b.depth < %(steps)s
),
found AS (
  SELECT n.root, true AS is_onward, n.depth, e.*
  FROM (SELECT root, capability, kind, id, min(depth) AS depth FROM onward GROUP BY 1, 2, 3, 4) n JOIN trace_edge e
    ON e.source_id = n.id AND e.source_kind = n.kind AND e.source_capability = n.capability
  WHERE e.retracted_at IS NULL AND n.depth < %(steps)s
  UNION ALL
  SELECT n.root, false, n.depth, e.*
  FROM (SELECT root, capability, kind, id, min(depth) AS depth FROM back GROUP BY 1, 2, 3, 4) n JOIN trace_edge e
    ON e.target_id = n.id AND e.target_kind = n.kind AND e.target_capability = n.capability
  WHERE e.retracted_at IS NULL AND n.depth < %(steps)s
)
SELECT root, is_onward, depth, {columns}
FROM (SELECT *, row_number() OVER (PARTITION BY root ORDER BY depth, happened_at, id) AS place FROM found) placed
WHERE place <= %(links)s + 1 ORDER BY depth, happened_at, id
"""


@dataclass(frozen=True)
class Link:
    """An edge on the way from a thing, and how many links away it begins."""

    edge: Edge
    depth: int


@dataclass(frozen=True)
class Reached:
    """All links that lead away from a thing, and all that lead to it, nearest first. `cut`: there are more."""

    onward: Sequence[Link]
    back: Sequence[Link]
    cut: bool = False


def reached_from(refs: Collection[Ref], *, steps: int = MOST_STEPS, links: int = MOST_LINKS) -> dict[Ref, Reached]:
    """Both directions of several things, in one query however deep."""
    wanted = list(dict.fromkeys(refs))
    if not wanted:
        return {}
    rows = _read(wanted, COLUMNS, steps, links)
    onward: list[list[Link]] = [[] for _ in wanted]
    back: list[list[Link]] = [[] for _ in wanted]
    cut = [False] * len(wanted)
    for root, is_onward, depth, *values in rows:
        if len(onward[root]) + len(back[root]) == links:
            cut[root] = True
            continue
        edge = Edge.from_db("default", [field.attname for field in Edge._meta.concrete_fields], values)
        (onward if is_onward else back)[root].append(Link(edge, depth))
        cut[root] = cut[root] or depth >= steps - 1
    return {ref: Reached(onward[number], back[number], cut[number]) for number, ref in enumerate(wanted)}


def _read(roots: Sequence[Ref], columns: Sequence[str], steps: int, links: int) -> list[tuple[Any, ...]]:
    """Links around the roots, nearest first, up to one more of each than asked for; columns of our own model."""
    arguments: dict[str, Any] = {
        "roots": list(range(len(roots))),
        "capabilities": [ref.capability for ref in roots],
        "kinds": [ref.kind for ref in roots],
        "ids": [ref.id for ref in roots],
        "steps": steps,
        "links": links,
    }
    with connection.cursor() as cursor:
        cursor.execute(REACHED.format(columns=", ".join(columns)), arguments)
        return list(cursor.fetchall())


@dataclass(slots=True)
class Tie:
    """A link without its words, between places in `Net.names`. Made by the thousand, so it is not frozen; nobody
    changes it.
    """

    id: str
    source: int
    target: int
    happened_at: float
    """Seconds since 1970."""
    depth: int
    is_onward: bool


@dataclass(frozen=True)
class Net:
    """Everything around a thing, which is the first of `names`; nearest first. `cut`: there is more."""

    names: Sequence[str]
    """References as text (`str(ref)`)."""
    ties: Sequence[Tie]
    cut: bool

    def ref(self, node: int) -> Ref:
        return Ref.parse(self.names[node])


def net_around(ref: Ref, *, steps: int = MOST_STEPS, links: int = MOST_IN_WHOLE) -> Net:
    """As `reached_from`, for thousands of links: what they say is read later, for those that are shown."""
    rows = _read([ref], ENDS, steps, links)
    places = {str(ref): 0}
    ties = [
        Tie(id_, places.setdefault(source, len(places)), places.setdefault(target, len(places)), at, depth, is_onward)
        for _root, is_onward, depth, id_, source, target, at in rows[:links]
    ]
    cut = len(rows) > links or any(tie.depth >= steps - 1 for tie in ties)
    return Net(list(places), ties, cut)


BEFORE = """
WITH RECURSIVE before (capability, kind, id, depth) AS (
  SELECT %s::text, %s::text, %s::uuid, 0
  UNION
  SELECT e.source_capability, e.source_kind, e.source_id, b.depth + 1
  FROM before b JOIN trace_edge e
    ON e.target_id = b.id AND e.target_kind = b.kind AND e.target_capability = b.capability
  WHERE e.retracted_at IS NULL AND b.depth < %s
)
SELECT capability, kind, id FROM before GROUP BY 1, 2, 3 HAVING min(depth) > 0 ORDER BY min(depth), id
"""


def origins_of(ref: Ref) -> list[Ref]:
    """Everything that led to this thing, nearest first, however much it is; in one query."""
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, [ref.capability, ref.kind, ref.id, MOST_STEPS])
        return [Ref(capability, kind, id_) for capability, kind, id_ in cursor.fetchall()]


def retracted_edges(ref: Ref) -> list[Edge]:
    """Links from or to this thing that were taken back, last first; for staff."""
    source = Q(source_capability=ref.capability, source_kind=ref.kind, source_id=ref.id)
    target = Q(target_capability=ref.capability, target_kind=ref.kind, target_id=ref.id)
    found = Edge.objects.filter(source | target, retracted_at__isnull=False)
    return list(found.order_by("-retracted_at")[:50])
