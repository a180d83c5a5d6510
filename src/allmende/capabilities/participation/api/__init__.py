"""Participation for programs: read everything public, hand in, support. The same actions as the pages."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from allmende.accounts.interface import ApiAuth, limit, limit_proofs, proof_token
from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.api import projects, work
from allmende.capabilities.participation.models import (
    BODY_LIMIT,
    CONTRACT_FIELDS,
    TITLE_LIMIT,
    Idea,
    OfficialAnswer,
    TopicStore,
)
from allmende.core import city, feeds
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.engines.notify import interface as notify

router = Router(tags=["participation"])
router.add_router("", projects.router)
router.add_router("", work.router)

READ = ApiAuth("participation:read", optional=True)
WRITE = ApiAuth("participation:write", optional=True)
HOUR = timedelta(hours=1)
Number = Annotated[int, Field(ge=1, lt=2**63, description="Public number, as it stands on the page.")]
Keyset = Annotated[str, Field(max_length=120, description="`next` of the part before.")]
Limit = Annotated[int, Field(ge=1, le=100)]
Word = Annotated[str, Field(max_length=60)]


class CategoryOut(Schema):
    """A heading within a store."""

    slug: str
    names: dict[str, str]


class StoreOut(Schema):
    """A topic store with the contract under which it collects. Texts per language code."""

    id: UUID
    number: int
    kind: str = Field(description="`store`, or `future_question`, whose answers are never counted or ranked.")
    group: str
    state: str = Field(description="planned, open or closed")
    title: dict[str, str]
    description: dict[str, str]
    contract: dict[str, dict[str, str]] = Field(
        description="What is open, decided already, who decides, when, what for."
    )
    is_formal: bool
    guests: str = Field(description="open, confirmed (with a confirmed e-mail address) or none (account needed)")
    opens_at: datetime | None
    closes_at: datetime | None = Field(description="Half-open: nothing is taken from this instant on.")
    asks_age: bool = Field(description="Whether an author may state an age group; used in counts of five and more.")
    categories: list[CategoryOut]
    ideas: int
    next_step: dict[str, str]
    due_at: datetime | None
    is_example: bool
    url: str


class IdeaOut(Schema):
    """An idea in its author's own words."""

    id: UUID
    number: int
    store: int
    category: str
    title: str
    text: str
    language: str
    author: str = Field(description="The name it was signed with; empty for a guest without one.")
    group: str = Field(description="Kind of the group that signed it (club, class, firm, …); empty for people.")
    channel: str
    place: str
    district: str
    longitude: float | None = Field(default=None, description="Degrees, WGS 84; empty when nobody said where exactly.")
    latitude: float | None = Field(default=None, description="Degrees, WGS 84.")
    state: str
    supports: int | None = Field(description="null where nothing is counted.")
    comments: int
    submitted_at: datetime
    published_at: datetime | None
    modified: datetime
    next_step: dict[str, str]
    department: str
    due_at: datetime | None
    is_example: bool
    url: str


class IdeasOut(Schema):
    """A part of the list; give `next` as `after` to go on."""

    total: int
    ideas: list[IdeaOut]
    next: str


class GoneOut(Schema):
    """Something that was public and is not any more: drop what you kept of it."""

    id: UUID
    number: int
    modified: datetime


class ChangesOut(Schema):
    """What changed. `next` continues this read, `until` is the `modified_since` of the next one."""

    ideas: list[IdeaOut]
    gone: list[GoneOut]
    next: str
    until: datetime


class AnswerOut(Schema):
    """The city's answer; the first in a list is the one that counts."""

    outcome: str = Field(description="accepted, partly, already or no")
    text: str
    alternative: str
    language: str
    department: str
    ask_again_on: date | None
    at: datetime


class IdeaIn(Schema):
    """An idea to hand in. Without a token it is a guest's; then `contact_kind` says how the author asks about it."""

    store: int = Field(ge=1, lt=2**63, description="Number of an open topic store.")
    title: str = Field(max_length=TITLE_LIMIT * 2, description=f"At most {TITLE_LIMIT} characters.")
    text: str = Field(max_length=BODY_LIMIT * 2, description=f"At most {BODY_LIMIT} characters.")
    category: Word = ""
    place: str = Field(default="", max_length=200)
    district: Word = ""
    longitude: float | None = Field(default=None, ge=-180, le=180, description="Degrees, WGS 84; with latitude.")
    latitude: float | None = Field(default=None, ge=-90, le=90, description="Degrees, WGS 84; with longitude.")
    language: Literal["de", "en"] | None = None
    display_name: str = Field(default="", max_length=60, description="For guests: how the idea is signed.")
    contact_kind: Literal["none", "number", "email"] = "number"
    email: str = Field(default="", max_length=254, description="Some stores ask guests to confirm it (`confirm`).")
    under_16: bool = False
    organisation: UUID | None = Field(default=None, description="A group that you may write for (`/accounts/me`).")
    age_group: Literal["", "under_16", "16_25", "26_40", "41_64", "65"] = Field(
        default="", description="Only where the store `asks_age`, and only if the author states it of their own accord."
    )
    entrant: Literal["", "business", "craft", "gastronomy", "service", "pupils", "students", "club", "everybody"] = (
        Field(default="", description="For a contest: as what you hand in; one of its `groups` (`/contests/{number}`).")
    )


