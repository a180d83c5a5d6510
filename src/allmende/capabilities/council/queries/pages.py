"""What the pages show. A fixed number of queries each, however long the lists are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NoReturn

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import JSONObject

from allmende.capabilities.council.models import (
    AgendaItem,
    Body,
    Consultation,
    File,
    Location,
    Meeting,
    Membership,
    Organization,
    Paper,
    Person,
    Thing,
)
from allmende.capabilities.council.workflow import PaperPhase
from allmende.core.errors import NotFound

SHORT = 6
LONG = 30
"""Rows of a list before „Mehr anzeigen“."""
FED = 1000
"""Meetings in a calendar: two a day for more than a year."""
MOST = 400
"""Of what belongs to one thing: more members, points or stations than any council has."""


def _nothing() -> NoReturn:
    raise NotFound


def _by_number[T: (Meeting, Paper, Organization, Person)](rows: QuerySet[T], number: int) -> T:
    found = rows.filter(number=number).first() if 0 < number < 2**63 else None
    return _nothing() if found is None else found


def _public_organizations() -> Any:
    return Prefetch("organizations", Organization.objects.public().order_by("name"), to_attr="seen_organizations")


def _meetings() -> QuerySet[Meeting]:
    return Meeting.objects.public().select_related("location").prefetch_related(_public_organizations())


def meetings_coming(at: datetime, *, limit: int = LONG) -> list[Meeting]:
    """The next ones, and those that are not over; without a date last."""
    rows = _meetings().filter(Q(end__gt=at) | Q(end__isnull=True, start__gt=at) | Q(start__isnull=True))
    return list(rows.order_by(F("start").asc(nulls_last=True), "id")[:limit])


def meetings_past(
    at: datetime, *, before: tuple[datetime, int] | None = None, limit: int = LONG
) -> tuple[list[Meeting], tuple[datetime, int] | None]:
    """Those that are over, the last one first; and start and number of the one to go on from, if there are more."""
    rows = _meetings().filter(Q(end__lte=at) | Q(end__isnull=True, start__lte=at))
    if before is not None:
        start, number = before
        rows = rows.filter(Q(start__lt=start) | Q(start=start, number__lt=number))
    found = list(rows.order_by("-start", "-number")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], (last.start, last.number) if last is not None and last.start is not None else None


def papers_newest(*, before: int | None = None, kind: str = "", limit: int = LONG) -> tuple[list[Paper], int | None]:
    """Papers, the last one first, with their stations; and from which number to go on."""
    rows = Paper.objects.public().prefetch_related(_stations())
    if kind:
        rows = rows.filter(paper_type=kind)
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows.order_by("-number")[: limit + 1])
    return found[:limit], found[limit - 1].number if len(found) > limit else None


def paper_types() -> list[str]:
    """The words that there are for papers."""
    found = Paper.objects.public().exclude(paper_type="").order_by("paper_type").values_list("paper_type", flat=True)
    return list(found.distinct())


def _stations() -> Any:
    rows = Consultation.objects.public().select_related("meeting", "agenda_item")
    return Prefetch("consultations", rows.prefetch_related(_public_organizations()), to_attr="seen_consultations")


def with_stations(rows: QuerySet[Paper]) -> QuerySet[Paper]:
    """For the index: with their stations, and the places they speak of."""
    places: Any = Prefetch("locations", Location.objects.public(), to_attr="seen_places")
    return rows.prefetch_related(_stations(), places)


def organizations(at: date) -> list[Organization]:
    """All that there are now."""
    rows = Organization.objects.public().filter(Q(end_date__isnull=True) | Q(end_date__gte=at))
    return list(rows.order_by("name"))


@dataclass(frozen=True)
class Overview:
    """The council at a glance."""

    bodies: Sequence[Body]
    coming: Sequence[Meeting]
    papers: Sequence[Paper]
    organizations: Sequence[Organization]


def overview(at: datetime, today: date) -> Overview:
    papers, _more = papers_newest(limit=SHORT)
    return Overview(
        list(Body.objects.public().order_by("created")[:SHORT]),
        meetings_coming(at, limit=SHORT),
        papers,
        organizations(today),
    )


@dataclass(frozen=True)
class Station:
    """One station of a paper's way: what came before and after stands in the order of the dates."""

    consultation: Consultation
    meeting: Meeting | None
    item: AgendaItem | None
    organizations: Sequence[Organization]

    @property
    def decides(self) -> bool:
        return bool(self.consultation.authoritative) or self.consultation.role == "Entscheidung"


