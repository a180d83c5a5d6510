"""What other rooms may ask of voting.

A room whose things can be put to the vote declares two gates per kind in its manifest: "<kind>" who may see the thing
(and so its vote), and "vote:<kind>" who may open, and before the clock does it, close a vote on it. A third,
"paper:<kind>", says who may enter papers; without it nobody does.
"""

from allmende.engines.ballots.actions import OptionData, cast_ballot, close_vote, make_codes, open_vote, put_to_vote
from allmende.engines.ballots.events import BallotCast, VoteClosed, VoteOpened
from allmende.engines.ballots.models import CastBallot, Vote, VoteOption
from allmende.engines.ballots.queries import (
    cast_so_far,
    counted_ballots,
    declared,
    download,
    is_known_code,
    is_verified,
    made_codes,
    own_ballot,
    receipts,
    vote,
    votes,
)
from allmende.engines.ballots.rules.counting.texts import RULES as RULE_NAMES
from allmende.engines.ballots.workflow import RULES_OF, Gate, Phase, Way, phase

__all__ = [
    "RULES_OF",
    "RULE_NAMES",
    "BallotCast",
    "CastBallot",
    "Gate",
    "OptionData",
    "Phase",
    "Vote",
    "VoteClosed",
    "VoteOpened",
    "VoteOption",
    "Way",
    "cast_ballot",
    "cast_so_far",
    "close_vote",
    "counted_ballots",
    "declared",
    "download",
    "is_known_code",
    "is_verified",
    "made_codes",
    "make_codes",
    "open_vote",
    "own_ballot",
    "phase",
    "put_to_vote",
    "receipts",
    "vote",
    "votes",
]
