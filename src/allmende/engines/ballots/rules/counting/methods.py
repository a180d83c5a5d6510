"""The rules by name."""

from collections.abc import Callable
from dataclasses import dataclass

from allmende.engines.ballots.rules.counting.election import BallotError, Election
from allmende.engines.ballots.rules.counting.greedy import greedy, knapsack
from allmende.engines.ballots.rules.counting.phragmen import phragmen
from allmende.engines.ballots.rules.counting.positional import approval, borda, score
from allmende.engines.ballots.rules.counting.protocol import Options, Result
from allmende.engines.ballots.rules.counting.runoff import instant_runoff
from allmende.engines.ballots.rules.counting.schulze import schulze
from allmende.engines.ballots.rules.counting.shares import equal_shares
from allmende.engines.ballots.rules.counting.stv import single_transferable_vote

UTILITIES = ("cost", "cardinality")


@dataclass(frozen=True, slots=True)
class Method:
    """One rule; `spends` says whether it shares out a budget instead of seats."""

    run: Callable[[Election, Options], Result]
    spends: bool


RULES: dict[str, Method] = {
    "approval": Method(approval, spends=False),
    "score": Method(score, spends=False),
    "borda": Method(borda, spends=False),
    "runoff": Method(instant_runoff, spends=False),
    "stv": Method(single_transferable_vote, spends=False),
    "schulze": Method(schulze, spends=False),
    "greedy": Method(greedy, spends=True),
    "knapsack": Method(knapsack, spends=True),
    "equal-shares": Method(equal_shares, spends=True),
    "phragmen": Method(phragmen, spends=True),
}


def count(election: Election, rule: str, options: Options | None = None) -> Result:
    """Count by one rule; raises `BallotError` when there is no such rule or the ballots do not fit it."""
    method = RULES.get(rule)
    if method is None:
        raise BallotError(f"There is no rule {rule!r}; there are {', '.join(RULES)}.")
    options = options or Options()
    if options.seats < 1:
        raise BallotError("There must be at least one seat.")
    if options.utility not in UTILITIES:
        raise BallotError(f"There is no utility {options.utility!r}; there are {', '.join(UTILITIES)}.")
    if method.spends and not election.budget:
        raise BallotError("This rule shares out a budget, and there is none.")
    return method.run(election, options)
