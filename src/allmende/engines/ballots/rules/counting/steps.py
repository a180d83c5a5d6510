"""Steps that several rules share."""

from allmende.engines.ballots.rules.counting.election import Election
from allmende.engines.ballots.rules.counting.protocol import Step


def opening(election: Election) -> list[Step]:
    """How many ballots there are."""
    return [Step("ballots", {"ballots": len(election.ballots), "empty": election.empty})]
