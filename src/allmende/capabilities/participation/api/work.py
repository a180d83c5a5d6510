"""Groups at work and contests, for programs: meetings, published minutes, tasks; entries and places."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from allmende.accounts.interface import ApiAuth
from allmende.capabilities.participation import queries
from allmende.capabilities.participation.models import Meeting, MinutesEdition
from allmende.core.errors import NotFound
from allmende.core.http import Request

router = Router(tags=["participation"])
READ = ApiAuth("participation:read", optional=True)
Number = Annotated[int, Field(ge=1, lt=2**63, description="Public number, as it stands on the page.")]
Slug = Annotated[str, Field(max_length=60)]
MEETINGS = 100
"""The most meetings of a group in one answer."""


class MeetingOut(Schema):
    """A date on which a group meets. Texts per language code."""

    id: UUID
    number: int
    group: str
    topic: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    place: dict[str, str]
    cancelled_at: datetime | None
    minutes: int = Field(description="Number of editions of its minutes; 0: none yet.")
    is_example: bool
    url: str


class DecidedOut(Schema):
    """A decision as the edition holds it."""

    id: UUID
    text: str


class PointOut(Schema):
    """A point of the agenda."""

    title: str
    said: str
    weighed: str
    decisions: list[DecidedOut]


class MinutesOut(Schema):
    """Published minutes. Never with names: who lets theirs stand can take it out again, so pages read them anew."""

    meeting: int
    edition: int
    editions: int
    language: str
    correction: str = Field(description="What this edition corrects; empty for the first.")
    people: dict[str, int] = Field(description="place, online, phone, guests; offline: of all these.")
    interests: dict[str, str] = Field(description="Interest to `there` or `missing`.")
    heard_later: str
    points: list[PointOut]
    at: datetime
    url: str


class TaskOut(Schema):
    """A task of a group; whose it is in words that name nobody."""

    id: UUID
    number: int
    group: str
    text: str
    language: str
    who: str = Field(description="person, office or group (all of it)")
    department: str
    decision: UUID | None
    due_at: datetime = Field(description="End of the last day.")
    done_at: datetime | None
    result: str
    dropped_at: datetime | None
    drop_reason: str
    url: str


class CriterionOut(Schema):
    """What the jury looks at."""

    names: dict[str, str]
    weight: int
    scale: int


class EntryOut(Schema):
    """A public entry; its words are those of the idea with this number."""

    idea: int
    entrant: str = Field(description="business, craft, gastronomy, service, pupils, students, club or everybody")
    admission: str = Field(description="open, admitted or outside (the ranking)")
    place: int | None = Field(description="By the latest decision; null: none, or not decided yet.")
    why: str = Field(description="Where the place differs from jury or votes.")


class PlacingOut(Schema):
    """The council's decision on the places."""

    edition: int
    decision: str
    decision_url: str
    reason: str
    at: datetime


class ContestOut(Schema):
    """A contest. Entries are empty until all of them become public together. Texts per language code."""

    store: int
    groups: list[str] = Field(description="Who is invited.")
    rules: dict[str, str]
    prizes: dict[str, str] = Field(description="One line per place.")
    opens_at: datetime | None
    closes_at: datetime | None = Field(description="The deadline, to the minute.")
    grace_minutes: int
    tie_rule: str
    criteria: list[CriterionOut]
    published_at: datetime | None
    entries: list[EntryOut]
    placing: PlacingOut | None
    url: str


def _meeting(row: Meeting, editions: int) -> MeetingOut:
    return MeetingOut(
        id=row.pk,
        number=row.number,
        group=row.group.slug,
        topic=row.topic,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        cancelled_at=row.cancelled_at,
        minutes=editions,
        is_example=row.is_example,
        url=f"/mitmachen/termine/{row.number}/",
    )


