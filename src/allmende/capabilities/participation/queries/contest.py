"""Contests: their pages, the jury's progress and its result, votes, places."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from allmende.capabilities.participation import rules
from allmende.capabilities.participation.models import GroupMember, Idea, Poll, TopicStore
from allmende.capabilities.participation.models.contest import (
    Contest,
    Criterion,
    Entry,
    Juror,
    JurorConflict,
    Place,
    Placing,
    PlenaryResult,
    Score,
    ScoreSheet,
)
from allmende.capabilities.participation.queries.voting import polls_of
from allmende.capabilities.participation.workflow import PUBLIC_STATES
from allmende.capabilities.participation.workflow.contest import (
    Admission,
    Result,
    Sheet,
    TieRule,
    Weighed,
    places,
    tally,
)
from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.manifest import Shown
from allmende.engines.ballots.interface import voting
from allmende.engines.trace import interface as trace

_PUBLIC = [state.value for state in PUBLIC_STATES]


@dataclass(frozen=True)
class ContestPage:
    """A contest with its store; `function` is the viewer's in the group, `juror` their seat."""

    contest: Contest
    store: TopicStore
    function: str
    criteria: Sequence[Criterion]
    jurors: Sequence[Juror]
    juror: Juror | None


def contest_by_number(number: int, viewer: Viewer, at: datetime) -> ContestPage:
    """By the number of its topic store. Four queries. Raises NotFound for what is not there or not visible."""
    member = GroupMember.objects.filter(group=OuterRef("store__group"), person=viewer.person_id, until=None)
    rows = (
        Contest.objects.select_related("store__group", "store__module__project")
        .prefetch_related("criteria", "store__module__phases", Prefetch("jurors", Juror.objects.filter(until=None)))
        .annotate(function=Coalesce(Subquery(member.values("function")[:1]), Value("")))
    )
    contest = rows.filter(store__number=number).first() if 0 < number < 2**63 else None
    if contest is None or not rules.may_see_store(contest.store, viewer, at, contest.function):
        raise NotFound
    jurors = list(contest.jurors.all())
    own = next((row for row in jurors if viewer.person_id and row.person_id == viewer.person_id), None)
    return ContestPage(contest, contest.store, contest.function, list(contest.criteria.all()), jurors, own)


def contest_of(store_id: UUID) -> Contest | None:
    return Contest.objects.select_related("store__group").filter(store_id=store_id).first()


def contest(contest_id: UUID) -> Contest | None:
    return Contest.objects.select_related("store__group").filter(pk=contest_id).first()


def contests_to_publish(at: datetime) -> list[UUID]:
    """Topic stores of contests whose deadline and grace are over, and whose entries nobody sees yet."""
    rows = Contest.objects.filter(published_at=None, store__closes_at__lte=at, store__opens_at__isnull=False)
    rows = rows.select_related("store").order_by("store__closes_at")
    return [row.store_id for row in rows if rules.may_publish_entries(row, row.store, at)]


def _counted(model: type[JurorConflict] | type[ScoreSheet]) -> Coalesce:
    """How many sitting jurors have such a row for an entry."""
    rows = model._default_manager.filter(entry=OuterRef("pk"), juror__until=None).order_by()
    return Coalesce(Subquery(rows.values("entry").annotate(n=Count("pk")).values("n")), Value(0))


def _entries(contest_id: UUID, states: Sequence[str]) -> QuerySet[Entry]:
    rows = Entry.objects.filter(contest_id=contest_id, idea__state__in=states)
    rows = rows.annotate(conflict_count=_counted(JurorConflict), sheet_count=_counted(ScoreSheet))
    return rows.select_related("idea__version", "idea__organisation").order_by("idea__number")


def entries(contest_id: UUID) -> list[Entry]:
    """Public entries with their ideas, in the order in which they arrived, each with `conflict_count` and
    `sheet_count` of the sitting jury. One query.
    """
    return list(_entries(contest_id, _PUBLIC))


