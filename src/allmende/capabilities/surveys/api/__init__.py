"""Surveys for programs: the list, the questionnaire, sending an answer. The same actions as the pages."""

from datetime import datetime, timedelta
from typing import Annotated, Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from allmende.accounts.interface import ApiAuth, limit
from allmende.capabilities.surveys import actions, queries
from allmende.capabilities.surveys.api import opinion
from allmende.capabilities.surveys.models import CONTRACT_FIELDS, Survey
from allmende.capabilities.surveys.workflow import Access, Phase
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.questions import interface as questions

router = Router(tags=["surveys"])
router.add_router("", opinion.router)

READ = ApiAuth("surveys:read", optional=True)
WRITE = ApiAuth("surveys:write", optional=True)
HOUR = timedelta(hours=1)
SENT_PER_HOUR = 120
MOST_ANSWERS = 1000
Number = Annotated[int, Field(ge=1, lt=2**63, description="Public number, as it stands on the page.")]


class SurveyOut(Schema):
    """A survey with the contract under which it asks. Texts per language code."""

    id: UUID
    number: int
    title: dict[str, str]
    summary: dict[str, str]
    contract: dict[str, dict[str, str]] = Field(
        description="What is open, decided already, who decides, when, what for."
    )
    privacy: dict[str, dict[str, str]] = Field(description="Purpose and legal basis.")
    access: str = Field(description="open, code (from a letter) or verified (proven residence)")
    phase: str = Field(description="coming, running, grace, ended or results")
    languages: list[str]
    minutes: int
    opens_at: datetime | None
    closes_at: datetime | None = Field(description="Half-open: nothing is taken from this instant on.")
    answered: int | None = Field(description="How many have answered; null until the end.")
    is_example: bool
    is_simulated: bool = Field(description="The answers were made up by a program.")
    url: str


class AnswersIn(Schema):
    """Answers by name of the question, as the questionnaire describes them."""

    answers: dict[str, Any] = Field(max_length=MOST_ANSWERS)
    language: str = Field(default="de", max_length=8)
    code: str = Field(default="", max_length=60, description="From the letter, where `access` is code.")
    consent: bool = Field(default=False, description="Needed where the survey asks for consent.")


class TakenOut(Schema):
    """The answer is in. It has no number: nothing leads from a sender to an answer."""

    taken: bool
    survey: int
    next_step: dict[str, str]


def _survey(row: Survey, at: datetime) -> SurveyOut:
    return SurveyOut(
        id=row.pk,
        number=row.number,
        title=row.title,
        summary=row.summary,
        contract={name: row.contract.get(name, {}) for name in CONTRACT_FIELDS},
        privacy=row.privacy,
        access=row.access,
        phase=row.phase(at).value,
        languages=row.languages,
        minutes=row.minutes,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        answered=row.answered if row.closed_at is not None else None,
        is_example=row.is_example,
        is_simulated=row.is_simulated,
        url=f"/umfragen/{row.number}/",
    )


def _seen(request: HttpRequest, number: int) -> tuple[Survey, Request]:
    asked = cast("Request", request)
    row = queries.survey_by_number(number, asked.viewer)
    if row.phase(asked.at) is Phase.HIDDEN:
        raise NotFound
    return row, asked


@router.get("surveys", response=list[SurveyOut], auth=READ, summary="Surveys")
def list_surveys(request: HttpRequest) -> list[SurveyOut]:
    """All announced surveys: those that run, those to come, those that are over."""
    asked = cast("Request", request)
    found = queries.surveys_on(asked.viewer, asked.at)
    return [_survey(row, asked.at) for row in (*found.running, *found.coming, *found.ended)]


@router.get("surveys/{number}", response=SurveyOut, auth=READ, summary="One survey")
def get_survey(request: HttpRequest, number: Path[Number]) -> SurveyOut:
    """With the contract under which it asks."""
    row, asked = _seen(request, number)
    return _survey(row, asked.at)


@router.get("surveys/{number}/questionnaire", response=dict[str, Any], auth=READ, summary="The questions")
def get_questionnaire(request: HttpRequest, number: Path[Number]) -> dict[str, Any]:
    """The definition of the questionnaire: sections, questions, conditions, in all its languages."""
    row, _asked = _seen(request, number)
    return questions.definition_to_json(queries.definition_of(row.version_id))


@router.post("surveys/{number}/responses", response={202: TakenOut}, auth=WRITE, summary="Send an answer")
def create_response(request: HttpRequest, number: Path[Number], body: AnswersIn) -> Status[TakenOut]:
    """Checked by the questionnaire's own rules. The same `Idempotency-Key` counts once. Who sends is not kept."""
    row, asked = _seen(request, number)
    limit(request, "surveys.api", times=int(city.setting("surveys.api_responses_per_hour", SENT_PER_HOUR)), per=HOUR)
    is_resident = row.access == Access.VERIFIED and queries.is_verified(asked.viewer)
    actions.submit_response(
        actor=actions.nameless(asked.actor),
        survey_id=row.pk,
        sent=actions.Sent(
            answers=body.answers,
            language=body.language,
            code=body.code,
            consents=body.consent,
            resident=asked.viewer.person_id if is_resident else None,
            is_proven=asked.viewer.is_signed_in,
        ),
        at=asked.at,
    )
    return Status(202, TakenOut(taken=True, survey=row.number, next_step=_next(row)))


def _next(row: Survey) -> dict[str, str]:
    texts = row.contract.get("when_decided", {})
    return {language: str(text) for language, text in texts.items()}
