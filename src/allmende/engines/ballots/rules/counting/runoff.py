"""Instant runoff: the weakest leaves, its ballots move on, until one has more than half of those that still count."""

from allmende.engines.ballots.rules.counting.election import BallotError, Election, Kind
from allmende.engines.ballots.rules.counting.protocol import Options, Result, Step
from allmende.engines.ballots.rules.counting.steps import opening


def instant_runoff(election: Election, options: Options) -> Result:
    """One winner. Of those tied for last place the one that the tie rule puts last leaves."""
    if election.kind is not Kind.RANKING:
        raise BallotError("Instant runoff needs rankings.")
    order = options.tie.order(election)
    steps = opening(election)
    running = set(range(len(election.options)))
    first_count: tuple[int, ...] = ()
    number = 0
    while running:
        number += 1
        votes = dict.fromkeys(running, 0)
        exhausted = 0
        for choices, weight in election.alike.items():
            top = next((choice for choice in choices if choice in running), None)
            if top is None:
                exhausted += weight
            else:
                votes[top] += weight
        first_count = first_count or tuple(votes[place] for place in range(len(election.options)))
        counting = sum(votes.values())
        ranked = sorted(running, key=lambda place: (-votes[place], order[place]))
        steps.extend(Step("runoff.votes", {"option": place, "votes": votes[place]}, number) for place in ranked)
        if exhausted:
            steps.append(Step("exhausted", {"votes": exhausted}, number))
        leader = ranked[0]
        if 2 * votes[leader] > counting or len(ranked) == 1:
            code = "runoff.won" if 2 * votes[leader] > counting else "runoff.last"
            facts = {"option": leader, "votes": votes[leader], "counting": counting}
            steps.append(Step(code, facts, number))
            return Result("runoff", election, options, (leader,), tuple(steps), first_count)
        fewest = min(votes.values())
        tied = sorted(place for place in running if votes[place] == fewest)
        leaving = max(tied, key=order.__getitem__)
        if len(tied) > 1:
            steps.append(Step("tie.last", {"options": tuple(tied), "option": leaving}, number))
        steps.append(Step("runoff.out", {"option": leaving, "votes": fewest}, number))
        running.remove(leaving)
    return Result("runoff", election, options, (), tuple(steps), first_count)
