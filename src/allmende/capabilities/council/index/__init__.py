"""How the council's things appear in the public index: search, Trace, feeds, map."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from allmende.capabilities.council import workflow
from allmende.capabilities.council.index import parts
from allmende.capabilities.council.models import AgendaItem, File, Meeting, Organization, Paper, Person, Task, Vote
from allmende.capabilities.council.queries import tracking
from allmende.capabilities.council.queries.pages import phase_of, stations_of, with_stations
from allmende.capabilities.council.queries.votes import votes_of
from allmende.core.manifest import EntryData

SPOKEN = "de"
MOST_TEXT = 100_000
"""Characters of the files of a paper or a meeting that are searched."""
LABELS = {
    "organization": {"de": "Gremium", "en": "Council body"},
    "person": {"de": "Mitglied", "en": "Member"},
}


def _name(one: Meeting | Paper | Organization | Person) -> dict[str, str]:
    return {SPOKEN: one.name}


def _texts(files: QuerySet[File], owner: F | Coalesce) -> dict[UUID, list[str]]:
    """What public files say, in their own text or else in what was read out of them, by what they belong to."""
    said = Case(When(text="", then=F("reading__text")), default=F("text"))
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = files.annotate(said=said, owner=owner).exclude(said=None).exclude(said="")
    for key, text in rows.order_by("created", "id").values_list("owner", "said"):
        found[key].append(text)
    return found


def _meeting(one: Meeting, words: Collection[str]) -> EntryData:
    cancelled = one.cancelled
    state = workflow.MeetingPhase.CANCELLED if cancelled else workflow.MeetingPhase.COMING
    labels = workflow.MEETING_LABELS[state] if cancelled else {"de": "Sitzung", "en": "Meeting"}
    return EntryData(
        ref=one.ref,
        titles=_name(one),
        summaries={},
        bodies={SPOKEN: "\n".join(words)[:MOST_TEXT]},
        url=one.path,
        state="cancelled" if cancelled else "announced",
        state_labels=labels,
        happened_at=one.start or one.created,
        language=SPOKEN,
    )


def _meetings(rows: Iterable[Meeting]) -> Mapping[UUID, EntryData]:
    found = {one.pk: one for one in rows}
    names: dict[UUID, list[str]] = {pk: [] for pk in found}
    items = AgendaItem.objects.public().filter(meeting__in=found).order_by("place")
    for meeting_id, name in items.values_list("meeting_id", "name"):
        names[meeting_id].append(name)
    of_these = Q(meeting__in=found) | Q(agenda_item__meeting__in=found)
    texts = _texts(File.objects.public().filter(of_these), Coalesce("meeting_id", "agenda_item__meeting_id"))
    return {pk: _meeting(one, [*names[pk], *texts[pk]]) for pk, one in found.items()}


def _papers(rows: Iterable[Paper]) -> Mapping[UUID, EntryData]:
    """With what can be read in their files; where they speak of one place alone, at that place."""
    papers = list(rows)
    texts = _texts(File.objects.public().filter(paper__in=papers), F("paper_id"))
    items = {s.item.pk for one in papers for s in stations_of(one) if s.item}
    votes = votes_of(items) if items else {}
    return {one.pk: _paper(one, texts[one.pk], votes) for one in papers}


def _paper(one: Paper, texts: list[str], votes: Mapping[UUID, Vote]) -> EntryData:
    stations = stations_of(one)
    latest = max((s.meeting.start for s in stations if s.meeting and s.meeting.start), default=one.created)
    phase = phase_of(stations, latest)
    labels = workflow.PAPER_LABELS[phase]
    deciding = [votes.get(s.item.pk) for s in stations if s.item and s.decides]
    if phase is workflow.PaperPhase.DECIDED and deciding and deciding[-1] is not None:
        labels = workflow.vote_labels(deciding[-1].passed, deciding[-1].yes, deciding[-1].no)
    places = [place for place in one.seen_places if place.longitude is not None]  # type: ignore[attr-defined]
    place = places[0] if len(places) == 1 else None
    return EntryData(
        ref=one.ref,
        titles=_name(one),
        summaries=dict(one.plain),
        bodies={SPOKEN: "\n".join([one.reference, *texts])[:MOST_TEXT]},
        url=one.path,
        state=phase.value,
        state_labels=labels,
        happened_at=latest,
        language=SPOKEN,
        longitude=place.longitude if place else None,
        latitude=place.latitude if place else None,
    )


def _organizations(rows: Iterable[Organization]) -> Mapping[UUID, EntryData]:
    return {
        one.pk: EntryData(
            ref=one.ref,
            titles=_name(one),
            summaries=dict(one.plain),
            url=one.path,
            state="there",
            state_labels=LABELS["organization"],
            happened_at=one.created,
            language=SPOKEN,
        )
        for one in rows
    }


def _people(rows: Iterable[Person]) -> Mapping[UUID, EntryData]:
    return {
        one.pk: EntryData(
            ref=one.ref,
            titles=_name(one),
            summaries={},
            url=one.path,
            state="there",
            state_labels=LABELS["person"],
            happened_at=one.created,
            language=SPOKEN,
        )
        for one in rows
    }


class Kind:
    """What the manifest asks for one kind: entries of those that are public, and of no others."""

    def __init__(self, model: Any, build: Callable[[Iterable[Any]], Mapping[UUID, EntryData]]) -> None:
        self.model = model
        self.build = build

    def entries(self, ids: Collection[UUID]) -> Mapping[UUID, EntryData]:
        rows = self.model.objects.public().filter(pk__in=ids)
        return self.build(with_stations(rows) if self.model is Paper else rows)

    def entry(self, key: UUID) -> EntryData | None:
        return self.entries([key]).get(key)

    def ids(self) -> Iterable[UUID]:
        keys: Iterable[UUID] = self.model.objects.public().order_by("id").values_list("pk", flat=True).iterator()
        return keys

    def url(self, key: UUID) -> str | None:
        found = self.model.objects.public().filter(pk=key).first()
        return found.path if found is not None else None


MEETINGS = Kind(Meeting, _meetings)
PAPERS = Kind(Paper, _papers)
ORGANIZATIONS = Kind(Organization, _organizations)
PEOPLE = Kind(Person, _people)


def task_entry(key: UUID) -> EntryData | None:
    """Has an address of its own for those who work on it; everybody finds it with its paper."""
    found = tracking.task_by_id(key)
    if found is None:
        return None
    return EntryData(
        ref=found.ref,
        titles={SPOKEN: found.text},
        summaries={},
        url=f"/stadtrat/auftraege/{found.number}/",
        state="task",
        state_labels={"de": "Auftrag", "en": "task"},
        happened_at=found.created_at,
        visibility="hidden",
        language=SPOKEN,
    )


def task_ids() -> Iterable[UUID]:
    return Task.objects.order_by("id").values_list("pk", flat=True).iterator()


def task_url(key: UUID) -> str | None:
    """The page itself asks who may see it."""
    number = Task.objects.filter(pk=key).values_list("number", flat=True).first()
    return None if number is None else f"/stadtrat/auftraege/{number}/"


__all__ = [
    "MEETINGS",
    "ORGANIZATIONS",
    "PAPERS",
    "PEOPLE",
    "parts",
    "task_entry",
    "task_ids",
    "task_url",
]
