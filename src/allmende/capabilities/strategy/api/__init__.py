"""The strategy for programs: goals, coverage, texts and what is said to them; saying and supporting as on the pages."""

from datetime import datetime, timedelta
from typing import Annotated, cast

from django.http import HttpRequest
from ninja import Path, Router, Status
from pydantic import Field

from allmende.accounts.interface import ApiAuth, limit
from allmende.capabilities.strategy import actions
from allmende.capabilities.strategy.api.schemas import (
    AnswerOut,
    CoverageOut,
    FeedbackIn,
    FeedbackListOut,
    FeedbackOut,
    FeedbackTaken,
    FieldOut,
    GoalOut,
    KindCoverOut,
    ParagraphOut,
    ReceiptOut,
    SupportOut,
    SynopsisOut,
    TextOut,
    VersionOut,
    WholeTextOut,
)
from allmende.capabilities.strategy.models import Feedback, Goal, Text, Version
from allmende.capabilities.strategy.queries import coverage, plan, texts
from allmende.capabilities.strategy.queries import feedback as reading
from allmende.capabilities.strategy.workflow.texts import Heard, Kind
from allmende.core import city
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.engines.notify import interface as notify

router = Router(tags=["strategy"])

READ = ApiAuth("strategy:read", optional=True)
WRITE = ApiAuth("strategy:write", optional=True)
HOUR = timedelta(hours=1)
Number = Annotated[int, Field(ge=1, lt=2**63, description="Public number, as it stands on the page.")]
VersionNumber = Annotated[int, Field(ge=1, lt=2**15, description="Number of a published version.")]
ParagraphNumber = Annotated[int, Field(ge=1, lt=2**31, description="Number of the paragraph; it never changes.")]


def _goal(row: Goal) -> GoalOut:
    return GoalOut(
        id=row.pk,
        number=row.number,
        code=row.code,
        title=row.title,
        summary=row.summary,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        is_example=row.is_example,
        url=f"/strategie/ziel/{row.number}/",
    )


def _text(row: Text, at: datetime) -> TextOut:
    return TextOut(
        id=row.pk,
        number=row.number,
        title=row.title,
        summary=row.summary,
        language=row.language,
        state=row.state,
        is_open=row.is_open(at),
        contract=row.contract,
        department=row.department,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        due_at=row.due_at,
        decision=row.decision,
        is_example=row.is_example,
        url=f"/strategie/text/{row.number}/",
    )


def _version(row: Version, number: int) -> VersionOut:
    assert row.published_at is not None, "asked for published versions only"
    return VersionOut(
        id=row.pk,
        number=row.number,
        note=row.note,
        published_at=row.published_at,
        url=f"/strategie/text/{number}/?fassung={row.number}",
    )


def _feedback(row: Feedback, paragraph: int, version: int) -> FeedbackOut:
    answer = row.answer
    return FeedbackOut(
        id=row.pk,
        number=row.number,
        paragraph=paragraph,
        version=version,
        kind=row.kind,
        text=row.body,
        wording=row.wording,
        language=row.language,
        author=row.author_name,
        channel=row.channel,
        supports=row.supports,
        state=row.state,
        answer=AnswerOut(outcome=answer.outcome, reason=answer.reason, language=answer.language, at=answer.at)
        if answer
        else None,
        received_at=row.received_at,
        is_example=row.is_example,
        url=f"/strategie/rueckmeldung/{row.number}/",
    )


def _plain(text: str) -> str:
    return text.replace("\0", "")


@router.get("fields", response=list[FieldOut], auth=READ, summary="Fields of action and their goals")
def list_fields(request: HttpRequest) -> list[FieldOut]:  # noqa: ARG001 - ninja passes it
    """In their order, with the goals that hold."""
    return [
        FieldOut(
            id=row.pk,
            number=row.number,
            title=row.title,
            summary=row.summary,
            goals=[_goal(goal) for goal in getattr(row, "live_goals", [])],
            url=f"/strategie/feld/{row.number}/",
        )
        for row in plan.fields()
    ]


@router.get("goals/{number}", response=GoalOut, auth=READ, summary="One goal")
def get_goal(request: HttpRequest, number: Path[Number]) -> GoalOut:  # noqa: ARG001 - ninja passes it
    """Also one that was given up, with its reason."""
    return _goal(plan.goal_by_number(number))


@router.get("coverage", response=CoverageOut, auth=READ, summary="What is answered and what is not")
def get_coverage(request: HttpRequest) -> CoverageOut:
    """Impulses of other rooms by kind, and goals that rest on nothing."""
    at = cast("Request", request).at
    return CoverageOut(
        impulses=[
            KindCoverOut(kind=row.key, label=row.label, total=row.total, answered=row.answered)
            for row in coverage.cover(at)
        ],
        goals_resting_on_nothing=[_goal(row) for row in coverage.resting_on_nothing()],
    )


@router.get("texts", response=list[TextOut], auth=READ, summary="Texts")
def list_texts(request: HttpRequest) -> list[TextOut]:
    """What people can talk about first."""
    asked = cast("Request", request)
    return [_text(row, asked.at) for row in texts.texts(asked.viewer)]


@router.get("texts/{number}", response=WholeTextOut, auth=READ, summary="One text")
def get_text(request: HttpRequest, number: Path[Number]) -> WholeTextOut:
    """With its published versions."""
    asked = cast("Request", request)
    row = texts.text_by_number(number, asked.viewer)
    versions = [_version(one, number) for one in texts.versions(row)]
    return WholeTextOut(**_text(row, asked.at).model_dump(), versions=versions)


