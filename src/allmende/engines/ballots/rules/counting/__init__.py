"""The counting library: no database, no clock, no framework; votes in, winners and a readable protocol out.

`count(election, rule, Options(…))` is all most callers need; `RULES` says which rules there are. Amounts and shares are
exact rationals throughout; where floats help, they only ever decide what is far from a tie. Ties are broken by a rule
that is declared before the count and published with it (`ties`). Files: Pabulib's `.pb` (`pabulib`).
"""

from allmende.engines.ballots.rules.counting.election import Ballot, BallotError, Election, Kind, Option
from allmende.engines.ballots.rules.counting.methods import RULES, Method, count
from allmende.engines.ballots.rules.counting.pabulib import PabulibError, read_pb, write_pb
from allmende.engines.ballots.rules.counting.protocol import Options, Result, Step
from allmende.engines.ballots.rules.counting.ties import AS_LISTED, Lot, TieRule

__all__ = [
    "AS_LISTED",
    "RULES",
    "Ballot",
    "BallotError",
    "Election",
    "Kind",
    "Lot",
    "Method",
    "Option",
    "Options",
    "PabulibError",
    "Result",
    "Step",
    "TieRule",
    "count",
    "read_pb",
    "write_pb",
]
