"""Reads: a vote as an election, what one has cast oneself, what anybody may download."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from allmende.accounts import interface as accounts
from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.engines.ballots.models import CastBallot, CountedBallot, Vote, VoteOption
from allmende.engines.ballots.rules import access
from allmende.engines.ballots.rules.counting import Ballot, Election, Kind, Option, write_pb
from allmende.engines.ballots.workflow import State, Way

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


def due(at: datetime) -> list[UUID]:
    """Votes that are over and not yet counted."""
    return list(Vote.objects.filter(state=State.OPEN, closes_at__lte=at).values_list("id", flat=True))


def cast_so_far(vote: Vote) -> int:
    """How many have voted; afterwards, how many ballots there are."""
    return (CountedBallot if vote.state == State.CLOSED else CastBallot).objects.filter(vote=vote).count()


def own_ballot(vote: Vote, viewer: Viewer) -> CastBallot | None:
    """What the viewer has cast, as long as the vote is open; after that nobody can tell."""
    if vote.key is None or viewer.person_id is None:
        return None
    own = access.mark(bytes(vote.key), access.person(viewer.person_id))
    return CastBallot.objects.filter(vote=vote, mark=own).first()


def is_verified(viewer: Viewer) -> bool:
    """Whether a state identity confirmed where the viewer lives."""
    return viewer.person_id is not None and accounts.level_of(viewer.person_id).name in VERIFIED


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
