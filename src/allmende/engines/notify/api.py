"""Notices, follows and saved searches for programs."""

from datetime import datetime, time
from typing import Annotated, cast
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from allmende.accounts.interface import ApiAuth
from allmende.core.errors import Invalid, NotSignedIn
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.notify import actions, queries, rules
from allmende.engines.notify.adapters import dsn
from allmende.engines.notify.models import Follow, Notice, SavedSearch, Wishes
from allmende.engines.notify.queries import searches, wishes

router = Router(tags=["notify"])
READ, WRITE, BOUNCES = ApiAuth("notify:read"), ApiAuth("notify:write"), ApiAuth("notify:bounces")
type Limit = Annotated[int, Query(ge=1, le=100)]
type Word = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]


class RefIn(Schema):
    """A thing: its room, its kind, its id."""

    capability: Word
    kind: Word
    id: UUID

    @property
    def ref(self) -> Ref:
        return Ref(self.capability, self.kind, self.id)


class NoticeOut(Schema):
    """Something that the person was told, in the language asked for."""

    id: UUID
    about: str
    subject: str
    body: str
    at: datetime
    read_at: datetime | None
    because: str
    url: str

    @classmethod
    def of(cls, row: Notice, language: str) -> "NoticeOut":
        return cls(
            id=row.id,
            about=str(row.ref),
            subject=row.subject(language),
            body=row.body(language),
            at=row.at,
            read_at=row.read_at,
            because=row.because,
            url=f"/r/{row.ref}",
        )


class NoticePage(Schema):
    """Newest first. `next` goes into `after` for the next part; null at the end."""

    items: list[NoticeOut]
    unread: int
    next: UUID | None


class FollowOut(Schema):
    """A thing that the person follows."""

    id: UUID
    about: str
    following: bool
    since: datetime

    @classmethod
    def of(cls, row: Follow) -> "FollowOut":
        return cls(id=row.id, about=str(row.ref), following=row.state == Follow.State.FOLLOWING, since=row.changed_at)


class FollowPage(Schema):
    """Newest first. `next` goes into `after` for the next part; null at the end."""

    items: list[FollowOut]
    next: UUID | None


class ReadCount(Schema):
    """How many notices were new."""

    marked: int


@router.get("notices", response=NoticePage, auth=READ, summary="What I was told")
def list_notices(
    request: HttpRequest, after: UUID | None = None, limit: Limit = 20, *, unread: bool = False
) -> NoticePage:
    """The notices of the person behind the token or session."""
    viewer = cast("Request", request).viewer
    rows = queries.notices_of(viewer, after=after, limit=limit + 1, unread=unread)
    more = len(rows) > limit
    rows = rows[:limit]
    return NoticePage(
        items=[NoticeOut.of(row, viewer.language) for row in rows],
        unread=queries.unread_count(viewer),
        next=rows[-1].id if more else None,
    )


@router.post("notices/read", response=ReadCount, auth=WRITE, summary="I have read everything")
def read_all(request: HttpRequest) -> ReadCount:
    """Marks every notice as read. Repeating it changes nothing."""
    ours = cast("Request", request)
    return ReadCount(marked=actions.mark_all_read(actor=ours.actor, at=ours.at))


@router.post("notices/{notice_id}/read", response=NoticeOut, auth=WRITE, summary="I have read this")
def read_one(request: HttpRequest, notice_id: UUID) -> NoticeOut:
    """Marks one notice as read. Repeating it changes nothing."""
    ours = cast("Request", request)
    row = actions.mark_read(actor=ours.actor, notice_id=notice_id, at=ours.at)
    return NoticeOut.of(row, ours.viewer.language)


@router.get("follows", response=FollowPage, auth=READ, summary="What I follow")
def list_follows(request: HttpRequest, after: UUID | None = None, limit: Limit = 50) -> FollowPage:
    """The things that the person behind the token or session follows."""
    rows = queries.follows_of(cast("Request", request).viewer, after=after, limit=limit + 1)
    more = len(rows) > limit
    rows = rows[:limit]
    return FollowPage(items=[FollowOut.of(row) for row in rows], next=rows[-1].id if more else None)


@router.post("follows", response=FollowOut, auth=WRITE, summary="Follow a thing")
def follow(request: HttpRequest, thing: RefIn) -> FollowOut:
    """From now on the person is told when something happens there. Following twice is following once."""
    ours = cast("Request", request)
    return FollowOut.of(actions.follow(actor=ours.actor, ref=thing.ref, at=ours.at))


@router.delete("follows/{capability}/{kind}/{object_id}", response=FollowOut, auth=WRITE, summary="Follow no longer")
def unfollow(request: HttpRequest, capability: Word, kind: Word, object_id: UUID) -> FollowOut:
    """Of what is their own the person is still told."""
    ours = cast("Request", request)
    return FollowOut.of(actions.unfollow(actor=ours.actor, ref=Ref(capability, kind, object_id), at=ours.at))


class SearchIn(Schema):
    """What is looked for: words, a kind of thing, a district; at least one of them."""

    words: Annotated[str, Field(max_length=200)] = ""
    kind: Annotated[str, Field(max_length=40)] = ""
    district: Annotated[str, Field(max_length=80)] = ""


