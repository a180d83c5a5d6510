"""Who takes part, when and by which way: counts for editors and research, never about anybody in particular.

One row per public contribution, comment and support is read; everything else is counted here, so that each number
knows how many different people stand behind it. Somebody's age group is what they stated for the project of their own
accord. What may be shown is decided by `suppression.suppress`.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from allmende.capabilities.participation.models import Idea, Module, Project, StatedAge, Support, TopicStore
from allmende.capabilities.participation.workflow import phases
from allmende.capabilities.participation.workflow.ages import AgeGroup
from allmende.core.suppression import suppress
from allmende.engines.discussion.interface import Comment

PERIODS = 6
"""Columns at most; what is earlier goes into the first."""


class Dimension(StrEnum):
    """What contributions are told apart by."""

    PHASE = "phase"
    DISTRICT = "district"
    CHANNEL = "channel"
    LANGUAGE = "language"
    AGE = "age"


class Kind(StrEnum):
    """What is counted."""

    CONTRIBUTIONS = "contributions"
    COMMENTS = "comments"
    SUPPORTS = "supports"


OF_KIND: Mapping[Kind, Sequence[Dimension]] = {
    Kind.CONTRIBUTIONS: tuple(Dimension),
    Kind.COMMENTS: tuple(Dimension),
    # A support has no words, and there is one way to give it: with an account.
    Kind.SUPPORTS: (Dimension.PHASE, Dimension.DISTRICT, Dimension.AGE),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A contribution, comment or support as far as it is counted. `who` is a person's number, or its own where they are
    gone; the district is that of the contribution.
    """

    who: int
    period: str
    keys: Mapping[Dimension, str]


@dataclass(frozen=True)
class Breakdown:
    """A table: rows by key, columns by period and a last one for all; None is hidden. `cells` None: cannot be shown."""

    dimension: Dimension
    keys: Sequence[str]
    cells: Sequence[Sequence[int | None]] | None


@dataclass(frozen=True)
class Counted:
    """One kind of what people do: per period and, last, of all; then told apart."""

    kind: Kind
    line: Sequence[int | None]
    breakdowns: Sequence[Breakdown]


@dataclass(frozen=True)
class Analysis:
    """Everything of the page, in the same periods."""

    periods: Sequence[str]
    counted: Sequence[Counted]

    def of(self, kind: Kind) -> Counted:
        return next(one for one in self.counted if one.kind == kind)


def _units(zone: ZoneInfo) -> list[Callable[[datetime], str]]:
    """Names of the month, quarter and year of an instant, as they are sorted: 2026-04, 2026-Q2, 2026."""

    def local(at: datetime) -> datetime:
        return at.astimezone(zone)

    return [
        lambda at: f"{local(at):%Y-%m}",
        lambda at: f"{local(at):%Y}-Q{(local(at).month + 2) // 3}",
        lambda at: f"{local(at):%Y}",
    ]


def _naming(instants: Sequence[datetime], zone: ZoneInfo) -> tuple[Callable[[datetime], str], list[str]]:
    """The finest unit of which there are not too many, and its names in order; of years the earliest are one."""
    for unit in _units(zone):
        names = sorted({unit(at) for at in instants})
        if len(names) <= PERIODS:
            return unit, names
    first = names[-PERIODS]

    def lumped(at: datetime) -> str:
        name = unit(at)
        return name if name > first else f"≤ {first}"

    return lumped, [f"≤ {first}", *names[-PERIODS + 1 :]]


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


class _Phases:
    """The phase that ran in a part of a project at a time; looked up, not computed, once per part and turn."""

    def __init__(self, spans: Mapping[UUID, Sequence[phases.Span]]) -> None:
        self._turns: dict[UUID, list[datetime]] = {}
        self._names: dict[UUID, list[str]] = {}
        for part, rows in spans.items():
            turns = sorted({instant for row in rows for instant in (row.starts_at, row.ends_at) if instant is not None})
            now = [phases.running(rows, turn) for turn in turns]
            self._turns[part] = turns
            self._names[part] = ["", *(found[0].kind.value if found else "" for found in now)]

    def at(self, part: UUID, when: datetime) -> str:
        return self._names[part][bisect_right(self._turns[part], when)] if part in self._turns else ""


@dataclass(frozen=True)
class _About:
    """What a contribution is told apart by, besides the time: shared by it and by what hangs on it."""

    part: UUID
    """Its store, or the project that is talked about."""
    project: UUID
    district: str


@dataclass(frozen=True)
class _Reading:
    """What is looked up for every row."""

    periods: Mapping[datetime, str]
    """The hour in which something was done → its period."""
    phases: _Phases
    ages: Mapping[tuple[UUID, UUID], str]
    """(project, person) → what they stated."""
    people: dict[UUID, int] = field(default_factory=dict)
    """Everybody, numbered: there are many rows, and numbers are counted faster than keys."""

    def said(
        self,
        about: _About,
        who: UUID | None,
        own: UUID,
        at: datetime,
        words: Sequence[str] = (),
        *,
        under_16: bool = False,
    ) -> Said:
        """`words`: channel and language, where there are any. Without a statement it is known who is under 16."""
        age = self.ages.get((about.project, who), "") if who is not None else ""
        keys = {
            Dimension.PHASE: self.phases.at(about.part, at),
            Dimension.DISTRICT: about.district,
            Dimension.AGE: age or (AgeGroup.UNDER_16.value if under_16 else ""),
            **dict(zip((Dimension.CHANNEL, Dimension.LANGUAGE), words, strict=False)),
        }
        number = self.people.setdefault(who or own, len(self.people))
        return Said(number, self.periods[_hour(at)], keys)


