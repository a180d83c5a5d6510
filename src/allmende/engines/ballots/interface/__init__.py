"""What other rooms and the command line may ask of counting; usable without database and framework.

Opening votes, casting and closing: `interface.voting`.
"""

from allmende.engines.ballots.rules.counting import (
    AS_LISTED,
    RULES,
    Ballot,
    BallotError,
    Election,
    Kind,
    Lot,
    Option,
    Options,
    PabulibError,
    Result,
    count,
    read_pb,
    write_pb,
)

__all__ = [
    "AS_LISTED",
    "RULES",
    "Ballot",
    "BallotError",
    "Election",
    "Kind",
    "Lot",
    "Option",
    "Options",
    "PabulibError",
    "Result",
    "count",
    "read_pb",
    "write_pb",
]