def all_entries(contest_id: UUID) -> list[Entry]:
    """As `entries`, and what waits to be checked or for the deadline, for the office. One query."""
    return list(_entries(contest_id, ["submitted", *_PUBLIC]))


def ranked(rows: Iterable[Entry]) -> list[Entry]:
    """Those that are scored, voted on and placed: public, and not outside the ranking."""
    return [row for row in rows if row.idea.state in _PUBLIC and row.admission != Admission.OUTSIDE]


def entry_of(idea: Idea) -> Entry | None:
    """What a contest knows of an idea. No query for an idea elsewhere, nor where it was read with the idea."""
    if idea.store.kind != TopicStore.Kind.CONTEST:
        return None
    return getattr(idea, "entry", None)


def entry_by_number(contest_id: UUID, number: int) -> Entry:
    """A public entry by its idea's number. Raises NotFound."""
    rows = Entry.objects.filter(contest_id=contest_id, idea__state__in=_PUBLIC).select_related(
        "idea__version", "idea__organisation", "idea__store"
    )
    found = rows.filter(idea__number=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    return found


def entry_to_check(contest_id: UUID, number: int) -> Entry:
    """An entry for the office, public or not. Raises NotFound."""
    rows = Entry.objects.filter(contest_id=contest_id, idea__number=number).select_related("idea__version")
    found = rows.first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    return found


# The jury


@dataclass(frozen=True, slots=True)
class JuryProgress:
    """How far the jury is, counted in sheets; whose they are is not told."""

    expected: int
    given: int
    jurors: int

    @property
    def is_done(self) -> bool:
        return self.expected > 0 and self.given >= self.expected


def progress_of(rows: Iterable[Entry], jurors: int) -> JuryProgress:
    """Every sitting juror scores every entry in the ranking, but for conflicts of interest."""
    found = ranked(rows)
    counts: list[Any] = list(found)  # annotated by `entries`
    return JuryProgress(
        expected=jurors * len(found) - sum(row.conflict_count for row in counts),
        given=sum(row.sheet_count for row in counts),
        jurors=jurors,
    )


def jury_progress(contest_id: UUID) -> JuryProgress:
    """As `progress_of`, for actions. Two queries."""
    return progress_of(entries(contest_id), Juror.objects.filter(contest_id=contest_id, until=None).count())


@dataclass(frozen=True)
class OwnSheet:
    """What a juror gave an entry."""

    note: str
    points: dict[UUID, int]


@dataclass(frozen=True)
class Desk:
    """What a juror has before them: entries, own sheets, own conflicts; nothing of the others."""

    entries: Sequence[Entry]
    sheets: Mapping[UUID, OwnSheet]
    conflicts: Mapping[UUID, str]

    @property
    def open(self) -> list[Entry]:
        """What this juror has still to score."""
        return [row for row in self.entries if row.pk not in self.sheets and row.pk not in self.conflicts]

    @property
    def total(self) -> int:
        return len([row for row in self.entries if row.pk not in self.conflicts])

    @property
    def done(self) -> int:
        return self.total - len(self.open)


def desk(contest_id: UUID, juror: Juror) -> Desk:
    """Two queries."""
    own = JurorConflict.objects.filter(entry=OuterRef("pk"), juror=juror)
    public = list(_entries(contest_id, _PUBLIC).annotate(cause=Coalesce(Subquery(own.values("cause")[:1]), Value(""))))
    sheets: dict[UUID, OwnSheet] = {}
    for score in Score.objects.filter(sheet__juror=juror).select_related("sheet"):
        sheet = sheets.setdefault(score.sheet.entry_id, OwnSheet(score.sheet.note, {}))
        sheet.points[score.criterion_id] = score.points
    causes: list[Any] = public
    return Desk(ranked(public), sheets, {row.pk: row.cause for row in causes if row.cause})


@dataclass(frozen=True)
class JuryResult:
    """What the jury says as a whole; no score is anybody's."""

    results: Sequence[Result]
    conflicts: Mapping[UUID, int]
    """Entry → how many jurors did not score it because of a conflict of interest."""
    notes: Mapping[UUID, Sequence[str]] = field(default_factory=dict)
    """In alphabetical order, so that the order tells nothing of their authors."""

    @property
    def places(self) -> dict[UUID, int]:
        return {row.entry: row.place for row in self.results if row.place is not None}  # type: ignore[misc]


def jury_result(
    contest: Contest, rows: Sequence[Entry] | None = None, criteria: Sequence[Criterion] | None = None
) -> JuryResult:
    """Counted anew each time, from the sheets of sitting jurors, so that nothing can drift. One query, and one each
    for entries and criteria that the caller has not got.
    """
    rows = ranked(entries(contest.pk) if rows is None else rows)
    weighed = [
        Weighed(row.pk, row.weight, row.scale) for row in (contest.criteria.all() if criteria is None else criteria)
    ]
    found = Score.objects.filter(sheet__juror__contest=contest, sheet__juror__until=None)
    points: dict[UUID, dict[Hashable, int]] = {}
    entry_of_sheet: dict[UUID, UUID] = {}
    notes: dict[UUID, dict[UUID, str]] = {}
    columns = ("sheet_id", "sheet__entry_id", "sheet__note", "criterion_id", "points")
    for sheet, entry, note, criterion, given in found.values_list(*columns):
        points.setdefault(sheet, {})[criterion] = given
        entry_of_sheet[sheet] = entry
        if note:
            notes.setdefault(entry, {})[sheet] = note
    wanted = {one.id for one in weighed}
    sheets = [Sheet(entry_of_sheet[sheet], given) for sheet, given in points.items() if wanted <= set(given)]
    counts: list[Any] = list(rows)
    return JuryResult(
        results=tally([(row.pk, row.idea.received_at) for row in rows], weighed, sheets, TieRule(contest.tie_rule)),
        conflicts={row.pk: row.conflict_count for row in counts if row.conflict_count},
        notes={entry: sorted(texts.values()) for entry, texts in notes.items()},
    )


# Votes and places


def plenaries(contest_id: UUID) -> list[PlenaryResult]:
    """The plenary's vote as recorded, the latest edition first."""
    return list(PlenaryResult.objects.filter(contest_id=contest_id))


def plenary_places(result: PlenaryResult | None) -> dict[UUID, int]:
    """Places by votes; a vote in which nobody voted ranks nobody."""
    if result is None or not any(result.votes.values()):
        return {}
    return {UUID(str(entry)): place for entry, place in places(result.votes).items()}


@dataclass(frozen=True)
class PublicVote:
    """A counted vote of everybody on the entries of a contest."""

    poll: Poll
    vote: voting.Vote
    scores: Mapping[UUID, Fraction]
    """Entry → what the rule counted for it, votes or points; nothing for rules that count otherwise."""

    @property
    def places(self) -> dict[UUID, int]:
        """A vote in which nobody voted ranks nobody."""
        if not any(self.scores.values()):
            return {}
        return places(self.scores)


def public_vote(contest: Contest, rows: Sequence[Entry]) -> PublicVote | None:
    """The latest counted vote on these entries. Two queries, and two more when there is one."""
    polls = polls_of([contest.store.module.pk])
    found = next(((poll, vote) for poll, vote in polls if vote.closed_at is not None), None)
    if found is None:
        return None
    poll, vote = found
    counted = {row["id"]: row["score"] for row in (vote.result or {}).get("options", ()) if "score" in row}
    entries = {str(row.idea.ref): row.pk for row in rows}
    scores = {
        entries[option.thing]: Fraction(counted[str(option.place + 1)])
        for option in vote.options.all()
        if option.thing in entries and str(option.place + 1) in counted
    }
    return PublicVote(poll, vote, scores)


def rankings(contest: Contest) -> dict[str, Mapping[UUID, int]]:
    """What the placing is compared with, as far as it is there: jury, public and plenary vote."""
    rows = ranked(entries(contest.pk))
    found: dict[str, Mapping[UUID, int]] = {"jury": jury_result(contest, rows).places}
    public = public_vote(contest, rows)
    found["public"] = public.places if public else {}
    latest = plenaries(contest.pk)
    found["plenary"] = plenary_places(latest[0] if latest else None)
    return {name: row for name, row in found.items() if row}


@dataclass(frozen=True)
class Edition:
    """A placing with its places, the first first, then those without one."""

    placing: Placing
    places: Sequence[Place]


def placings(contest_id: UUID, *, only_latest: bool = False) -> list[Edition]:
    """All editions, the latest first. One query."""
    rows = Place.objects.filter(placing__contest_id=contest_id).select_related("placing", "entry__idea__version")
    if only_latest:
        latest = Placing.objects.filter(contest_id=contest_id).order_by("-edition").values("pk")[:1]
        rows = rows.filter(placing=Subquery(latest))
    found: dict[UUID, list[Place]] = {}
    for row in rows.order_by("-placing__edition", F("place").asc(nulls_last=True), "entry__idea__number"):
        found.setdefault(row.placing_id, []).append(row)
    return [Edition(places[0].placing, places) for places in found.values()]


def place_of(entry: Entry) -> Place | None:
    """The entry's place in the latest edition; None before places are given."""
    rows = Place.objects.filter(entry=entry).select_related("placing")
    return rows.order_by("-placing__edition").first()


def placing(placing_id: UUID) -> Placing | None:
    return Placing.objects.select_related("contest__store__group").filter(pk=placing_id).first()


def place_in(placing_id: UUID, idea_id: UUID) -> Place | None:
    """An idea's place in one edition."""
    return Place.objects.select_related("placing").filter(placing_id=placing_id, entry__idea_id=idea_id).first()


def placed_contests() -> list[UUID]:
    """Contests with places, for the index."""
    return list(Contest.objects.filter(placings__edition=1).order_by("pk").values_list("pk", flat=True))


MOST_CONTESTS = 20
MOST_ENTRIES = 200
"""In a list to choose from."""


def contests_to_decide() -> list[Contest]:
    """Contests whose entries are public, the last one first."""
    return list(Contest.objects.exclude(published_at=None).order_by("-published_at", "-id")[:MOST_CONTESTS])


def entries_to_decide() -> list[UUID]:
    """Ideas that are public entries of these contests, within the ranking."""
    rows = Entry.objects.filter(contest__in=[one.pk for one in contests_to_decide()], idea__state__in=_PUBLIC)
    rows = rows.exclude(admission=Admission.OUTSIDE).order_by("-contest__published_at", "idea__number")
    return list(rows.values_list("idea_id", flat=True)[:MOST_ENTRIES])


def contest_behind(kind: str, key: UUID) -> Contest | None:
    """The contest with public entries behind a topic store or an entry's idea."""
    rows = Contest.objects.exclude(published_at=None).select_related("store")
    if kind == "store":
        return rows.filter(store_id=key).first()
    if kind == "idea":
        return rows.filter(entries__idea_id=key, entries__idea__state__in=_PUBLIC).first()
    return None


def decided_elsewhere(contest: Contest, viewer: Viewer, at: datetime) -> list[Shown]:
    """Decisions of other rooms that led to the placing, by the Trace: this room knows none of them. The first first."""
    edges = trace.Edge.objects.filter(
        target_capability="participation",
        target_kind=contest.placing_ref.kind,
        target_id=contest.pk,
        retracted_at__isnull=True,
    ).exclude(source_capability="participation")
    sources = [edge.source for edge in edges.order_by("happened_at", "id")[:MOST_ENTRIES]]
    shown = manifest.lookup().resolve(sources, viewer, at) if sources else {}
    return [shown[source] for source in sources if source in shown]