def _minutes(meeting: Meeting, row: MinutesEdition, editions: int) -> MinutesOut:
    return MinutesOut(
        meeting=meeting.number,
        edition=row.edition,
        editions=editions,
        language=row.minutes.language,
        correction=row.correction,
        people=row.counts,
        interests=row.interests,
        heard_later=row.heard_later,
        points=[PointOut(**item) for item in row.items],
        at=row.at,
        url=f"/mitmachen/termine/{meeting.number}/protokoll/",
    )


@router.get("groups/{slug}/meetings", response=list[MeetingOut], auth=READ, summary="Meetings of a group")
def list_meetings(request: HttpRequest, slug: Path[Slug]) -> list[MeetingOut]:
    """The latest first, past and to come."""
    asked = cast("Request", request)
    group = queries.group_by_slug(slug, asked.viewer, asked.at).group
    return [_meeting(row, editions) for row, editions in queries.all_meetings(group.pk, limit=MEETINGS)]


@router.get("meetings/{number}/minutes", response=MinutesOut, auth=READ, summary="Published minutes of a meeting")
def get_minutes(
    request: HttpRequest,  # noqa: ARG001 - ninja passes it by name
    number: Path[Number],
    edition: Annotated[int, Field(ge=1, le=32_000)] | None = None,
) -> MinutesOut:
    """The latest edition, or the one asked for."""
    meeting = queries.meeting_by_number(number)
    editions = queries.editions_of(meeting.pk)
    found = queries.edition_of(meeting.pk, edition)
    if found is None:
        raise NotFound
    return _minutes(meeting, found, len(editions))


@router.get("groups/{slug}/tasks", response=list[TaskOut], auth=READ, summary="Tasks of a group")
def list_tasks(request: HttpRequest, slug: Path[Slug]) -> list[TaskOut]:
    """Open ones first, by day; then those that ended last."""
    asked = cast("Request", request)
    group = queries.group_by_slug(slug, asked.viewer, asked.at).group
    found = queries.tasks_of_group(group.pk, asked.viewer)
    return [
        TaskOut(
            id=row.task.pk,
            number=row.task.number,
            group=slug,
            text=row.task.text,
            language=row.task.language,
            who=row.who,
            department=row.task.department,
            decision=row.task.decision_id,
            due_at=row.task.due_at,
            done_at=row.task.done_at,
            result=row.task.result,
            dropped_at=row.task.dropped_at,
            drop_reason=row.task.drop_reason,
            url=f"/mitmachen/aufgaben/{row.task.number}/",
        )
        for row in (*found.open, *found.ended)
    ]


@router.get("contests/{number}", response=ContestOut, auth=READ, summary="One contest")
def get_contest(request: HttpRequest, number: Path[Number]) -> ContestOut:
    """By the number of its collection; with entries and places as far as they are public."""
    asked = cast("Request", request)
    page = queries.contest_by_number(number, asked.viewer, asked.at)
    made, store = page.contest, page.store
    editions = queries.placings(made.pk)
    latest = editions[0] if editions else None
    places = {row.entry_id: row for row in latest.places} if latest else {}
    shown = queries.entries(made.pk) if made.published_at is not None else []
    return ContestOut(
        store=store.number,
        groups=made.groups,
        rules=made.rules,
        prizes=made.prizes,
        opens_at=store.opens_at,
        closes_at=store.closes_at,
        grace_minutes=made.grace_minutes,
        tie_rule=made.tie_rule,
        criteria=[CriterionOut(names=row.names, weight=row.weight, scale=row.scale) for row in page.criteria],
        published_at=made.published_at,
        entries=[
            EntryOut(
                idea=row.idea.number,
                entrant=row.entrant,
                admission=row.admission,
                place=places[row.pk].place if row.pk in places else None,
                why=places[row.pk].why if row.pk in places else "",
            )
            for row in shown
        ],
        placing=PlacingOut(
            edition=latest.placing.edition,
            decision=latest.placing.decision,
            decision_url=latest.placing.decision_url,
            reason=latest.placing.reason,
            at=latest.placing.at,
        )
        if latest
        else None,
        url=f"/mitmachen/wettbewerbe/{store.number}/",
    )
