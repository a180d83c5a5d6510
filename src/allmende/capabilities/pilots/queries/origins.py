"""What led to pilots, read from the Trace and the public index; this room knows no other capability."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from allmende.core import city, manifest
from allmende.core.actor import Viewer
from allmende.core.manifest import Shown
from allmende.core.refs import Ref
from allmende.engines.search.interface import Entry
from allmende.engines.trace.interface import Edge

GOAL = ("strategy", "goal")
"""Kind of the things that indicators measure."""
KINDS = ("strategy.goal", "participation.theme", "participation.idea", "surveys.finding")
"""What a pilot can answer to, unless the city decides otherwise (setting `pilots.origin_kinds`)."""
PAGE = 25
LONGEST_QUERY = 100
MOST_GOALS = 200


def kinds() -> list[tuple[str, str]]:
    """(room, kind), only those that are installed."""
    known = manifest.index_kinds()
    named = [str(one).partition(".") for one in city.setting("pilots.origin_kinds", list(KINDS))]
    return [(room, kind) for room, _dot, kind in named if (room, kind) in known]


@dataclass(frozen=True)
class Origin:
    """A thing that led to a pilot, and why. `shown` is None when it is not public any more."""

    ref: Ref
    shown: Shown | None
    reason: str
    reason_language: str
    since: datetime
    edge_id: UUID


def origins_of(pilot_ids: Collection[UUID], viewer: Viewer, at: datetime) -> dict[UUID, list[Origin]]:
    """Pilot → what it answers to, of all of them in two queries."""
    wanted = kinds()
    edges = [
        edge
        for edge in Edge.objects.filter(
            target_capability="pilots", target_kind="pilot", target_id__in=pilot_ids, retracted_at=None
        ).order_by("happened_at", "id")
        if (edge.source_capability, edge.source_kind) in wanted
    ]
    shown = manifest.lookup().resolve({edge.source for edge in edges}, viewer, at) if edges else {}
    found: defaultdict[UUID, list[Origin]] = defaultdict(list)
    for edge in edges:
        found[edge.target_id].append(
            Origin(edge.source, shown.get(edge.source), edge.reason, edge.language, edge.happened_at, edge.pk)
        )
    return dict(found)


def _public_of(wanted: Collection[tuple[str, str]], at: datetime) -> QuerySet[Entry]:
    condition = Q(pk__in=[])
    for room, kind in wanted:
        condition |= Q(capability=room, kind=kind)
    return Entry.objects.visible_to(Viewer(), at).filter(condition)


def search(words: str, at: datetime) -> list[Entry]:
    """Things that can be an origin and hold these words in their title, newest first; all of them without words."""
    found = _public_of(kinds(), at)
    if words:
        found = found.annotate(said=Cast("titles", TextField())).filter(said__icontains=words[:LONGEST_QUERY])
    return list(found.order_by("-happened_at", "-id")[:PAGE])


def goals(at: datetime) -> list[Entry]:
    """Goals that indicators can measure, by title."""
    rows = _public_of([GOAL], at).filter(state="set")[:MOST_GOALS]
    return sorted(rows, key=lambda one: one.title("de"))
