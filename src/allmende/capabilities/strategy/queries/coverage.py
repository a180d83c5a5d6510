"""Which impulses have an answer, and which goals rest on nothing. Impulses are read from the public index.

An impulse is answered when the Trace leads from it to a goal or an answer of ours, directly or by one thing in between:
an idea in a theme that stands in a goal is answered with the theme.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from allmende.capabilities.strategy.models import Goal
from allmende.capabilities.strategy.queries import plan
from allmende.core import city, manifest
from allmende.core.actor import Viewer
from allmende.core.errors import Invalid
from allmende.core.refs import Ref
from allmende.engines.search.interface import Entry
from allmende.engines.trace.interface import Edge

KINDS = ("participation.theme", "participation.idea", "participation.decision", "surveys.finding", "portal.event",
         "reports.pattern")  # fmt: skip
"""What counts as an impulse unless the city says otherwise: themes and ideas, what working groups decided, survey
findings, what came out of events, what many reports of faults say together."""
PAGE = 20
LONGEST_QUERY = 80


def kinds() -> list[tuple[str, str]]:
    """(room, kind) of impulses, in the order in which the city names them; unknown ones are left out."""
    wanted = city.setting("strategy.impulse_kinds", default=list(KINDS)) or list(KINDS)
    pairs = [tuple(str(one).strip().split(".", 1)) for one in wanted]
    known = manifest.index_kinds()
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2 and pair in known]  # noqa: PLR2004 - room and kind


def is_impulse(ref: Ref) -> bool:
    return (ref.capability, ref.kind) in kinds()


def _ours() -> QuerySet[Edge]:
    """Live edges to goals and answers of ours."""
    return Edge.objects.filter(target_capability="strategy", target_kind__in=("goal", "aside"), retracted_at=None)


def _answered() -> Q:
    """Condition on entries."""
    direct = _ours().filter(source_id=OuterRef("object_id"))
    by_one = Edge.objects.filter(
        source_id=OuterRef("object_id"), retracted_at=None, target_id__in=_ours().values("source_id")
    )
    return Q(Exists(direct)) | Q(Exists(by_one))


def impulses(at: datetime) -> QuerySet[Any]:
    """Entries that everybody can read and that have happened; `answered` says whether each has its answer."""
    chosen = Q(pk__in=())
    for room, kind in kinds():
        chosen |= Q(capability=room, kind=kind)
    found = Entry.objects.visible_to(Viewer(), at).filter(chosen, happened_at__lte=at)
    return found.annotate(answered=_answered())


@dataclass(frozen=True)
class KindCover:
    """How many impulses of a kind there are, and how many have an answer."""

    key: str
    """„participation.theme“, as it stands in addresses."""
    label: str
    total: int
    answered: int

    @property
    def open(self) -> int:
        return self.total - self.answered


def cover(at: datetime) -> list[KindCover]:
    """Per kind, in the city's order, in one query."""
    rows = impulses(at).order_by().values("capability", "kind")
    counted = {
        (row["capability"], row["kind"]): row
        for row in rows.annotate(total=Count("id"), done=Count("id", filter=Q(answered=True)))
    }
    known = manifest.index_kinds()
    return [
        KindCover(
            f"{room}.{kind}", str(known[room, kind].label_plural), counted[room, kind]["total"],
            counted[room, kind]["done"],
        )
        for room, kind in kinds()
        if (room, kind) in counted
    ]  # fmt: skip


@dataclass(frozen=True)
class Impulses:
    """Some impulses, newest first, and where to go on (empty at the end)."""

    rows: Sequence[Any]
    """Entries, each with `answered`."""
    next: str = ""


def listed(
    at: datetime, *, kind: str = "", words: str = "", answered: bool | None = False, after: str = "", limit: int = PAGE
) -> Impulses:
    """Impulses of a kind (all when empty) whose title holds the words. `answered` None: with and without an answer."""
    found = impulses(at)
    if answered is not None:
        found = found.filter(answered=answered)
    if kind:
        room, _dot, name = kind.partition(".")
        found = found.filter(capability=room, kind=name)
    if words:
        found = found.annotate(said=Cast("titles", TextField())).filter(said__icontains=words[:LONGEST_QUERY])
    if after:
        instant, id_ = _place(after)
        found = found.filter(Q(happened_at__lt=instant) | Q(happened_at=instant, id__lt=id_))
    rows = list(found.order_by("-happened_at", "-id")[: limit + 1])
    more = len(rows) > limit
    return Impulses(rows[:limit], f"{rows[limit - 1].happened_at.isoformat()}_{rows[limit - 1].id}" if more else "")


def _place(after: str) -> tuple[datetime, UUID]:
    try:
        value, id_ = after.split("_")
        return datetime.fromisoformat(value).astimezone(UTC), UUID(id_)
    except (ValueError, OverflowError):
        raise Invalid(_("Diese Stelle der Liste gibt es nicht.")) from None


@dataclass(frozen=True)
class Tie:
    """An impulse in a goal, and why."""

    ref: Ref
    entry: Entry | None
    """None when it is not public any more."""
    reason: str
    reason_language: str
    since: datetime
    edge_id: UUID


def ties(goal: Goal, at: datetime, *, limit: int = 100) -> list[Tie]:
    """What led to a goal, last ordered first: two queries."""
    edges = list(
        _ours().filter(target_kind="goal", target_id=goal.pk).order_by(F("happened_at").desc(), F("id").desc())[:limit]
    )
    entries = Entry.objects.visible_to(Viewer(), at).filter(object_id__in=[edge.source_id for edge in edges])
    found = {row.ref: row for row in entries}
    return [
        Tie(edge.source, found.get(edge.source), edge.reason, edge.language, edge.happened_at, edge.pk)
        for edge in edges
    ]


def resting_on_nothing() -> list[Goal]:
    """Goals that hold and to which nothing led: two queries."""
    goals = list(plan.goals())
    resting = plan.rests_on([goal.pk for goal in goals])
    return [goal for goal in goals if goal.pk not in resting]
