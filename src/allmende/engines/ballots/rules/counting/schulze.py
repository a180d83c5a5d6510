"""Schulze: whoever wins against every other one directly or along the strongest chain of comparisons.

Source: M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and condorcet-consistent single-winner
election method", Social Choice and Welfare 36 (2011); strength of a link: votes for the winning side.
"""

from allmende.engines.ballots.rules.counting.election import BallotError, Election, Kind
from allmende.engines.ballots.rules.counting.protocol import Options, Result, Step
from allmende.engines.ballots.rules.counting.steps import opening
from allmende.engines.ballots.rules.counting.ties import first


def pairwise(election: Election) -> list[list[int]]:
    """How many ballots put the first option before the second; what is named comes before what is not."""
    count = len(election.options)
    wins = [[0] * count for _ in range(count)]
    for choices, weight in election.alike.items():
        named = set(choices)
        rest = [place for place in range(count) if place not in named]
        for rank, upper in enumerate(choices):
            row = wins[upper]
            for lower in choices[rank + 1 :]:
                row[lower] += weight
            for lower in rest:
                row[lower] += weight
    return wins


def strongest_paths(wins: list[list[int]]) -> list[list[int]]:
    """Strength of the strongest chain from one to the other (Floyd and Warshall's way)."""
    count = len(wins)
    paths = [[wins[a][b] if wins[a][b] > wins[b][a] else 0 for b in range(count)] for a in range(count)]
    for via in range(count):
        over = paths[via]
        for start in range(count):
            if start == via or not paths[start][via]:
                continue
            row, reach = paths[start], paths[start][via]
            for end in range(count):
                if end not in {start, via}:
                    row[end] = max(row[end], min(reach, over[end]))
    return paths


def schulze(election: Election, options: Options) -> Result:
    """The ranking that the method finds; as many winners as seats from its top."""
    if election.kind is not Kind.RANKING:
        raise BallotError("Schulze needs rankings.")
    order = options.tie.order(election)
    wins = pairwise(election)
    paths = strongest_paths(wins)
    steps = opening(election)
    left = set(range(len(election.options)))
    winners: list[int] = []
    while left and len(winners) < options.seats:
        number = len(winners) + 1
        unbeaten = sorted(a for a in left if all(paths[a][b] >= paths[b][a] for b in left))
        chosen = first(unbeaten, order)
        if len(unbeaten) > 1:
            steps.append(Step("tie", {"options": tuple(unbeaten), "option": chosen}, number))
        for other in sorted(left - {chosen}, key=order.__getitem__):
            facts = {"option": chosen, "other": other, "votes": wins[chosen][other], "against": wins[other][chosen]}
            if wins[chosen][other] > wins[other][chosen]:
                steps.append(Step("schulze.beats", facts, number))
            else:
                strength = {"strength": paths[chosen][other], "back": paths[other][chosen]}
                steps.append(Step("schulze.chain", facts | strength, number))
        steps.append(Step("schulze.won", {"option": chosen}, number))
        winners.append(chosen)
        left.remove(chosen)
    scores = tuple(sum(row[b] > wins[b][a] for b in range(len(wins))) for a, row in enumerate(wins))
    return Result("schulze", election, options, tuple(winners), tuple(steps), scores)
