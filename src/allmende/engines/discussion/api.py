"""Comments, notices and the public side of moderation, for programs."""

from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema, Status

from allmende.accounts.interface import ApiAuth, limit, limit_proofs, proof_token
from allmende.core import manifest
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.discussion import actions
from allmende.engines.discussion.models import Comment
from allmende.engines.discussion.queries import log, threads
from allmende.engines.discussion.queries.published import hours_in_words, in_words, rules_in_force
from allmende.engines.discussion.rules import access
from allmende.engines.discussion.rules.hours import due
from allmende.engines.discussion.workflow import BODY_LIMIT, REPORT_LIMIT, CommentState

router = Router(tags=["discussion"])

AN_HOUR = timedelta(hours=1)
NAME = r"^[A-Za-z_][A-Za-z0-9_]{0,39}$"


class ThingPath(Schema):
    """A thing of any room: its capability, kind and id."""

    capability: str = Field(pattern=NAME)
    kind: str = Field(pattern=NAME)
    object_id: UUID

    @property
    def ref(self) -> Ref:
        return Ref(self.capability, self.kind, self.object_id)


class PageQuery(Schema):
    """Where to go on, and how many comments to send."""

    after: str = Field("", max_length=80)
    order: Literal["oldest", "newest"] = "oldest"
    only: Literal["", "pro", "contra", "neutral", "city"] = ""
    """Comments of one stance, or the city's answers; then without what they answer."""
    limit: int = Field(threads.PAGE, ge=1, le=threads.LONGEST_PAGE)


class CommentOut(Schema):
    """A comment in reading order. `text` is empty where `removed` says why; `level` is 1 to 3."""

    id: UUID
    parent_id: UUID | None
    level: int
    author: str
    office: str
    group: str
    """Kind of the group in whose name it stands (club, class, firm, initiative, agency); empty for people."""
    written_at: datetime
    edited_at: datetime | None
    language: str
    stance: str
    state: str
    text: str
    removed: str
    confirm: str = ""
    """Not empty: it waits until its guest confirms the address (`POST /api/v1/accounts/guests/confirm`)."""


class CommentsOut(Schema):
    """A page of comments; send `next` as `after` for the following one."""

    total: int
    comments: list[CommentOut]
    next: str


class CommentIn(Schema):
    """A comment. `parent_id` makes it an answer, `department` an official one by a clerk of that office."""

    text: str = Field(max_length=BODY_LIMIT * 2)
    parent_id: UUID | None = None
    stance: Literal["", "pro", "contra", "neutral"] = ""
    department: str = Field("", max_length=40)
    organisation: UUID | None = None
    """A group in whose name the sender may write; `GET /api/v1/accounts/me` names them."""
    language: Literal["de", "en"] | None = None
    display_name: str = Field("", max_length=60)
    """For those who send no token: the name beside the comment."""
    email: str = Field("", max_length=254)
    """For those who send no token, where the city asks guests to confirm an address; see `confirm` in the answer."""


class ReportIn(Schema):
    """A notice about something public (Digital Services Act, art. 16)."""

    reason: Literal["illegal", "insult", "privacy", "advertising", "impostor", "other"]
    text: str = Field(max_length=REPORT_LIMIT * 2)
    name: str = Field("", max_length=60)
    """For what is unlawful the law asks for name and address (art. 16(2)(c)); it is looked at without, too."""
    email: str = Field("", max_length=254)
    """Who sends no token may leave an address to be told what was decided."""


class ReportOut(Schema):
    """The notice was taken; somebody decides until `due_at`."""

    id: UUID
    due_at: datetime


class RuleOut(Schema):
    """A published rule in the language of the request."""

    key: str
    short: str
    long: str


class HoursOut(Schema):
    """Open times of a weekday, in words."""

    day: str
    hours: str


class RulesOut(Schema):
    """By which rules posts are checked, and when. `due_if_sent_now`: until when a post of this moment is checked."""

    rules: list[RuleOut]
    hours: list[HoursOut]
    due_if_sent_now: datetime


class LogRowOut(Schema):
    """Decisions of one month that have everything else in common; see `/moderation/protokoll/`."""

    month: str
    capability: str
    kind: str
    cause: str
    decision: str
    rule: str
    count: int
    in_time: int
    median_hours: float


def _out(view: threads.CommentView, parent_id: UUID | None) -> CommentOut:
    return CommentOut(
        id=view.id,
        parent_id=parent_id,
        level=view.level,
        author="" if view.removed else view.author,
        office=view.office,
        group=view.group_key,
        written_at=view.when,
        edited_at=view.edited,
        language=view.language,
        stance=view.stance_key,
        state=view.state,
        text=view.text,
        removed=view.removed,
    )