def stations_of(paper: Paper) -> list[Station]:
    """The stations of a paper that was read with `_stations()`, by date; those without one last."""
    found = [
        Station(one, one.meeting, one.agenda_item, one.seen_organizations)
        for one in paper.seen_consultations  # type: ignore[attr-defined]
    ]
    return sorted(
        found,
        key=lambda one: (
            one.meeting is None or one.meeting.start is None,
            one.meeting.start.timestamp() if one.meeting and one.meeting.start else 0.0,
            one.consultation.created.timestamp(),
        ),
    )


def phase_of(stations: Sequence[Station], at: datetime) -> PaperPhase:
    """Decided is a paper when a deciding station has a result; until then it is under discussion, once it stands on
    any agenda that has begun.
    """
    if any(one.decides and one.item and (one.item.result or one.item.resolution_text) for one in stations):
        return PaperPhase.DECIDED
    begun = [one for one in stations if one.meeting and one.meeting.start and one.meeting.start <= at]
    return PaperPhase.CONSULTED if begun else PaperPhase.SUBMITTED


@dataclass(frozen=True)
class MeetingPage:
    """A meeting with its agenda: per point the papers it deals with, and its files."""

    meeting: Meeting
    organizations: Sequence[Organization]
    items: Sequence[AgendaItem]
    files: Sequence[File]


def meeting_page(number: int) -> MeetingPage:
    """Six queries. Raises NotFound."""
    meeting = _by_number(_meetings().select_related("location", "attendance", "minutes"), number)
    dealt: Any = Consultation.objects.public().select_related("paper")
    items = (
        AgendaItem.objects.public()
        .filter(meeting=meeting)
        .order_by("place", "id")
        .prefetch_related(
            Prefetch("consultations", dealt, to_attr="seen_consultations"),
            Prefetch("files", File.objects.public().order_by("created"), to_attr="seen_files"),
        )
    )
    files = File.objects.public().filter(meeting=meeting).order_by("created", "id")
    return MeetingPage(meeting, meeting.seen_organizations, list(items[:MOST]), list(files[:MOST]))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class PaperPage:
    """A paper with everything around it; of people and organisations only name and number are read."""

    paper: Paper
    stations: Sequence[Station]
    files: Sequence[File]
    by_people: Sequence[Person]
    by_organizations: Sequence[Organization]
    office: Sequence[Organization]
    related: Sequence[Paper]
    above: Sequence[Paper]
    below: Sequence[Paper]


def _together[T: Thing](sets: Mapping[str, QuerySet[T]], order: str) -> dict[str, list[T]]:
    """Several sets of one type in one query: name → its rows."""
    first, *others = [rows.annotate(way=Value(name, output_field=CharField())) for name, rows in sets.items()]
    found: dict[str, list[T]] = {name: [] for name in sets}
    for row in first.union(*others, all=True).order_by(order)[:MOST]:
        found[vars(row)["way"]].append(row)
    return found


def _named(rows: QuerySet[Any]) -> ArraySubquery:
    """Names and numbers of rows in the query of what they belong to: all that a link needs."""
    return ArraySubquery(rows.order_by("name").values(said=JSONObject(name="name", number="number"))[:MOST])


