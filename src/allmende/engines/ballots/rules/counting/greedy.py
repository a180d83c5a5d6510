"""Participatory budgets by the most votes: the most wanted first, whatever no longer fits is passed over."""

from dataclasses import replace
from fractions import Fraction

from allmende.engines.ballots.rules.counting.election import BallotError, Election, Kind, Number
from allmende.engines.ballots.rules.counting.protocol import Options, Result, Step
from allmende.engines.ballots.rules.counting.steps import opening
from allmende.engines.ballots.rules.counting.ties import first


def density(election: Election, options: Options) -> list[Fraction | None]:
    """What the greedy rule orders by: votes or points (`cost`), or these per unit of money (`cardinality`).

    None stands above all: wanted by somebody, and free.
    """
    values: list[Fraction | None] = []
    for score, option in zip(election.scores(), election.options, strict=True):
        if options.utility == "cost":
            values.append(Fraction(score))
        elif option.cost == 0:
            values.append(None if score else Fraction(0))
        else:
            values.append(Fraction(score) / Fraction(option.cost))
    return values


def fill(
    election: Election, options: Options, chosen: list[int], left: Number, *, number: int = 0
) -> tuple[list[int], list[Step]]:
    """Of what is not chosen, most wanted first, take what still fits into `left`; what nobody wanted stays."""
    order = options.tie.order(election)
    values = density(election, options)
    scores = election.scores()
    rest = {place for place in range(len(values)) if place not in chosen and scores[place]}
    free = {place for place in rest if values[place] is None}
    taken: list[int] = []
    steps: list[Step] = []
    while rest:
        number += 1
        group = free & rest
        if not group:
            best = max(value for place in rest if (value := values[place]) is not None)
            group = {place for place in rest if values[place] == best}
        next_one = first(group, order)
        cost = election.options[next_one].cost
        contested = len(group) > 1 and sum(election.options[place].cost for place in group) > left
        if contested:
            steps.append(Step("tie", {"options": tuple(sorted(group)), "option": next_one}, number))
        facts = {"option": next_one, "score": scores[next_one], "cost": cost}
        if cost <= left:
            left -= cost
            taken.append(next_one)
            steps.append(Step("greedy.taken", facts | {"left": left}, number))
        else:
            steps.append(Step("greedy.passed", facts | {"left": left}, number))
        rest.remove(next_one)
    steps.extend(Step("unwanted", {"option": place}) for place in range(len(scores)) if not scores[place])
    return taken, steps


def greedy(election: Election, options: Options) -> Result:
    """The most wanted first."""
    winners, steps = fill(election, options, [], Fraction(election.budget))
    scores = tuple(election.scores())
    return Result("greedy", election, options, tuple(winners), tuple(opening(election) + steps), scores)


def knapsack(election: Election, options: Options) -> Result:
    """Everybody spends the budget on paper, every unit of money counts: the most votes first. Ballots above the budget
    do not count. Source: Goel, Krishnaswamy, Sakshuwong, Aitamurto, "Knapsack voting" (2019).
    """
    if election.kind is not Kind.APPROVAL:
        raise BallotError("Knapsack ballots name options, nothing else.")
    costs = [option.cost for option in election.options]
    valid = tuple(b for b in election.ballots if sum(costs[choice] for choice in b.choices) <= election.budget)
    counted = replace(election, ballots=valid)
    by_votes = replace(options, utility="cost")
    winners, steps = fill(counted, by_votes, [], Fraction(election.budget))
    start = opening(counted)
    if len(valid) < len(election.ballots):
        start.append(Step("knapsack.invalid", {"ballots": len(election.ballots) - len(valid)}))
    return Result("knapsack", counted, by_votes, tuple(winners), tuple(start + steps), tuple(counted.scores()))