class ReceiptOut(Schema):
    """With number and code anybody who holds them sees how it stands, at /nachsehen/."""

    number: str
    code: str


class IdeaTaken(Schema):
    """The idea is in and private until a moderator has looked at it."""

    id: UUID
    number: int
    state: str
    receipt: ReceiptOut | None
    next_step: dict[str, str]
    due_at: datetime | None
    confirm: str = Field(
        description="Not empty: the idea waits until its guest confirms the address, by the link in the mail or by "
        "`POST /api/v1/accounts/guests/confirm` with this and the code."
    )


class SupportOut(Schema):
    """How many support it now."""

    number: int
    supports: int
    supported: bool


def _store(row: TopicStore, at: datetime) -> StoreOut:
    step = queries.store_step(row, at)
    return StoreOut(
        id=row.pk,
        number=row.number,
        kind=row.kind,
        group=row.group.slug,
        state=rules.store_state(row, at).value,
        title=row.title,
        description=row.description,
        contract={name: getattr(row, name) for name in CONTRACT_FIELDS},
        is_formal=row.is_formal,
        guests=row.guests,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        asks_age=row.module.project.asks_age,
        categories=[CategoryOut(slug=category.slug, names=category.names) for category in row.categories.all()],
        ideas=row.idea_count,
        next_step=dict(step.texts),
        due_at=step.due,
        is_example=row.is_example,
        url=f"/mitmachen/speicher/{row.number}/",
    )


def _idea(row: Idea) -> IdeaOut:
    return IdeaOut(
        id=row.pk,
        number=row.number,
        store=row.store.number,
        category=row.category.slug if row.category else "",
        title=row.version.title if row.version else "",
        text=row.version.body if row.version else "",
        language=row.language,
        author=row.author_name,
        group=row.organisation.kind if row.organisation else "",
        channel=row.channel,
        place=row.place,
        district=row.district,
        longitude=row.longitude,
        latitude=row.latitude,
        state=row.state,
        supports=row.support_count if row.store.counts_support else None,
        comments=row.comment_count,
        submitted_at=row.submitted_at,
        published_at=row.published_at,
        modified=row.modified,
        next_step=row.next_step,
        department=row.department,
        due_at=row.due_at,
        is_example=row.is_example,
        url=f"/mitmachen/ideen/{row.number}/",
    )


def _answer(row: OfficialAnswer) -> AnswerOut:
    return AnswerOut(
        outcome=row.outcome,
        text=row.text,
        alternative=row.alternative,
        language=row.language,
        department=row.department,
        ask_again_on=row.ask_again_on,
        at=row.at,
    )


def _ordered(rows: Iterable[Idea], ids: list[UUID]) -> list[IdeaOut]:
    by_id = {row.pk: row for row in rows}
    return [_idea(by_id[id_]) for id_ in ids if id_ in by_id]


@router.get("stores", response=list[StoreOut], auth=READ, summary="Topic stores")
def list_stores(
    request: HttpRequest, state: Literal["", "planned", "open", "closed"] = "", group: Word = ""
) -> list[StoreOut]:
    """All announced stores, what ends last first."""
    at = cast("Request", request).at
    found = [_store(row, at) for row in queries.announced_stores()]
    return [row for row in found if state in ("", row.state) and group in ("", row.group)]


@router.get("stores/{number}", response=StoreOut, auth=READ, summary="One topic store")
def get_store(request: HttpRequest, number: Path[Number]) -> StoreOut:
    """With the contract under which it collects."""
    asked = cast("Request", request)
    row, _function = queries.store_by_number(number, asked.viewer, asked.at)
    return _store(row, asked.at)


@router.get("ideas", response=IdeasOut, auth=READ, summary="Public ideas")
def list_ideas(  # each filter is a parameter
    request: HttpRequest,
    text: Annotated[str, Field(max_length=100)] = "",
    group: Word = "",
    store: Annotated[int, Field(ge=1, lt=2**63)] | None = None,
    category: Word = "",
    district: Word = "",
    state: Literal["", "published", "in_review", "answered"] = "",
    order: Literal["newest", "supported", "ending"] = "newest",
    after: Keyset = "",
    limit: Limit = 20,
) -> IdeasOut:
    """Narrowed and ordered as on the page. `supported` leaves out answers to future questions."""
    asked = cast("Request", request)
    filters = queries.Filters(
        group=_plain(group),
        store=store,
        category=_plain(category),
        district=_plain(district),
        state=state,
        text=_plain(text),
        order=order,
    )
    found = queries.ideas(filters, asked.at, language=asked.viewer.language, after=after, limit=limit)
    ids = [card.id for card in found.cards]
    return IdeasOut(total=found.total, ideas=_ordered(queries.whole_ideas(ids), ids), next=found.next)


