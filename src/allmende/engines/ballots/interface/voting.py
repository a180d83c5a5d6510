"""What other rooms may ask of voting.

A room whose things can be put to the vote declares two gates per kind in its manifest: "<kind>" who may see the thing
(and so its vote), and "vote:<kind>" who may open, and before the clock does it, close a vote on it.
"""

from allmende.engines.ballots.actions import cast_ballot, close_vote, make_codes, open_vote
from allmende.engines.ballots.events import BallotCast, VoteClosed, VoteOpened
from allmende.engines.ballots.models import CastBallot, Vote
from allmende.engines.ballots.queries import cast_so_far, download, own_ballot, receipts
from allmende.engines.ballots.workflow import Gate, Phase, Way, phase

__all__ = [
    "BallotCast",
    "CastBallot",
    "Gate",
    "Phase",
    "Vote",
    "VoteClosed",
    "VoteOpened",
    "Way",
    "cast_ballot",
    "cast_so_far",
    "close_vote",
    "download",
    "make_codes",
    "open_vote",
    "own_ballot",
    "phase",
    "receipts",
]
