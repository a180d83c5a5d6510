"""Phragmén's sequential rule for budgets: everybody earns money evenly over time, the first group that can pay, buys.

Source: Brill, Freeman, Janson, Lackner, "Phragmén's voting methods and justified representation" (2017), with costs as
in Los, Christoff, Grossi, "Proportional budget allocations" (2022): the count ends when what would be bought next no
longer fits. All supporters of a bought option then have the same load, so there are only as many different loads as
options were bought, and the whole count is exact.
"""

from collections import Counter
from fractions import Fraction

from allmende.engines.ballots.rules.counting.election import Election
from allmende.engines.ballots.rules.counting.protocol import Options, Result, Step
from allmende.engines.ballots.rules.counting.steps import opening
from allmende.engines.ballots.rules.counting.ties import first


def phragmen(election: Election, options: Options) -> Result:
    """Points and rankings count as agreements. No completion: money may be left."""
    agreed = election.as_approvals()
    order = options.tie.order(election)
    steps = opening(election)
    alike: Counter[tuple[int, ...]] = Counter()
    for choices, people in agreed.alike.items():
        alike[tuple(sorted(choices))] += people
    papers = list(alike.items())
    behind: list[list[int]] = [[] for _ in agreed.options]
    for group, (choices, _) in enumerate(papers):
        for place in choices:
            behind[place].append(group)
    votes = [sum(papers[n][1] for n in group) for group in behind]
    weights = [weight for _, weight in papers]
    load = [0] * len(papers)  # which of `loads` each group of equal papers carries
    loads = [Fraction(0)]
    rest = {p for p, option in enumerate(agreed.options) if votes[p] and option.cost <= agreed.budget}
    left = Fraction(agreed.budget)
    winners: list[int] = []
    while rest:
        number = len(winners) + 1
        due: dict[int, Fraction] = {}
        for place in rest:
            carried: Counter[int] = Counter()
            for group in behind[place]:
                carried[load[group]] += weights[group]
            borne = sum((loads[which] * people for which, people in carried.items()), start=Fraction(0))
            due[place] = (borne + agreed.options[place].cost) / votes[place]
        earliest = min(due.values())
        tied = sorted(place for place in rest if due[place] == earliest)
        too_dear = [place for place in tied if agreed.options[place].cost > left]
        if too_dear:
            facts = {"option": first(too_dear, order), "cost": agreed.options[first(too_dear, order)].cost}
            steps.append(Step("phragmen.end", facts | {"left": left}, number))
            break
        chosen = first(tied, order)
        if len(tied) > 1:
            steps.append(Step("tie", {"options": tuple(tied), "option": chosen}, number))
        left -= agreed.options[chosen].cost
        facts = {"option": chosen, "votes": votes[chosen], "load": earliest, "left": left}
        steps.append(Step("phragmen.bought", facts, number))
        loads.append(earliest)
        for group in behind[chosen]:
            load[group] = len(loads) - 1
        winners.append(chosen)
        rest.remove(chosen)
    steps.extend(Step("unwanted", {"option": place}) for place in range(len(votes)) if not votes[place])
    return Result("phragmen", agreed, options, tuple(winners), tuple(steps), tuple(votes))