def _line(said: Sequence[tuple[str, int]], periods: Sequence[str]) -> tuple[list[int], list[int]]:
    """Counts per period, and how many different people stand behind each and behind all."""
    counts = Counter(period for period, _who in said)
    people: dict[str, set[int]] = defaultdict(set)
    for period, who in said:
        people[period].add(who)
    everybody = {who for _period, who in said}
    return [counts[name] for name in periods], [*(len(people[name]) for name in periods), len(everybody)]


def _breakdown(dimension: Dimension, said: Sequence[Said], periods: Sequence[str], hidden: Sequence[int]) -> Breakdown:
    rows: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for one in said:
        rows[one.keys[dimension]].append((one.period, one.who))
    keys = sorted(rows, key=lambda key: (key == "", -len(rows[key]), key))
    lines = [_line(rows[key], periods) for key in keys]
    total = _line([(one.period, one.who) for one in said], periods)[1]
    cells = suppress([counts for counts, _people in lines], [*(people for _counts, people in lines), total],
                     hidden_totals=hidden)  # fmt: skip
    return Breakdown(dimension, keys, cells)


def _counted(kind: Kind, said: Sequence[Said], periods: Sequence[str]) -> Counted:
    if not periods:
        return Counted(kind, [], [])
    counts, people = _line([(one.period, one.who) for one in said], periods)
    shown = suppress([counts], [people, people])
    line = shown[0] if shown is not None else [None] * (len(periods) + 1)
    hidden = [place for place, value in enumerate(line) if value is None]
    tables = [_breakdown(dimension, said, periods, hidden) for dimension in OF_KIND[kind]] if said else []
    return Counted(kind, line, tables)


def analysis(store_ids: Sequence[UUID], at: datetime, zone: ZoneInfo, *, project_ids: Sequence[UUID] = ()) -> Analysis:
    """Contributions to these stores as they are public at this time, what was said and who was for it. Six queries,
    whatever the size; comments on their projects, and on `project_ids` (which may collect nothing), are in it, too.
    """
    parts = Module.objects.filter(Q(project__modules__store__in=store_ids) | Q(project__in=project_ids)).distinct()
    modules = list(parts.select_related("store").prefetch_related("phases"))
    wanted = set(store_ids)
    projects = {row.store_id: row.project_id for row in modules if row.store_id in wanted}
    spans: dict[UUID, Sequence[phases.Span]] = {
        row.store_id: row.spans() for row in modules if row.store_id is not None
    }
    spans |= {row.project_id: row.spans() for row in modules if row.kind == phases.ModuleKind.DISCUSSION}
    public = Idea.objects.public().filter(store__in=store_ids, published_at__lte=at)
    columns = ("id", "store_id", "received_at", "author_id", "district", "channel", "language", "author__is_under_16")
    ideas = list(public.values_list(*columns))
    about = {row[0]: _About(row[1], projects[row[1]], row[4]) for row in ideas}
    talked_about = {*projects.values(), *project_ids}
    about |= {project: _About(project, project, "") for project in talked_about}
    of_ideas = Q(kind="idea", object_id__in=public.values("pk"))
    talk = Comment.objects.published().filter(
        of_ideas | Q(kind="project", object_id__in=talked_about), capability="participation"
    )
    talk = talk.filter(is_official=False, written_at__lte=at)
    comments = list(talk.values_list("object_id", "author_id", "id", "written_at", "channel", "language"))
    ages = {
        (project, person): group
        for project, person, group in StatedAge.objects.filter(project__in=talked_about).values_list(
            "project_id", "person_id", "group"
        )
    }
    rows = Support.objects.filter(idea__in=public.values("pk"), at__lte=at)
    supports = list(rows.values_list("idea_id", "person_id", "at"))
    instants = [row[2] for row in ideas], [row[3] for row in comments], [row[2] for row in supports]
    hours = {_hour(one) for rows_ in instants for one in rows_}
    naming, periods = _naming(sorted(hours), zone)
    reading = _Reading({hour: naming(hour) for hour in hours}, _Phases(spans), ages)
    said = {
        Kind.CONTRIBUTIONS: [
            reading.said(about[row[0]], row[3], row[0], row[2], row[5:7], under_16=row[7]) for row in ideas
        ],
        Kind.COMMENTS: [
            reading.said(about[thing], author, id_, when, (channel, language))
            for thing, author, id_, when, channel, language in comments
            if thing in about  # what became public since the contributions were read waits for the next time
        ],
        Kind.SUPPORTS: [
            reading.said(about[idea], person, idea, when) for idea, person, when in supports if idea in about
        ],
    }
    return Analysis(periods, [_counted(kind, rows_, periods) for kind, rows_ in said.items()])


def analysed_projects(at: datetime) -> list[UUID]:
    """All that are announced. One query."""
    return list(Project.objects.filter(announced_at__lte=at).values_list("pk", flat=True))


def analysed_stores(at: datetime, project_id: UUID | None = None) -> list[UUID]:
    """The stores of a project, or all that everybody knows of. One query."""
    rows = TopicStore.objects.filter(opens_at__lte=at)
    if project_id is not None:
        rows = rows.filter(module__project=project_id)
    return list(rows.values_list("pk", flat=True))