def _one(row: Comment, asked: Request) -> CommentOut:
    return _out(threads.view_of(row, asked.viewer, asked.at), row.parent_id)


@router.get(
    "comments/{capability}/{kind}/{object_id}",
    response=CommentsOut,
    auth=ApiAuth(optional=True),
    summary="Comments on a thing",
)
def list_comments(
    request: HttpRequest,
    thing: Path[ThingPath],
    page: Query[PageQuery],
) -> CommentsOut:
    """In reading order: every comment is followed by the answers to it."""
    asked = cast("Request", request)
    if not manifest.may_see(thing.ref, asked.viewer, asked.at):
        raise NotFound
    found = threads.thread(
        thing.ref,
        asked.viewer,
        asked.at,
        after=page.after,
        limit=page.limit,
        order={"newest": threads.NEWEST}.get(page.order, threads.OLDEST),
        only={"city": threads.CITY}.get(page.only, page.only),
    )
    views = list(threads.walk(found.comments))
    parents = dict(Comment.objects.filter(pk__in=[view.id for view in views]).values_list("id", "parent_id"))
    return CommentsOut(
        total=found.total, comments=[_out(view, parents.get(view.id)) for view in views], next=found.next
    )


@router.post(
    "comments/{capability}/{kind}/{object_id}",
    response={201: CommentOut, 202: CommentOut},
    auth=ApiAuth("discussion:write", optional=True),
    summary="Comment on a thing",
)
def create_comment(request: HttpRequest, thing: Path[ThingPath], body: CommentIn) -> Status[CommentOut]:
    """201: published. 202: taken, but somebody looks at it first; so it is with everything sent without a token."""
    asked = cast("Request", request)
    limit(request, "discussion.comment", times=60, per=AN_HOUR)
    signed_in = asked.viewer.is_signed_in
    if not signed_in and access.guests_confirm(asked.actor):
        limit_proofs(request, _plain(body.email))
    made = actions.add_comment(
        actor=asked.actor,
        ref=thing.ref,
        body=body.text,
        parent_id=body.parent_id,
        stance=body.stance,
        department=body.department,
        organisation_id=body.organisation,
        guest=None if signed_in else _guest(body),
        proved=signed_in,
        language=body.language or "",
        at=asked.at,
    )
    taken = _one(made, asked)
    if made.awaits_proof and made.author_id is not None:
        taken.confirm = proof_token(made.author_id)
    return Status(201 if made.state == CommentState.PUBLISHED else 202, taken)


def _guest(body: CommentIn) -> dict[str, str]:
    email = _plain(body.email).strip()
    return {"display_name": _plain(body.display_name), "contact_kind": "email" if email else "none", "email": email}


@router.post(
    "reports/{capability}/{kind}/{object_id}",
    response={202: ReportOut},
    auth=ApiAuth("discussion:write", optional=True),
    summary="Give notice of something that should not stand there",
)
def create_report(request: HttpRequest, thing: Path[ThingPath], body: ReportIn) -> Status[ReportOut]:
    """The thing stays as it is until somebody has decided."""
    asked = cast("Request", request)
    limit(request, "discussion.report", times=20, per=AN_HOUR)
    email = _plain(body.email).strip()
    guest = (
        {"contact_kind": "email", "email": email, "display_name": _plain(body.name)}
        if email and not asked.viewer.is_signed_in
        else None
    )
    made = actions.report_content(
        actor=asked.actor, ref=thing.ref, reason=body.reason, text=body.text, guest=guest, at=asked.at
    )
    return Status(202, ReportOut(id=made.id, due_at=made.case.due_at))


@router.get("rules", response=RulesOut, auth=None, summary="Published rules and hours")
def published_rules(request: HttpRequest) -> RulesOut:
    """The rules by which posts are checked, in the language of the request."""
    asked = cast("Request", request)
    return RulesOut(
        rules=[
            RuleOut(key=rule.key, short=rule.short, long=rule.long) for rule in map(in_words, rules_in_force(asked.at))
        ],
        hours=[HoursOut(day=row.day, hours=row.hours) for row in hours_in_words()],
        due_if_sent_now=due(asked.at),
    )


@router.get("log", response=list[LogRowOut], auth=None, summary="Public log of moderation")
def moderation_log(request: HttpRequest) -> list[LogRowOut]:
    """Counts per month, kind, cause, decision and rule; no texts, no people."""
    asked = cast("Request", request)
    return [LogRowOut(**row.__dict__) for row in log.public_log(asked.at)]


def _plain(text: str) -> str:
    return text.replace("\0", "")
