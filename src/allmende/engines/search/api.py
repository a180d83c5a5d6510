"""The public index for programs: find, list, follow what changes."""

from datetime import datetime
from typing import Annotated, Literal, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from allmende.accounts.interface import ApiAuth
from allmende.core import feeds
from allmende.core.actor import Viewer
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.search import queries
from allmende.engines.search.models import Entry

router = Router(tags=["search"], auth=ApiAuth(optional=True))


class EntryOut(Schema):
    """One public thing. With `removed` only the reference and the time are given: drop what you kept of it."""

    capability: str
    kind: str
    id: UUID
    removed: bool = False
    title: str = ""
    summary: str = ""
    language: str = Field(default="", description="Language that the title really has (BCP 47).")
    titles: dict[str, str] = {}
    summaries: dict[str, str] = {}
    url: str = ""
    permanent_url: str = ""
    state: str = ""
    state_label: str = ""
    reached: bool = True
    next_step: str = ""
    office: str = ""
    due: datetime | None = None
    happened_at: datetime | None = None
    open_until: datetime | None = None
    district: str = ""
    longitude: float | None = Field(default=None, description="Degrees, WGS 84.")
    latitude: float | None = Field(default=None, description="Degrees, WGS 84.")
    figures: dict[str, int] = {}
    modified: datetime | None = None


class EntriesOut(Schema):
    """A part of a list; give `next` as `after` to go on. `until` is the next `modified_since` once all was read."""

    entries: list[EntryOut]
    next: str = ""
    total: int | None = Field(default=None, description="How many fit; only when words were given.")
    similar: bool = Field(default=False, description="Nothing fits exactly; these fit what was probably meant.")
    meant: str = Field(default="", description="With `similar`: the words as they were probably meant.")
    partly: bool = Field(default=False, description="Nothing has all of the words; these have some.")
    ranked: int = Field(
        default=0, description="At most so many are in order of fit, the others follow by date; 0: all are."
    )
    kinds: dict[str, int] = Field(default={}, description="How many of each kind; only when words were given.")
    states: dict[str, int] = {}
    districts: dict[str, int] = {}
    until: datetime | None = None


class EntriesIn(Schema):
    q: str = Field(default="", max_length=400, description='Words; `-without`, `"together"` and `or` are understood.')
    kind: list[str] = Field(default=[], description="Only these kinds; may be repeated.")
    state: list[str] = Field(default=[], description="Only things in these states; with words.")
    district: list[str] = Field(default=[], description="Only in these districts; with words.")
    since: feeds.Instant | None = Field(default=None, description="Happened from this instant on; with words.")
    until: feeds.Instant | None = Field(default=None, description="Happened before this instant; with words.")
    order: Literal["best", "newest"] = "best"
    exactly: bool = Field(default=False, description="Without corrections of what was typed.")
    language: Literal["de", "en"] = "de"
    after: str = Field(default="", max_length=100)
    limit: int = Field(default=20, ge=1, le=100)
    modified_since: feeds.Instant | None = Field(
        default=None, description="What changed in public since then, oldest first, with what ceased to be public."
    )


@router.get("/entries", response=EntriesOut, summary="Find, list or follow public things")
def entries(request: HttpRequest, asked: Query[EntriesIn]) -> EntriesOut:
    """With `q`: what fits, best first. With `modified_since`: what changed. With neither: all, newest first."""
    viewer, at = _who_and_when(request)
    words = queries.clean(asked.q)
    if asked.modified_since is not None:
        if words:
            raise Invalid(fields={"q": "q and modified_since exclude each other."})
        found = queries.changes(at, since=asked.modified_since, after=asked.after, kinds=asked.kind, limit=asked.limit)
        return EntriesOut(
            entries=[_gone(row) if row.id in found.gone else _out(row, asked.language) for row in found.rows],
            next=found.next,
            until=found.until,
        )
    if words:
        hits = queries.find(
            words,
            viewer,
            at,
            language=asked.language,
            filters=queries.Filters(
                asked.kind,
                [_plain(state) for state in asked.state],
                [_plain(district) for district in asked.district],
                asked.since,
                asked.until,
                order=asked.order,
            ),
            exactly=asked.exactly,
            after=asked.after,
            limit=asked.limit,
        )
        return EntriesOut(
            entries=[_out(row, asked.language) for row in hits.entries],
            next=hits.next,
            total=hits.total,
            similar=hits.similar,
            meant=hits.meant,
            partly=hits.partly,
            ranked=hits.ranked,
            kinds={row.kind: row.count for row in hits.kinds},
            states={row.value: row.count for row in hits.states},
            districts={row.value: row.count for row in hits.districts},
        )
    listed, following = queries.listed(viewer, at, kinds=asked.kind, after=asked.after, limit=asked.limit)
    return EntriesOut(entries=[_out(row, asked.language) for row in listed], next=following)


class SuggestionOut(Schema):
    """A word to look for, or (with `url`) a thing to go to."""

    text: str
    url: str = ""
    kind: str = ""


@router.get("/suggestions", response=list[SuggestionOut], summary="What may be meant, while somebody types")
def suggestions(
    request: HttpRequest, q: Annotated[str, Query(max_length=400)] = "", language: Literal["de", "en"] = "de"
) -> list[SuggestionOut]:
    """Nothing for fewer than three letters. Only what the caller may see is named."""
    viewer, at = _who_and_when(request)
    found = queries.suggest(queries.clean(q), viewer, at, language=language)
    return [SuggestionOut(text=row.text, url=row.url and settings.PUBLIC_URL + row.url, kind=row.kind) for row in found]


@router.get("/entries/{slug:capability}/{slug:kind}/{uuid:id_}", response=EntryOut, summary="One public thing")
def one(request: HttpRequest, capability: str, kind: str, id_: UUID, language: Literal["de", "en"] = "de") -> EntryOut:
    viewer, at = _who_and_when(request)
    found = queries.entry(Ref(capability, kind, id_), viewer, at)
    if found is None:
        raise NotFound
    return _out(found, language)


def _plain(value: str) -> str:
    """Without the sign that no text of the database holds."""
    return value.replace("\0", "")


def _who_and_when(request: HttpRequest) -> tuple[Viewer, datetime]:
    ours = cast("Request", request)
    return ours.viewer, ours.at


def _out(row: Entry, language: str) -> EntryOut:
    return EntryOut(
        capability=row.capability,
        kind=row.kind,
        id=row.object_id,
        title=row.title(language),
        summary=row.summary(language),
        language=row.title_language(language),
        titles=row.titles,
        summaries=row.summaries,
        url=settings.PUBLIC_URL + row.path(language),
        permanent_url=settings.PUBLIC_URL + row.permanent_path,
        state=row.state,
        state_label=row.state_label(language),
        reached=row.reached,
        next_step=row.next_step_text(language),
        office=row.office_name(language),
        due=row.due,
        happened_at=row.happened_at,
        open_until=row.open_until,
        district=row.district,
        longitude=row.longitude,
        latitude=row.latitude,
        figures=row.figures,
        modified=row.fed_at,
    )


def _gone(row: Entry) -> EntryOut:
    return EntryOut(capability=row.capability, kind=row.kind, id=row.object_id, removed=True, modified=row.fed_at)
