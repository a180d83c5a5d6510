"""Single transferable vote as Scottish councils are elected: the weighted inclusive Gregory method.

Source: The Scottish Local Government Elections Order 2007 (SSI 2007/42), Schedule 1, rules 45 to 52. Quota: valid votes
divided by seats plus one, rounded down, plus one. A surplus moves with *all* papers of the elected, each at
value × surplus ÷ total, cut off after five decimals (so part of a vote may be lost; the protocol says how much). The
largest surplus first; no exclusion while one waits. Equal numbers: who was ahead at the latest earlier stage at which
they differed, then the lot, which here is the declared tie rule. When as many are left as seats, all are elected.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from allmende.engines.ballots.rules.counting.election import BallotError, Election, Kind
from allmende.engines.ballots.rules.counting.protocol import Options, Result, Step
from allmende.engines.ballots.rules.counting.steps import opening

ONE = 100_000
"""A whole vote in the unit of the count, the fifth decimal."""


@dataclass
class _Pile:
    """Papers of one candidate: (preferences, value) → how many."""

    papers: Counter[tuple[tuple[int, ...], int]] = field(default_factory=Counter)

    def total(self) -> int:
        return sum(value * count for (_, value), count in self.papers.items())


class _Count:
    def __init__(self, election: Election, options: Options) -> None:
        self.election = election
        self.options = options
        self.order = options.tie.order(election)
        self.steps = opening(election)
        self.piles: dict[int, _Pile] = defaultdict(_Pile)
        self.running = set(range(len(election.options)))
        self.elected: list[int] = []
        self.waiting: set[int] = set()  # elected, with a surplus to move
        self.held: dict[int, int] = {}  # what each has, in units
        self.history: list[dict[int, int]] = []
        self.lost = 0
        self.stage = 1

    def run(self) -> Result:
        valid = 0
        for choices, people in self.election.alike.items():
            if choices:
                self.piles[choices[0]].papers[choices, ONE] += people
                valid += people
        seats = min(self.options.seats, len(self.election.options))
        quota = valid // (seats + 1) + 1
        self.quota = quota * ONE
        self.held = {place: self.piles[place].total() for place in self.running}
        scores = tuple(self.held[place] // ONE for place in range(len(self.election.options)))
        self.steps.append(Step("stv.quota", {"quota": quota, "votes": valid, "seats": seats}))
        self._record()
        while len(self.elected) < seats:
            if len(self.running) <= seats - len(self.elected):
                for place in self._by_votes(self.running):
                    self._elect(place, "stv.fills")
                break
            self.stage += 1
            if self.waiting:
                self._move_surplus()
            else:
                self._exclude()
            self._record(seats)
        return Result("stv", self.election, self.options, tuple(self.elected), tuple(self.steps), scores)

    def _record(self, seats: int | None = None) -> None:
        """Say how things stand, and elect who has reached the quota (as long as there are seats)."""
        self.history.append(dict(self.held))
        ranked = self._by_votes(self.running)
        for place in ranked:
            self._say("stv.votes", option=place, votes=_votes(self.held[place]))
        seats = self.options.seats if seats is None else seats
        for place in ranked:
            if self.held[place] >= self.quota and len(self.elected) < seats:
                self._elect(place, "stv.elected")

    def _elect(self, place: int, code: str) -> None:
        self._say(code, option=place, votes=_votes(self.held[place]))
        self.elected.append(place)
        self.running.remove(place)
        if code == "stv.elected" and self.held[place] > self.quota:
            self.waiting.add(place)

    def _move_surplus(self) -> None:
        largest = max(self.held[place] for place in self.waiting)
        chosen = self._decide([place for place in self.waiting if self.held[place] == largest], highest=True)
        self.waiting.remove(chosen)
        surplus, total = self.held[chosen] - self.quota, self.held[chosen]
        self._say("stv.surplus", option=chosen, votes=_votes(surplus), ratio=Fraction(surplus, total))
        moved = self._transfer(chosen, lambda value: surplus * value // total)
        self.held[chosen] = self.quota
        self._lose(surplus - moved)

    def _exclude(self) -> None:
        fewest = min(self.held[place] for place in self.running)
        chosen = self._decide([place for place in self.running if self.held[place] == fewest], highest=False)
        self.running.remove(chosen)
        self._say("stv.out", option=chosen, votes=_votes(fewest))
        moved = self._transfer(chosen, lambda value: value)
        self.held[chosen] = 0
        self._lose(fewest - moved)

    def _transfer(self, source: int, worth: "_Worth") -> int:
        moved = 0
        gained: Counter[int] = Counter()
        for (choices, value), count in self.piles.pop(source).papers.items():
            target = next((choice for choice in choices if choice in self.running), None)
            new = worth(value)
            if target is None or not new:
                continue
            self.piles[target].papers[choices, new] += count
            gained[target] += new * count
        for place in sorted(gained, key=lambda place: (-gained[place], self.order[place])):
            self.held[place] += gained[place]
            moved += gained[place]
            self._say("stv.gains", option=place, votes=_votes(gained[place]))
        return moved

    def _lose(self, units: int) -> None:
        self.lost += units
        if units:
            self._say("stv.lost", votes=_votes(units), sum=_votes(self.lost))

    def _decide(self, tied: Sequence[int], *, highest: bool) -> int:
        """The highest (or lowest) of the tied: by the latest earlier stage at which they differed, else by the rule."""
        sign = 1 if highest else -1
        left = sorted(tied)
        if len(left) == 1:
            return left[0]
        for stage in reversed(self.history[:-1]):
            best = max(sign * stage[place] for place in left)
            ahead = [place for place in left if sign * stage[place] == best]
            if len(ahead) < len(left):
                left = ahead
            if len(left) == 1:
                self._say("tie.stage", options=tuple(sorted(tied)), option=left[0])
                return left[0]
        chosen = (min if highest else max)(left, key=self.order.__getitem__)
        self._say("tie" if highest else "tie.last", options=tuple(sorted(tied)), option=chosen)
        return chosen

    def _by_votes(self, places: Iterable[int]) -> list[int]:
        return sorted(places, key=lambda place: (-self.held[place], self.order[place]))

    def _say(self, code: str, **facts: int | Fraction | tuple[int, ...]) -> None:
        self.steps.append(Step(code, facts, self.stage))


type _Worth = Callable[[int], int]


def _votes(units: int) -> int | Fraction:
    return units // ONE if units % ONE == 0 else Fraction(units, ONE)


def single_transferable_vote(election: Election, options: Options) -> Result:
    """As many winners as seats."""
    if election.kind is not Kind.RANKING:
        raise BallotError("The single transferable vote needs rankings.")
    return _Count(election, options).run()
