"""Rules that add up: approval, score, Borda. The highest totals win the seats."""

from fractions import Fraction

from allmende.engines.ballots.rules.counting.election import BallotError, Election, Kind, Number
from allmende.engines.ballots.rules.counting.protocol import Options, Result, Step
from allmende.engines.ballots.rules.counting.steps import opening
from allmende.engines.ballots.rules.counting.ties import first


def approval(election: Election, options: Options) -> Result:
    """Most agreements win."""
    return _highest("approval", election, list(election.supporters()), options)


def score(election: Election, options: Options) -> Result:
    """Most points win."""
    return _highest("score", election, election.scores(), options)


def borda(election: Election, options: Options) -> Result:
    """Of m options the first on a ballot gets m - 1 points, the next m - 2, …; options that are not named share what is
    left equally, so that a short ballot weighs no less than a long one (de Borda 1781; averaged as by Dummett 1997).
    """
    if election.kind is Kind.POINTS:
        raise BallotError("Borda needs rankings or agreements, not points.")
    count = len(election.options)
    doubled = [0] * count
    for choices, people in election.alike.items():
        rest = max(count - len(choices) - 1, 0)  # twice the average of what is left for those not named
        doubled = [total + rest * people for total in doubled]
        for place, choice in enumerate(choices):
            doubled[choice] += (2 * (count - 1 - place) - rest) * people
    return _highest(
        "borda", election, [total // 2 if total % 2 == 0 else Fraction(total, 2) for total in doubled], options
    )


def _highest(rule: str, election: Election, totals: list[Number], options: Options) -> Result:
    order = options.tie.order(election)
    steps = opening(election)
    left = set(range(len(totals)))
    winners: list[int] = []
    while left and len(winners) < options.seats:
        number = len(winners) + 1
        best = max(totals[place] for place in left)
        tied = sorted(place for place in left if totals[place] == best)
        chosen = first(tied, order)
        if len(tied) > options.seats - len(winners):
            steps.append(Step("tie", {"options": tuple(tied), "option": chosen}, number))
        steps.append(Step(f"{rule}.won", {"option": chosen, "total": best}, number))
        winners.append(chosen)
        left.remove(chosen)
    steps.extend(
        Step(f"{rule}.lost", {"option": place, "total": totals[place]})
        for place in sorted(left, key=lambda place: (-totals[place], order[place]))
    )
    return Result(rule, election, options, tuple(winners), tuple(steps), tuple(totals))
