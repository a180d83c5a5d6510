"""Opinion maps for programs: what came out, taking part, saying something in one's own words. As the pages do it."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from allmende.accounts.interface import ApiAuth, limit
from allmende.capabilities.surveys.actions import opinion as actions
from allmende.capabilities.surveys.models import CONTRACT_FIELDS, STATEMENT_LIMIT, Conversation, DrawnMap, Statement
from allmende.capabilities.surveys.queries import opinion as reading
from allmende.capabilities.surveys.rules.opinion import access
from allmende.capabilities.surveys.rules.opinion.findings import LEAST_PEOPLE
from allmende.capabilities.surveys.workflow.opinion import TalkPhase, Who
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.ballots.interface import voting

router = Router(tags=["surveys"])

READ = ApiAuth("surveys:read", optional=True)
WRITE = ApiAuth("surveys:write", optional=True)
HOUR = timedelta(hours=1)
VOTES_AN_HOUR, STATEMENTS_AN_HOUR, JOINS_AN_HOUR = 900, 20, 60
CHOICES: dict[str, int] = {"agree": 1, "disagree": -1, "pass": 0}
WORDS = {number: word for word, number in CHOICES.items()}
type Choice = Literal["agree", "disagree", "pass"]
Number = Annotated[int, Field(ge=1, lt=2**63, description="Public number, as it stands on the page.")]
StatementNumber = Annotated[int, Field(ge=0, lt=2**31, description="Number of the statement within its conversation.")]
Participant = Annotated[
    str,
    Field(
        max_length=60,
        description="What `POST …/participants` gave you. Left out where a person signs in: their account counts.",
    ),
]


class ConversationOut(Schema):
    """A question to which people say something in short statements. Texts per language code."""

    id: UUID
    number: int
    title: dict[str, str]
    summary: dict[str, str]
    contract: dict[str, dict[str, str]] = Field(
        description="What is open, decided already, who decides, when, what for."
    )
    who: str = Field(description="everybody, account or verified (proven residence)")
    checked: str = Field(description="Whether moderators look at a new statement before or after it is shown.")
    phase: str = Field(description="coming, running or ended")
    opens_at: datetime | None
    closes_at: datetime | None = Field(description="Half-open: nothing is taken from this instant on.")
    gives_votes: bool = Field(description="After the end the single votes, tied to nobody, are open data.")
    language: str
    source: str = Field(description="Of one that was held elsewhere: whom to credit, and under which licence.")
    is_example: bool
    is_simulated: bool = Field(description="The votes were made up by a program.")
    url: str


class CountOut(Schema):
    """What one group says to a statement. Only where at least five people of *every* group have answered it."""

    group: str = Field(description="A, B, C …; empty: everybody together, where there are no groups.")
    agree: int
    disagree: int
    passed: int


class StatementOut(Schema):
    """A statement that takes part."""

    number: int
    text: str
    language: str
    counts: list[CountOut] = Field(description="Of the last drawn map; empty where too few have answered.")


class StatementsOut(Schema):
    """A part of the list; give `next` as `after` to go on."""

    statements: list[StatementOut]
    next: int | None


class ClaimOut(Schema):
    """A statement, what is said to it, and the counts behind that."""

    statement: int
    says: str = Field(description="agree or disagree")
    counts: list[CountOut]


class GroupOut(Schema):
    """People who answered alike. Nobody knows who they are; the letter says nothing about them."""

    letter: str
    people: int
    sets_apart: list[ClaimOut] = Field(
        description="What it says clearly more often than the others (two proportions, false discovery rate 5 %)."
    )


class MapOut(Schema):
    """The map as it was last drawn: while it runs at most every ten minutes, and after ten new answers."""

    drawn_at: datetime | None = Field(description="null: nothing has been drawn yet.")
    is_final: bool
    people: int
    votes: int
    placed: int = Field(description="People on the map: those with at least `least_votes` answers.")
    least_votes: int
    least_people: int = Field(description="Behind every number that tells people apart stand at least this many.")
    stability: float | None = Field(description="Adjusted Rand index of the groups of half of the people, ten times.")
    silhouette: float | None
    groups: list[GroupOut]
    bridges: list[ClaimOut] = Field(description="At least six in ten of every group say the same. Shared most first.")
    divides: list[int] = Field(description="Numbers of the statements on which the groups differ most.")


class JoinedOut(Schema):
    """A way in. Kept nowhere on our side: whoever holds it goes on with the same answers."""

    participant: str


class NextOut(Schema):
    """What to ask next, and how far one is."""

    statement: StatementOut | None = Field(description="null: answered all.")
    answered: int
    all: int
    until_placed: int = Field(description="Answers that are missing until one is placed on the map.")
    nearest_group: str = Field(description="For the person alone; empty while there is none.")


class VoteIn(Schema):
    """What somebody says to a statement. Said again it replaces what was said before."""

    participant: Participant = ""
    statement: StatementNumber
    choice: Choice


class StatementIn(Schema):
    """One sentence that others can agree with or not."""

    participant: Participant = ""
    text: str = Field(max_length=STATEMENT_LIMIT * 2, description=f"At most {STATEMENT_LIMIT} characters.")
    language: Literal["de", "en"] = "de"


class AddedOut(Schema):
    """It is in; unless `state` is `shown`, moderators look at it first."""

    number: int
    state: str


def _conversation(row: Conversation, at: datetime) -> ConversationOut:
    return ConversationOut(
        id=row.pk,
        number=row.number,
        title=row.title,
        summary=row.summary,
        contract={name: row.contract.get(name, {}) for name in CONTRACT_FIELDS},
        who=row.who,
        checked=row.checked,
        phase=row.phase(at).value,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        gives_votes=row.gives_votes,
        language=row.language,
        source=row.source,
        is_example=row.is_example,
        is_simulated=row.is_simulated,
        url=f"/umfragen/meinungen/{row.number}/",
    )


def _seen(request: HttpRequest, number: int) -> tuple[Conversation, Request]:
    asked = cast("Request", request)
    row = reading.conversation_by_number(number, asked.viewer)
    if row.phase(asked.at) is TalkPhase.HIDDEN:
        raise NotFound
    return row, asked


def _running(request: HttpRequest, number: int) -> tuple[Conversation, Request]:
    """Open, and meant for whoever asks. Raises Closed, NotSignedIn, NotAllowed."""
    row, asked = _seen(request, number)
    access.require_running(row, asked.at)
    known = row.who == Who.VERIFIED and voting.is_verified(asked.viewer)
    access.require_welcome(row, asked.viewer, is_verified=known)
    return row, asked


def _letter(group: int | None) -> str:
    return "" if group is None else chr(ord("A") + group)


def _counts(drawn: DrawnMap | None, number: int) -> list[CountOut]:
    tally = drawn.result["tallies"].get(str(number), ()) if drawn is not None else ()
    alone = len(tally) == 1
    return [
        CountOut(group="" if alone else _letter(place), agree=one[0], disagree=one[1], passed=one[2])
        for place, one in enumerate(tally)
    ]


def _statement(row: Statement, drawn: DrawnMap | None) -> StatementOut:
    return StatementOut(number=row.number, text=row.text, language=row.language, counts=_counts(drawn, row.number))


@router.get("conversations", response=list[ConversationOut], auth=READ, summary="Opinion maps")
def list_conversations(request: HttpRequest) -> list[ConversationOut]:
    """All that are public: those that run, those to come, those that are over."""
    asked = cast("Request", request)
    found = reading.conversations_on(asked.viewer, asked.at)
    return [_conversation(row, asked.at) for row in (*found.running, *found.coming, *found.ended)]


@router.get("conversations/{number}", response=ConversationOut, auth=READ, summary="One opinion map")
def get_conversation(request: HttpRequest, number: Path[Number]) -> ConversationOut:
    """With the contract under which it asks."""
    row, asked = _seen(request, number)
    return _conversation(row, asked.at)


@router.get("conversations/{number}/statements", response=StatementsOut, auth=READ, summary="Its statements")
def list_statements(
    request: HttpRequest,
    number: Path[Number],
    after: Annotated[int, Field(ge=-1, lt=2**31, description="`next` of the part before.")] = -1,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> StatementsOut:
    """Those that take part, in the order of their numbers, with what each group says to them."""
    row, _asked = _seen(request, number)
    drawn = reading.drawn_map(row)
    rows = reading.shown_statements(row, after, limit)
    more = rows[limit - 1].number if len(rows) > limit else None
    return StatementsOut(statements=[_statement(one, drawn) for one in rows[:limit]], next=more)


@router.get("conversations/{number}/map", response=MapOut, auth=READ, summary="What came out so far")
def get_map(request: HttpRequest, number: Path[Number]) -> MapOut:
    """Groups, what sets each apart, what bridges them. Counts where five people or more of each group answered."""
    row, _asked = _seen(request, number)
    drawn = reading.drawn_map(row)
    result = drawn.result if drawn is not None else {}
    groups = result.get("groups", [])
    named = {one["statement"] for group in groups for one in group["marks"]} | set(result.get("divides", ()))
    named |= {one["statement"] for one in result.get("bridges", ())}
    shown = {key for key, one in reading.texts_of(row, sorted(named)).items() if one.state == "shown"}

    def claims(found: list[dict[str, int]]) -> list[ClaimOut]:
        return [
            ClaimOut(
                statement=one["statement"],
                says="disagree" if one["against"] else "agree",
                counts=_counts(drawn, one["statement"]),
            )
            for one in found
            if one["statement"] in shown
        ]

    return MapOut(
        drawn_at=drawn.drawn_at if drawn is not None else None,
        is_final=drawn is not None and drawn.is_final,
        people=result.get("people", 0),
        votes=result.get("votes", 0),
        placed=result.get("placed", 0),
        least_votes=result.get("least_votes", 0),
        least_people=LEAST_PEOPLE,
        stability=result.get("stability"),
        silhouette=result.get("silhouette"),
        groups=[
            GroupOut(letter=_letter(place), people=one["people"], sets_apart=claims(one["marks"]))
            for place, one in enumerate(groups)
            if len(groups) > 1
        ],
        bridges=claims(result.get("bridges", [])),
        divides=[one for one in result.get("divides", ()) if one in shown],
    )


@router.post("conversations/{number}/participants", response={201: JoinedOut}, auth=WRITE, summary="Begin")
def create_participant(request: HttpRequest, number: Path[Number]) -> Status[JoinedOut]:
    """For a guest: make one for each person, once, and keep it. Whoever is signed in has no need of it."""
    row, asked = _running(request, number)
    if asked.viewer.is_signed_in:
        return Status(201, JoinedOut(participant=access.ACCOUNT))
    limit(request, "surveys.opinion_join", times=JOINS_AN_HOUR, per=HOUR)
    return Status(201, JoinedOut(participant=access.new_token(row)))


def _next(row: Conversation, own: bytes) -> NextOut:
    found = reading.sitting(row, own)
    return NextOut(
        statement=_statement(found.statement, None) if found.statement is not None else None,
        answered=found.answered,
        all=found.all,
        until_placed=found.until_placed,
        nearest_group=_letter(found.near),
    )


@router.get(
    "conversations/{number}/participants/{participant}", response=NextOut, auth=READ, summary="The next statement"
)
def get_next(request: HttpRequest, number: Path[Number], participant: Path[Participant]) -> NextOut:
    """The same one until it is answered; chosen so that few answers teach most. Without counts: they would sway."""
    row, asked = _running(request, number)
    return _next(row, reading.own_mark(row, asked.viewer, participant))


@router.post(
    "conversations/{number}/votes", response={201: NextOut}, auth=WRITE, summary="Say something to a statement"
)
def create_vote(request: HttpRequest, number: Path[Number], body: VoteIn) -> Status[NextOut]:
    """The last answer to a statement counts. Answers with the next one."""
    row, asked = _running(request, number)
    own = reading.own_mark(row, asked.viewer, body.participant)
    limit(request, "surveys.opinion_vote", times=VOTES_AN_HOUR, per=HOUR, subject=own.hex())
    actions.give_opinion(
        actor=access.unlinked(asked.actor.plain(), own),
        conversation_id=row.pk,
        number=body.statement,
        choice=CHOICES[body.choice],
        token=body.participant,
        at=asked.at,
    )
    return Status(201, _next(row, own))


@router.post("conversations/{number}/statements", response={202: AddedOut}, auth=WRITE, summary="Add a statement")
def create_statement(request: HttpRequest, number: Path[Number], body: StatementIn) -> Status[AddedOut]:
    """It does not count as an answer of its author. What a guest's program sends, moderators always read first."""
    row, asked = _running(request, number)
    if not asked.viewer.is_signed_in:
        access.identity(row, asked.viewer, body.participant)
    limit(request, "surveys.opinion_add", times=STATEMENTS_AN_HOUR, per=HOUR)
    made = actions.add_statement(
        actor=asked.actor,
        conversation_id=row.pk,
        text=body.text,
        token=body.participant,
        language=body.language,
        proven=asked.viewer.is_signed_in,
        at=asked.at,
    )
    return Status(202, AddedOut(number=made.number, state=made.state))
