"""Reads: a vote as an election, what one has cast oneself, what anybody may download."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models.functions import Coalesce

from allmende.accounts import interface as accounts
from allmende.core import manifest
from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotFound
from allmende.engines.ballots.models import CastBallot, CountedBallot, Vote, VoteOption, VotingCode
from allmende.engines.ballots.rules import access
from allmende.engines.ballots.rules.counting import Ballot, Election, Kind, Option, write_pb
from allmende.engines.ballots.rules.counting.texts import settings
from allmende.engines.ballots.workflow import Gate, State, Way

KINDS = {Way.AGREE: Kind.APPROVAL, Way.BUDGET: Kind.APPROVAL, Way.POINTS: Kind.POINTS, Way.RANK: Kind.RANKING}

VERIFIED = frozenset({"SUBSTANTIAL", "HIGH"})
"""Levels at which a state identity vouches for the place of residence."""


def election_of(vote: Vote, papers: list[list[list[int]]]) -> Election:
    """What the counting library counts; amounts in euros."""
    kind = KINDS[Way(vote.way)]
    ballots = tuple(
        Ballot(
            tuple(place for place, _points in paper),
            tuple(points for _place, points in paper) if kind is Kind.POINTS else (),
        )
        for paper in papers
    )
    options = tuple(
        Option(str(option.place + 1), option.title, Fraction(option.cost, 100))
        for option in VoteOption.objects.filter(vote=vote)
    )
    meta = {"description": vote.title, "unit": "", "currency": "EUR", "language": vote.language}
    return Election(kind, options, ballots, Fraction(vote.budget, 100), vote.most_choices, meta)


def declared(vote: Vote, language: str) -> list[tuple[str, str]]:
    """What was declared before the count, in words: rule, budget or seats, what happens in a tie."""
    return settings(vote.rule, vote.counting(), election_of(vote, []), language)


def due(at: datetime) -> list[UUID]:
    """Votes that are over, with all papers entered, and not yet counted."""
    over = Vote.objects.filter(state=State.OPEN).alias(ends=Coalesce("paper_until", "closes_at"))
    return list(over.filter(ends__lte=at).values_list("id", flat=True))


def cast_so_far(vote: Vote) -> int:
    """How many have voted; afterwards, how many ballots there are."""
    return (CountedBallot if vote.state == State.CLOSED else CastBallot).objects.filter(vote=vote).count()


def own_ballot(vote: Vote, viewer: Viewer, *, code: str = "", guest: str = "") -> CastBallot | None:
    """What the viewer (or who holds the code, or has proven the address) has cast, as long as the vote is open; after
    that nobody can tell.
    """
    known = code if vote.gate == Gate.CODE else guest or viewer.person_id
    if vote.key is None or not known:
        return None
    address = proven_address(vote, viewer, guest)
    who = access.identity(vote, viewer, is_verified=True, code=code, address=address)
    return CastBallot.objects.filter(vote=vote, mark=access.mark(bytes(vote.key), who)).first()


def is_verified(viewer: Viewer) -> bool:
    """Whether a state identity, or the city itself, confirmed where the viewer lives."""
    if viewer.person_id is None:
        return False
    return viewer.has(Role.RESIDENT) or accounts.level_of(viewer.person_id).name in VERIFIED


def proven_address(vote: Vote, viewer: Viewer, guest: str) -> str:
    """The address that stands for the voter where guests vote too: of the account, else the guest's; so that nobody
    votes once with and once without an account.
    """
    if vote.gate != Gate.GUEST or viewer.person_id is None:
        return guest if vote.gate == Gate.GUEST else ""
    person = accounts.person(viewer.person_id)
    return guest if person.is_guest else str(person.email)


def is_known_code(vote: Vote, code: str) -> bool:
    """Whether a code belongs to the vote, however it was typed."""
    if vote.key is None or not code.strip():
        return False
    own = access.mark(bytes(vote.key), f"code:{access.tidy(code)}")
    return VotingCode.objects.filter(vote=vote, mark=own).exists()


def made_codes(vote: Vote) -> int:
    """How many codes there are."""
    return VotingCode.objects.filter(vote=vote).count()


def counted_ballots(vote: Vote, after: int = 0, *, receipt: str = "", limit: int = 100) -> list[CountedBallot]:
    """A page of the public list of ballots, or the one with the receipt; empty where the vote has none."""
    if not vote.has_receipts or vote.state != State.CLOSED:
        return []
    rows = CountedBallot.objects.filter(vote=vote)
    if receipt:
        return list(rows.filter(receipt=access.tidy(receipt)))
    return list(rows.filter(number__gt=after)[:limit])


def vote(vote_id: UUID) -> Vote | None:
    """The row, whoever asks; the room of the thing decides who sees it."""
    return Vote.objects.filter(id=vote_id).first()


def votes(vote_ids: Iterable[UUID]) -> dict[UUID, Vote]:
    """Many at once, without their results and protocols."""
    return {row.pk: row for row in Vote.objects.filter(id__in=list(vote_ids)).defer("result")}


def download(vote_id: UUID) -> str:
    """All ballots of a closed vote as a Pabulib file, so that anybody can count again; raises NotFound before."""
    vote = Vote.objects.filter(id=vote_id, state=State.CLOSED).first()
    if vote is None:
        raise NotFound
    papers = list(CountedBallot.objects.filter(vote=vote).values_list("choices", flat=True))
    election = election_of(vote, papers)
    assert vote.result is not None
    won = set(vote.result["winners"])
    selected = tuple(place for place, option in enumerate(election.options) if option.id in won)
    return write_pb(election, rule=vote.rule, selected=selected)


def receipts(vote: Vote) -> list[tuple[str, list[list[int]]]]:
    """The public list of receipts with their ballots; empty where the vote has none."""
    if not vote.has_receipts or vote.state != State.CLOSED:
        return []
    return list(CountedBallot.objects.filter(vote=vote).order_by("receipt").values_list("receipt", "choices"))


def may_see(vote_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """A vote is seen by whoever sees the thing that it is about."""
    vote = Vote.objects.filter(id=vote_id).first()
    return vote is not None and manifest.may_see(vote.ref, viewer, at)


def own_ballots(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    """What a person has cast in votes that are still open, for their export."""
    for vote, ballot in _open_ballots(person_id):
        titles = dict(VoteOption.objects.filter(vote=vote).values_list("place", "title"))
        chosen = [{"option": titles[place], "points": points} for place, points in ballot.choices]
        yield {"vote": vote.title, "choices": chosen, "receipt": ballot.receipt}


def _open_ballots(person_id: UUID) -> Iterable[tuple[Vote, CastBallot]]:
    viewer = Viewer(person_id=person_id)
    for vote in Vote.objects.filter(state=State.OPEN):
        ballot = own_ballot(vote, viewer)
        if ballot is not None:
            yield vote, ballot


def own_ballot_ids(person_id: UUID) -> list[UUID]:
    """Rows of what a person has cast in votes that are still open, for their erasure."""
    return [ballot.id for _vote, ballot in _open_ballots(person_id)]
