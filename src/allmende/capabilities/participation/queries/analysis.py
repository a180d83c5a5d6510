"""Who takes part, when and by which way: counts for editors and research, never about anybody in particular.

One row per public contribution is read, in one query; everything else is counted here, so that each number knows how
many different people stand behind it. What may be shown is decided by `suppression.suppress`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncMonth

from allmende.capabilities.participation.models import Idea, Module, Support, TopicStore
from allmende.capabilities.participation.workflow import phases
from allmende.core.suppression import suppress

PERIODS = 6
"""Columns at most; what is earlier goes into the first."""


class Dimension(StrEnum):
    """What contributions are told apart by."""

    PHASE = "phase"
    DISTRICT = "district"
    CHANNEL = "channel"
    LANGUAGE = "language"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class Said:
    """A contribution as far as it is counted; `who` is a person's id, or the contribution's own where they are gone."""

    who: UUID
    period: str
    keys: Mapping[Dimension, str]


@dataclass(frozen=True)
class Breakdown:
    """A table: rows by key, columns by period and a last one for all; None is hidden. `cells` None: cannot be shown."""

    dimension: Dimension
    keys: Sequence[str]
    cells: Sequence[Sequence[int | None]] | None


@dataclass(frozen=True)
class Analysis:
    """Everything of the page. `line`: contributions per period and, last, of all; `supports` likewise."""

    periods: Sequence[str]
    line: Sequence[int | None]
    supports: Sequence[int | None]
    breakdowns: Sequence[Breakdown]


def _units(zone: ZoneInfo) -> list[Callable[[datetime], str]]:
    """Names of the month, quarter and year of an instant, as they are sorted: 2026-04, 2026-Q2, 2026."""

    def local(at: datetime) -> datetime:
        return at.astimezone(zone)

    return [
        lambda at: f"{local(at):%Y-%m}",
        lambda at: f"{local(at):%Y}-Q{(local(at).month + 2) // 3}",
        lambda at: f"{local(at):%Y}",
    ]


def _naming(months: Sequence[datetime], zone: ZoneInfo) -> tuple[Callable[[datetime], str], list[str]]:
    """The finest unit of which there are not too many, and its names in order; of years the earliest are one."""
    for unit in _units(zone):
        names = sorted({unit(month) for month in months})
        if len(names) <= PERIODS:
            return unit, names
    first = names[-PERIODS]

    def lumped(at: datetime) -> str:
        name = unit(at)
        return name if name > first else f"≤ {first}"

    return lumped, [f"≤ {first}", *names[-PERIODS + 1 :]]


def _phase_of(spans: Sequence[phases.Span], at: datetime) -> str:
    running = phases.running(spans, at)
    return running[0].kind.value if running else ""


def _said(rows: Sequence[tuple[Any, ...]], naming: Callable[[datetime], str], stores: Sequence[UUID]) -> list[Said]:
    modules = Module.objects.filter(store__in=stores).select_related("store").prefetch_related("phases")
    spans = {module.store_id: module.spans() for module in modules}
    return [
        Said(
            who=author or id_,
            period=naming(at),
            keys={
                Dimension.PHASE: _phase_of(spans.get(store, ()), at),
                Dimension.DISTRICT: district,
                Dimension.CHANNEL: channel,
                Dimension.LANGUAGE: language,
                Dimension.AGE: "under_16" if under_16 else "",
            },
        )
        for id_, store, at, author, district, channel, language, under_16 in rows
    ]


def _line(said: Sequence[tuple[str, UUID]], periods: Sequence[str]) -> tuple[list[int], list[int]]:
    """Counts per period, and how many different people stand behind each and behind all."""
    counts = Counter(period for period, _who in said)
    people: dict[str, set[UUID]] = defaultdict(set)
    for period, who in said:
        people[period].add(who)
    everybody = {who for _period, who in said}
    return [counts[name] for name in periods], [*(len(people[name]) for name in periods), len(everybody)]


def _breakdown(dimension: Dimension, said: Sequence[Said], periods: Sequence[str], hidden: Sequence[int]) -> Breakdown:
    rows: dict[str, list[tuple[str, UUID]]] = defaultdict(list)
    for one in said:
        rows[one.keys[dimension]].append((one.period, one.who))
    keys = sorted(rows, key=lambda key: (key == "", -len(rows[key]), key))
    lines = [_line(rows[key], periods) for key in keys]
    total = _line([(one.period, one.who) for one in said], periods)[1]
    cells = suppress([counts for counts, _people in lines], [*(people for _counts, people in lines), total],
                     hidden_totals=hidden)  # fmt: skip
    return Breakdown(dimension, keys, cells)


def analysis(store_ids: Sequence[UUID], at: datetime, zone: ZoneInfo) -> Analysis:
    """Contributions to these stores, as they are public at this time. Five queries, whatever the size.

    Supports are many, so they are counted per month by the database. In a longer period stand at least as many people
    as in its best month: that number decides whether it is shown, and so rather hides too much.
    """
    public = Idea.objects.public().filter(store__in=store_ids, published_at__lte=at)
    columns = ("id", "store_id", "received_at", "author_id", "district", "channel", "language", "author__is_under_16")
    rows = list(public.values_list(*columns))
    naming, periods = _naming([row[2] for row in rows], zone)
    said = _said(rows, naming, store_ids)
    counts, people = _line([(one.period, one.who) for one in said], periods)
    shown = suppress([counts], [people, people]) if periods else [[]]
    line = shown[0] if shown is not None else [None] * (len(periods) + 1)
    hidden = [place for place, value in enumerate(line) if value is None]
    return Analysis(
        periods=periods,
        line=line,
        supports=_supports(store_ids, at, naming, periods, zone),
        breakdowns=[_breakdown(dimension, said, periods, hidden) for dimension in Dimension] if periods else [],
    )


def _supports(
    store_ids: Sequence[UUID], at: datetime, naming: Callable[[datetime], str], periods: Sequence[str], zone: ZoneInfo
) -> list[int | None]:
    """Supports per period and of all."""
    ideas = Idea.objects.public().filter(store__in=store_ids)
    rows = Support.objects.filter(idea__in=ideas, at__lte=at).annotate(month=TruncMonth("at", tzinfo=zone))
    counts: Counter[str] = Counter()
    people: dict[str, int] = {}
    for month, number, persons in rows.values_list("month").annotate(n=Count("pk"), p=Count("person", distinct=True)):
        name = naming(month)
        name = name if name in periods else periods[-1] if periods else name
        counts[name] += number
        people[name] = max(people.get(name, 0), persons)
    if not periods:
        return []
    behind = [people.get(name, 0) for name in periods]
    everybody = rows.order_by().aggregate(n=Count("person", distinct=True))["n"]
    shown = suppress([[counts[name] for name in periods]], [[*behind, everybody]] * 2)
    return list(shown[0]) if shown is not None else [None] * (len(periods) + 1)


def analysed_stores(at: datetime, project_id: UUID | None = None) -> list[UUID]:
    """The stores of a project, or all that everybody knows of. One query."""
    rows = TopicStore.objects.filter(opens_at__lte=at)
    if project_id is not None:
        rows = rows.filter(module__project=project_id)
    return list(rows.values_list("pk", flat=True))