class SearchOut(SearchIn):
    """A saved search. Hits stand at `url`; `name` is as people read it, in the language asked for."""

    id: UUID
    name: str
    url: str
    since: datetime

    @classmethod
    def of(cls, row: SavedSearch) -> "SearchOut":
        asked = (row.words, row.found_kind, row.district)
        return cls(
            id=row.id,
            words=row.words,
            kind=row.found_kind,
            district=row.district,
            name=searches.name_of(*asked),
            url=searches.url_of(*asked),
            since=row.created_at,
        )


class SearchList(Schema):
    """All of them, newest first; nobody keeps more than fifty."""

    items: list[SearchOut]


@router.get("searches", response=SearchList, auth=READ, summary="Searches I have saved")
def list_searches(request: HttpRequest) -> SearchList:
    """What the person behind the token or session is told of when something new fits."""
    return SearchList(items=[SearchOut.of(row) for row in searches.saved_by(cast("Request", request).viewer)])


@router.post("searches", response=SearchOut, auth=WRITE, summary="Save a search")
def save_search(request: HttpRequest, wanted: SearchIn) -> SearchOut:
    """From now on the person is told of what is new and fits. The same search twice is one."""
    ours = cast("Request", request)
    try:
        found = actions.save_search(
            actor=ours.actor, words=wanted.words, found_kind=wanted.kind, district=wanted.district,
            language=ours.viewer.language, at=ours.at,
        )  # fmt: skip
    except Invalid as error:
        names = {"q": "words", "art": "kind", "stadtteil": "district"}  # the form speaks as the search page does
        raise Invalid(fields={names.get(name, name): text for name, text in error.fields.items()}) from error
    return SearchOut.of(found)


@router.delete("searches/{search_id}", response=SearchList, auth=WRITE, summary="Forget a search")
def remove_search(request: HttpRequest, search_id: UUID) -> SearchList:
    """The person is told of it no longer. Answers with the searches that are left."""
    actions.remove_search(actor=cast("Request", request).actor, search_id=search_id)
    return list_searches(request)


class TopicWish(Schema):
    """For one topic: mail at_once, daily, weekly or never (in the portal it always stands); pushes or none."""

    mail: Wishes.When
    push: bool = True


class WishesOut(Schema):
    """When and by which channel the person wants to hear of what. Hours are the city's clock, HH:MM."""

    topics: dict[str, TopicWish]
    weekday: Annotated[int, Field(ge=0, le=6)]
    quiet_from: time | None
    quiet_until: time | None

    @classmethod
    def of(cls, wish: wishes.Wish) -> "WishesOut":
        quiet = wish.quiet or (None, None)
        return cls(
            topics={key: TopicWish(mail=wish.mail(key), push=wish.push(key)) for key in rules.topics()},
            weekday=wish.weekday,
            quiet_from=quiet[0],
            quiet_until=quiet[1],
        )


@router.get("settings", response=WishesOut, auth=READ, summary="What I want to be told, and when")
def read_settings(request: HttpRequest) -> WishesOut:
    """The settings of the person behind the token or session, the usual where they chose nothing."""
    return WishesOut.of(wishes.wish_of(_own(request)))


@router.put("settings", response=WishesOut, auth=WRITE, summary="Change what I want to be told, and when")
def change_settings(request: HttpRequest, wanted: WishesOut) -> WishesOut:
    """Replaces all settings. Quiet hours need both ends or none."""
    ours = cast("Request", request)
    person_id = _own(request)
    begins, ends = wanted.quiet_from, wanted.quiet_until
    if (begins is None) != (ends is None):
        raise Invalid(fields={"quiet_until": _("Bitte wählen Sie Anfang und Ende der Ruhezeit.")})
    actions.save_wishes(
        actor=ours.actor,
        topics={key: {"mail": wish.mail, "push": wish.push} for key, wish in wanted.topics.items()},
        weekday=wanted.weekday,
        quiet=(begins.replace(tzinfo=None), ends.replace(tzinfo=None)) if begins and ends else None,
    )
    return WishesOut.of(wishes.wish_of(person_id))


def _own(request: HttpRequest) -> UUID:
    person_id = cast("Request", request).viewer.person_id
    if person_id is None:
        raise NotSignedIn
    return person_id


class BouncesTaken(Schema):
    """How many recipients were counted, known already, of no concern, or none of ours; and what became of an answer."""

    counted: int
    known: int
    passing: int
    unknown: int
    posted: int = 0
    refused: int = 0
    automatic: int = 0


@router.post("bounces", response=BouncesTaken, auth=BOUNCES, summary="A mail came back")
def take_bounce(request: HttpRequest) -> BouncesTaken:
    """Takes one delivery status notification (RFC 3464), or one answer to a mail of ours, as it came, `message/rfc822`;
    for a mail server's hook.

    Only administrators' tokens may. What is neither counts as nothing; sent again, it counts once.
    """
    ours = cast("Request", request)
    rules.require_postmaster(ours.viewer)
    counts = actions.take_mail(request.body[: dsn.MAX_BYTES], ours.at)
    return BouncesTaken(**{name: counts[name] for name in BouncesTaken.model_fields})
