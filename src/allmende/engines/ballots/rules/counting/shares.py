"""The Method of Equal Shares: every voter decides on an equal part of the budget.

Source: Peters, Pierczyński, Skowron, "Proportional Participatory Budgeting with Additive Utilities" (NeurIPS 2021).
What a bought option is worth to a supporter is what it costs (`utility="cost"`) or the same for all (`cardinality`),
times the points given. Completions: `add1` lets all shares grow by `increment` until the outcome uses up the budget or
would exceed it (then the outcome before counts); `utilitarian` then takes the most wanted that still fits; `add1u`
does both.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import chain
from math import lcm

import numpy as np

from allmende.engines.ballots.rules.counting.election import BallotError, Election, Kind, Number
from allmende.engines.ballots.rules.counting.greedy import fill
from allmende.engines.ballots.rules.counting.protocol import Options, Result, Step
from allmende.engines.ballots.rules.counting.purses import Item, Market, Purses
from allmende.engines.ballots.rules.counting.steps import opening

COMPLETIONS = ("none", "add1", "add1u", "utilitarian")
LARGEST = 2**62
"""Whole numbers of an array stay below."""


def market(election: Election, options: Options) -> Market:
    """Options with the groups of equal ballots behind them."""
    scored = election.kind is not Kind.APPROVAL
    alike: Counter[tuple[tuple[int, ...], tuple[Number, ...]]] = Counter()
    for ballot in election.as_points().ballots if scored else ():
        given = [(choice, points) for choice, points in zip(ballot.choices, ballot.points, strict=True) if points]
        alike[tuple(choice for choice, _ in given), tuple(points for _, points in given)] += 1
    named = [choices for choices, _ in alike] if scored else list(election.alike)
    numbers = list(alike.values()) if scored else list(election.alike.values())
    sizes = np.fromiter(map(len, named), dtype=np.int64, count=len(named))
    flat = np.fromiter(chain.from_iterable(named), dtype=np.int64, count=int(sizes.sum()))
    points = None
    if scored:
        whole = lcm(*{Fraction(points).denominator for _, given in alike for points in given})
        if max((value for _, given in alike for value in given), default=0) * whole >= LARGEST:
            raise BallotError("Costs times points are too large to be counted.")
        points = np.fromiter((int(p * whole) for _, given in alike for p in given), dtype=np.int64, count=len(flat))
    owner = np.repeat(np.arange(len(named), dtype=np.int64), sizes)
    people = np.array(numbers, dtype=np.int64)
    by_option = np.argsort(flat, kind="stable")
    ends = np.searchsorted(flat[by_option], np.arange(len(election.options) + 1))
    items = []
    for place, cost in enumerate(election.whole_costs):
        rows = by_option[ends[place] : ends[place + 1]]
        if not len(rows) or not cost:
            continue
        groups = owner[rows]
        counts = people[groups]
        value = cost if options.utility == "cost" else 1
        each = None if points is None else points[rows]
        if each is not None and (each == each[0]).all():
            value, each = value * int(each[0]), None
        if each is not None and value * int(each.max()) * int(counts.sum()) >= LARGEST:
            raise BallotError("Costs times points are too large to be counted.")
        items.append(
            Item(
                place,
                cost,
                groups,
                None if (counts == 1).all() else counts.astype(np.float64),
                value if each is None else each * value,
                int(counts.sum()),
                value * int(counts.sum() if each is None else (each * counts).sum()),
            )
        )
    return Market(items, len(named), options.tie.order(election))


def equal_shares(election: Election, options: Options) -> Result:
    """Equal shares, completed as declared."""
    if options.completion not in COMPLETIONS:
        raise BallotError(f"There is no completion {options.completion!r}.")
    if options.increment <= 0:
        raise BallotError("Shares must grow.")
    scores = tuple(election.scores())
    steps = opening(election)
    free = [p for p, option in enumerate(election.options) if scores[p] and not option.cost]
    steps.extend(Step("shares.free", {"option": place}) for place in free)
    winners = list(free)
    if election.ballots and election.budget:
        shop = market(election, options)
        start = Fraction(election.whole_budget, len(election.ballots))
        steps.append(Step("shares.start", {"share": start / election.scale, "ballots": len(election.ballots)}))
        run, share, stopped = _grown(shop, start, election, options)
        if share != start:
            times = int((share - start) / _step(election, options))
            steps.append(Step(f"shares.grown.{stopped}", {"share": share / election.scale, "times": times}))
        steps.extend(_rounds(run, election))
        winners += [purchase.place for purchase in run.bought]
        left = Fraction(election.budget) - election.cost_of(winners)
        if options.completion in {"utilitarian", "add1u"}:
            more, said = fill(election, options, winners, left, number=len(winners))
            if any(step.code == "greedy.taken" for step in said):
                steps.append(Step("shares.topup", {"left": left}, len(winners) + 1))
            steps.extend(said)
            winners += more
        else:
            steps.extend(_unpaid(run, shop, set(winners), election))
    return Result("equal-shares", election, options, tuple(winners), tuple(steps), scores)


def _step(election: Election, options: Options) -> Fraction:
    return Fraction(options.increment) * election.scale


def _grown(shop: Market, start: Fraction, election: Election, options: Options) -> tuple[Purses, Fraction, str]:
    """The run that counts, its share and why it ended: nothing more fits (`full`), or the next is too dear (`over`)."""
    budget = election.whole_budget
    run = Purses(shop, start)
    run.run()
    if options.completion not in {"add1", "add1u"}:
        return run, start, "full"
    share = start
    while not _exhausted(run, shop, budget):
        larger = Purses(shop, share + _step(election, options))
        larger.run(limit=budget)
        if _spent(larger, shop) > budget:
            return run, share, "over"
        run, share = larger, share + _step(election, options)
    return run, share, "full"


def _spent(run: Purses, shop: Market) -> int:
    costs = {item.place: item.cost for item in shop.items}
    return sum(costs[purchase.place] for purchase in run.bought)


def _exhausted(run: Purses, shop: Market, budget: int) -> bool:
    chosen = {purchase.place for purchase in run.bought}
    left = budget - _spent(run, shop)
    return all(item.place in chosen or item.cost > left for item in shop.items)


def _rounds(run: Purses, election: Election) -> list[Step]:
    """What was bought, who paid, and who could not pay their full part."""
    steps = []
    for number, purchase in enumerate(run.bought, 1):
        if len(purchase.tied) > 1:
            steps.append(Step("tie", {"options": purchase.tied, "option": purchase.place}, number))
        cost = election.options[purchase.place].cost
        facts: dict[str, int | Fraction] = {
            "option": purchase.place,
            "cost": cost,
            "people": purchase.people,
            "short": purchase.short,
        }
        steps.append(Step("shares.bought.short" if purchase.short else "shares.bought", facts, number))
    return steps


def _unpaid(run: Purses, shop: Market, chosen: set[int], election: Election) -> list[Step]:
    """Why the others were not bought."""
    steps = []
    for item in shop.items:
        if item.place not in chosen:
            has = Fraction(round(run.money_behind(item)), election.scale)
            facts: dict[str, int | Fraction] = {"option": item.place, "money": has, "people": item.people}
            steps.append(Step("shares.unpaid", facts | {"cost": election.options[item.place].cost}))
    wanted = {item.place for item in shop.items} | chosen
    steps.extend(Step("unwanted", {"option": p}) for p in range(len(election.options)) if p not in wanted)
    return steps