@router.get(
    "texts/{number}/versions/{version}", response=list[ParagraphOut], auth=READ, summary="The paragraphs of a version"
)
def list_paragraphs(request: HttpRequest, number: Path[Number], version: Path[VersionNumber]) -> list[ParagraphOut]:
    """In their order."""
    row = texts.text_by_number(number, cast("Request", request).viewer)
    return [
        ParagraphOut(
            id=one.paragraph.pk,
            number=one.paragraph.number,
            shape=one.shape,
            body=one.body,
            goal=one.paragraph.goal.code if one.paragraph.goal else "",
            said=one.paragraph.said,
            url=f"/strategie/text/{number}/absatz/{one.paragraph.number}/",
        )
        for one in texts.wordings(texts.version(row, version))
    ]


@router.get(
    "texts/{number}/versions/{version}/synopsis",
    response=list[SynopsisOut],
    auth=READ,
    summary="What was said, what was changed, why",
)
def list_synopsis(request: HttpRequest, number: Path[Number], version: Path[VersionNumber]) -> list[SynopsisOut]:
    """For one version, by paragraph; what has no answer yet is not part of it."""
    row = texts.text_by_number(number, cast("Request", request).viewer)
    numbers = {one.pk: one.number for one in texts.versions(row)}
    return [
        SynopsisOut(
            paragraph=one.paragraph.number,
            old=one.old,
            new=one.new,
            said=[_feedback(said, one.paragraph.number, numbers.get(said.version_id, 0)) for said in one.said],
        )
        for one in texts.synopsis(row, texts.version(row, version))
    ]


@router.get(
    "texts/{number}/paragraphs/{paragraph}/feedback",
    response=FeedbackListOut,
    auth=READ,
    summary="What was said to a paragraph",
)
def list_feedback(
    request: HttpRequest,
    number: Path[Number],
    paragraph: Path[ParagraphNumber],
    after: Annotated[int, Field(ge=0, lt=2**63, description="`next` of the part before.")] = 0,
    limit: Annotated[int, Field(ge=1, le=100)] = 25,
) -> FeedbackListOut:
    """What everybody can read."""
    row = texts.text_by_number(number, cast("Request", request).viewer)
    listed = reading.said_here(texts.paragraph(row, paragraph), after=after, limit=limit)
    return FeedbackListOut(
        feedback=[_feedback(one, paragraph, one.version.number) for one in listed.rows], next=listed.next
    )


@router.post(
    "texts/{number}/paragraphs/{paragraph}/feedback", response={201: FeedbackTaken}, auth=WRITE, summary="Say something"
)
def create_feedback(
    request: HttpRequest, number: Path[Number], paragraph: Path[ParagraphNumber], body: FeedbackIn
) -> Status[FeedbackTaken]:
    """To the last published version, while the text is open. Private until a moderator has looked at it; the same
    `Idempotency-Key` gives the same feedback and receipt.
    """
    asked = cast("Request", request)
    times = int(city.setting("strategy.feedback_per_hour", 30))
    limit(request, "strategy.api", times=times, per=HOUR)
    row = texts.text_by_number(number, asked.viewer)
    language = body.language or asked.viewer.language
    signed_in = asked.viewer.is_signed_in
    guest = {
        "display_name": _plain(body.display_name),
        "contact_kind": body.contact_kind,
        "email": _plain(body.email),
        "under_16": body.under_16,
        "language": language,
    }
    try:
        made = actions.give_feedback(
            actor=asked.actor,
            text_id=row.pk,
            number=paragraph,
            said=actions.Said(Kind(body.kind).value, body.text, body.wording),
            guest=None if signed_in else guest,
            organisation_id=body.organisation,
            language=language,
            proven=signed_in,
            at=asked.at,
        )
    except Invalid as error:
        fields = {"text" if name == "body" else name: words for name, words in error.fields.items()}
        raise Invalid(error.message, fields=fields) from error
    receipt = notify.receipt_of(made.ref, made.author_id) if made.author_id else None
    taken = FeedbackTaken(
        id=made.pk,
        number=made.number,
        state=made.state,
        receipt=ReceiptOut(number=receipt.number, code=receipt.code) if receipt else None,
    )
    return Status(201, taken)


@router.get("feedback/{number}", response=FeedbackOut, auth=READ, summary="One thing that was said")
def get_feedback(request: HttpRequest, number: Path[Number]) -> FeedbackOut:
    """A public one; one's own, and for those who decide on it all others too."""
    row = reading.by_number(number, cast("Request", request).viewer)
    return _feedback(row, row.paragraph.number, row.version.number)


def _support(request: HttpRequest, number: int, *, supports: bool) -> SupportOut:
    asked = cast("Request", request)
    limit(request, "strategy.support", times=300, per=HOUR)
    row = reading.by_number(number, asked.viewer)
    if row.state != Heard.SHOWN:
        raise NotFound
    made = actions.support_feedback(actor=asked.actor, feedback_id=row.pk, supports=supports, at=asked.at)
    return SupportOut(number=number, supports=made.supports, supported=supports)


@router.post(
    "feedback/{number}/support", response=SupportOut, auth=ApiAuth("strategy:write"), summary="Support what was said"
)
def create_support(request: HttpRequest, number: Path[Number]) -> SupportOut:
    """Counted once per person; doing it again changes nothing. No signature in any legal sense."""
    return _support(request, number, supports=True)


@router.delete(
    "feedback/{number}/support", response=SupportOut, auth=ApiAuth("strategy:write"), summary="Take the support back"
)
def delete_support(request: HttpRequest, number: Path[Number]) -> SupportOut:
    """Possible until the city has answered."""
    return _support(request, number, supports=False)