@router.get("ideas/changes", response=ChangesOut, auth=READ, summary="What changed since")
def list_changes(
    request: HttpRequest,  # noqa: ARG001 - ninja passes it by name
    modified_since: feeds.Instant | None = None,
    after: Keyset = "",
    limit: Limit = 100,
) -> ChangesOut:
    """Ideas by the time of their last change, for copies kept elsewhere. Nothing is passed over: rows younger than
    the oldest open transaction wait for the next read. Ask with `modified_since`, go on with `next`, and begin the next
    read with `until`; the boundary may be sent twice.
    """
    until = feeds.safe_until()
    changes = queries.changes(modified_since, until, after=after, limit=limit)
    return ChangesOut(
        ideas=[_idea(row) for row in changes.rows if row.is_public],
        gone=[
            GoneOut(id=row.pk, number=row.number, modified=row.modified) for row in changes.rows if not row.is_public
        ],
        next=changes.next,
        until=until,
    )


@router.get("ideas/{number}", response=IdeaOut, auth=READ, summary="One idea")
def get_idea(request: HttpRequest, number: Path[Number]) -> IdeaOut:
    """A public one; one's own and, for moderators, all others too."""
    asked = cast("Request", request)
    return _idea(queries.idea_by_number(number, asked.viewer, asked.at).idea)


@router.get("ideas/{number}/answers", response=list[AnswerOut], auth=READ, summary="The city's answers")
def list_answers(request: HttpRequest, number: Path[Number]) -> list[AnswerOut]:
    """Newest first."""
    asked = cast("Request", request)
    return [_answer(row) for row in queries.idea_by_number(number, asked.viewer, asked.at).answers]


@router.post("ideas", response={201: IdeaTaken}, auth=WRITE, summary="Hand in an idea")
def create_idea(request: HttpRequest, body: IdeaIn) -> Status[IdeaTaken]:
    """It is private until a moderator has looked at it. The same `Idempotency-Key` gives the same idea and receipt."""
    asked = cast("Request", request)
    times = int(city.setting("participation.api_submissions_per_hour", 120))
    limit(request, "participation.api", times=times, per=HOUR)
    signed_in = asked.viewer.is_signed_in
    store = queries.open_store(body.store, asked.viewer, asked.at)
    language = body.language or asked.viewer.language
    if not signed_in and store.guests == TopicStore.Guests.CONFIRMED:
        limit_proofs(request, _plain(body.email))
    guest = {
        "display_name": _plain(body.display_name),
        "contact_kind": body.contact_kind,
        "email": _plain(body.email),
        "under_16": body.under_16,
        "language": language,
    }
    try:
        idea = actions.submit_idea(
            actor=asked.actor,
            store_id=store.pk,
            title=body.title,
            body=body.text,
            category=_plain(body.category),
            place=body.place,
            district=_plain(body.district),
            point=None if body.longitude is None or body.latitude is None else (body.longitude, body.latitude),
            language=language,
            guest=None if signed_in else guest,
            organisation_id=body.organisation,
            proven=signed_in,
            age_group=body.age_group,
            entry=actions.EntryData(entrant=body.entrant) if body.entrant else None,
            at=asked.at,
        )
    except Invalid as error:
        fields = {"text" if name == "body" else name: text for name, text in error.fields.items()}
        raise Invalid(error.message, fields=fields) from error
    receipt = notify.receipt_of(idea.ref, idea.author_id) if idea.author_id else None
    taken = IdeaTaken(
        id=idea.pk,
        number=idea.number,
        state=idea.state,
        receipt=ReceiptOut(number=receipt.number, code=receipt.code) if receipt else None,
        next_step=idea.next_step,
        due_at=idea.due_at,
        confirm=proof_token(idea.author_id) if idea.awaits_proof and idea.author_id else "",
    )
    return Status(201, taken)


def _support(request: HttpRequest, number: int, *, take_back: bool) -> SupportOut:
    asked = cast("Request", request)
    limit(request, "participation.support", times=300, per=HOUR)
    page = queries.idea_by_number(number, asked.viewer, asked.at)
    if not page.idea.is_public:
        raise NotFound
    deed = actions.unsupport_idea if take_back else actions.support_idea
    deed(actor=asked.actor, idea_id=page.idea.pk, at=asked.at)
    after = queries.idea_by_number(number, asked.viewer, asked.at)
    return SupportOut(number=number, supports=after.idea.support_count, supported=after.supported)


@router.post(
    "ideas/{number}/support", response=SupportOut, auth=ApiAuth("participation:write"), summary="Support an idea"
)
def create_support(request: HttpRequest, number: Path[Number]) -> SupportOut:
    """Counted once per person; doing it again changes nothing. No signature in any legal sense."""
    return _support(request, number, take_back=False)


@router.delete(
    "ideas/{number}/support", response=SupportOut, auth=ApiAuth("participation:write"), summary="Take the support back"
)
def delete_support(request: HttpRequest, number: Path[Number]) -> SupportOut:
    """Possible until the city has answered."""
    return _support(request, number, take_back=True)


def _plain(text: str) -> str:
    return text.replace("\0", "")