def paper_page(number: int) -> PaperPage:
    """Five queries. Raises NotFound."""
    papers, organizations = Paper.objects.public(), Organization.objects.public()
    rows = papers.prefetch_related(_stations()).annotate(
        said_people=_named(Person.objects.public().filter(papers=OuterRef("pk"))),
        said_by=_named(organizations.filter(papers=OuterRef("pk"))),
        said_office=_named(organizations.filter(directed_papers=OuterRef("pk"))),
    )
    paper = _by_number(rows, number)
    ways = {"related": {"related": paper}, "above": {"subordinated": paper}, "below": {"superordinated": paper}}
    around = _together({way: papers.filter(**condition) for way, condition in ways.items()}, "number")
    said = vars(paper)
    return PaperPage(
        paper,
        stations_of(paper),
        list(File.objects.public().filter(paper=paper).order_by("created", "id")[:MOST]),
        [Person(**one) for one in said["said_people"]],
        [Organization(**one) for one in said["said_by"]],
        [Organization(**one) for one in said["said_office"]],
        around["related"],
        around["above"],
        around["below"],
    )


@dataclass(frozen=True)
class OrganizationPage:
    """An organisation: who sits in it now, who sat in it before, when it meets, what it has dealt with."""

    organization: Organization
    members: Sequence[Membership]
    former: Sequence[Membership]
    coming: Sequence[Meeting]
    past: Sequence[Meeting]
    papers: Sequence[Paper] = field(default_factory=list)


def organization_page(number: int, at: datetime, today: date) -> OrganizationPage:
    found = _by_number(Organization.objects.public().select_related("location"), number)
    sitting = Membership.objects.public().filter(organization=found).select_related("person")
    sitting = sitting.prefetch_related(
        Prefetch("on_behalf_of", Organization.objects.public()),
    )
    rows = sorted(sitting[:MOST], key=lambda one: (one.end_date is not None, one.start_date or date.min))
    meetings = _meetings().filter(organizations=found)
    papers = Paper.objects.public().filter(
        pk__in=Consultation.objects.public().filter(organizations=found).values("paper_id")
    )
    return OrganizationPage(
        found,
        [one for one in rows if is_sitting(one, today)],
        [one for one in rows if one.end_date is not None and one.end_date < today],
        list(meetings.filter(start__gt=at).order_by("start")[:SHORT]),
        list(meetings.filter(start__lte=at).order_by("-start")[:SHORT]),
        list(papers.order_by("-number")[:SHORT]),
    )


def is_sitting(one: Membership, today: date) -> bool:
    """Whether a membership holds on that day; its last day belongs to it."""
    return (one.start_date is None or one.start_date <= today) and (one.end_date is None or today <= one.end_date)


def organization(number: int) -> Organization:
    """Raises NotFound."""
    return _by_number(Organization.objects.public(), number)


def meeting(number: int) -> Meeting:
    """Raises NotFound."""
    return _by_number(Meeting.objects.public().select_related("location"), number)


def fed_meetings(since: datetime, of: Organization | None = None) -> list[Meeting]:
    """For calendars: everything from then on, in order."""
    rows = Meeting.objects.public().select_related("location").filter(start__gte=since)
    if of is not None:
        rows = rows.filter(organizations=of)
    return list(rows.order_by("start", "id")[:FED])


@dataclass(frozen=True)
class PersonPage:
    """Somebody, and where they sit and sat."""

    person: Person
    now: Sequence[Membership]
    before: Sequence[Membership]
    papers: Sequence[Paper]


def person_page(number: int, today: date) -> PersonPage:
    found = _by_number(Person.objects.public(), number)
    rows = list(
        Membership.objects.public().filter(person=found).select_related("organization").order_by("-start_date")[:MOST]
    )
    return PersonPage(
        found,
        [one for one in rows if is_sitting(one, today)],
        [one for one in rows if one.end_date is not None and one.end_date < today],
        list(Paper.objects.public().filter(originator_people=found).order_by("-number")[:SHORT]),
    )
