"""Votes for programs: read, cast, and download everything to count again."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from allmende.accounts.interface import ApiAuth, limit
from allmende.core import manifest
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.ballots import actions, queries
from allmende.engines.ballots.models import Vote
from allmende.engines.ballots.workflow import phase

router = Router(tags=["ballots"])

AN_HOUR = timedelta(hours=1)
LONGEST_PAPER = 500


class OptionOut(Schema):
    """A line of the ballot paper; `place` is what a ballot names, `cost` is in cents."""

    place: int
    title: str
    cost: int


class VoteOut(Schema):
    """A vote: everything that decides its outcome, how many have voted, and once it is counted, the result."""

    id: UUID
    title: str
    language: str
    way: str
    gate: str
    rule: str
    seats: int
    budget: int
    """Cents."""
    utility: str
    completion: str
    lot: str
    most_choices: int | None
    most_points: int | None
    has_receipts: bool
    opens_at: datetime
    closes_at: datetime
    paper_until: datetime | None
    """Until when papers that came in time are entered; counting waits for it."""
    eligible: int | None
    """How many may vote, as the city says."""
    channels: dict[str, int]
    """After the count: ballots by the way they came."""
    phase: str
    """planned, running, waiting (to be counted) or counted."""
    ballots: int
    options: list[OptionOut]
    result: dict[str, Any] | None
    """Winners and the protocol, step by step, in German and English; numbers that are not whole as exact texts."""


class ChoiceIn(Schema):
    """One line that is filled in; `points` only where the way is "points"."""

    place: int = Field(ge=0, le=LONGEST_PAPER)
    points: int = Field(0, ge=0, le=10_000)


class BallotIn(Schema):
    """The whole paper; rankings with the best first. Sending another one later replaces it, until the close."""

    choices: list[ChoiceIn] = Field(max_length=LONGEST_PAPER)
    code: str = Field("", max_length=40)
    """The code from the letter, where the gate is "code"."""


class BallotOut(Schema):
    """The ballot as it now counts; `receipt` is empty unless the vote has a public list of receipts."""

    choices: list[list[int]]
    receipt: str


class ReceiptOut(Schema):
    """A receipt with its ballot: [place, points] for each line."""

    receipt: str
    choices: list[list[int]]


def _seen(vote_id: UUID, asked: Request) -> Vote:
    vote = Vote.objects.filter(id=vote_id).first()
    if vote is None or not manifest.may_see(vote.ref, asked.viewer, asked.at):
        raise NotFound
    return vote


@router.get("votes/{uuid:vote_id}", response=VoteOut, auth=ApiAuth(optional=True), summary="A vote")
def read_vote(request: HttpRequest, vote_id: UUID) -> dict[str, Any]:
    """With the result and its protocol once it is counted."""
    asked = cast("Request", request)
    vote = _seen(vote_id, asked)
    fields = {name: getattr(vote, name) for name in VoteOut.model_fields if hasattr(vote, name)}
    return {
        **fields,
        "phase": phase(vote.state, vote.opens_at, vote.closes_at, asked.at),
        "ballots": queries.cast_so_far(vote),
        "options": list(vote.options.values("place", "title", "cost")),
    }


@router.put(
    "votes/{uuid:vote_id}/ballot",
    response=BallotOut,
    auth=ApiAuth("ballots:write", optional=True),
    summary="Cast a ballot, or change it",
)
def put_ballot(request: HttpRequest, vote_id: UUID, body: BallotIn) -> dict[str, Any]:
    """One person, one vote: a second ballot takes the place of the first."""
    asked = cast("Request", request)
    limit(request, "ballots.cast", times=60, per=AN_HOUR)
    choices = [(choice.place, choice.points) for choice in body.choices]
    made = actions.cast_ballot(actor=asked.actor, vote_id=vote_id, choices=choices, at=asked.at, code=body.code)
    return {"choices": made.choices, "receipt": made.receipt}


@router.get("votes/{uuid:vote_id}/ballots.pb", auth=ApiAuth(optional=True), summary="All ballots of a counted vote")
def download_ballots(request: HttpRequest, vote_id: UUID) -> HttpResponse:
    """As a Pabulib file, so that anybody can count again: `allmende ballots count FILE.pb`."""
    vote = _seen(vote_id, cast("Request", request))
    answer = HttpResponse(queries.download(vote.id), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{vote.id}.pb"'
    return answer


@router.get(
    "votes/{uuid:vote_id}/receipts",
    response=list[ReceiptOut],
    auth=ApiAuth(optional=True),
    summary="Public list of receipts",
)
def list_receipts(request: HttpRequest, vote_id: UUID) -> list[dict[str, Any]]:
    """Empty unless the vote was opened with receipts, and until it is counted."""
    vote = _seen(vote_id, cast("Request", request))
    return [{"receipt": code, "choices": choices} for code, choices in queries.receipts(vote)]
