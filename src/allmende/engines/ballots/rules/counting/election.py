"""What is counted: options, ballots, and the money to be spent where there is any."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import lcm

type Number = int | Fraction


class BallotError(ValueError):
    """An election that cannot be counted this way; the message says what is wrong."""


class Kind(StrEnum):
    """How people filled in their ballots."""

    APPROVAL = "approval"  # a set of options
    POINTS = "points"  # options with points
    RANKING = "ranking"  # options in order, the best first; what is not named comes after all that is


@dataclass(frozen=True, slots=True)
class Option:
    """Something one can vote for; `cost` only where a budget is shared out."""

    id: str
    name: str = ""
    cost: Number = 0

    @property
    def title(self) -> str:
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Ballot:
    """One ballot: places of options in `Election.options`; with points, one number beside each."""

    choices: tuple[int, ...]
    points: tuple[Number, ...] = ()


@dataclass(frozen=True)
class Election:
    """Options and ballots. `budget` in the currency of the costs; `longest` is how many options a ranking may name."""

    kind: Kind
    options: tuple[Option, ...]
    ballots: tuple[Ballot, ...]
    budget: Number = 0
    longest: int | None = None
    meta: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no rule could count; raises `BallotError`."""
        if len({option.id for option in self.options}) != len(self.options):
            raise BallotError("Two options have the same id.")
        if any(option.cost < 0 for option in self.options) or self.budget < 0:
            raise BallotError("Costs and budgets are not negative.")
        allowed = frozenset(range(len(self.options)))
        scored = self.kind is Kind.POINTS
        for choices in self.alike:
            named = frozenset(choices)
            if len(named) != len(choices):
                raise BallotError("A ballot names an option twice.")
            if not named <= allowed:
                raise BallotError("A ballot names an option that there is not.")
        for ballot in self.ballots:
            if len(ballot.points) != (len(ballot.choices) if scored else 0):
                raise BallotError(f"A ballot has {len(ballot.points)} points for {len(ballot.choices)} options.")
            if scored and any(points < 0 for points in ballot.points):
                raise BallotError("A ballot gives negative points.")

    def as_approvals(self) -> "Election":
        """Every option named with more than no points counts as agreed to."""
        if self.kind is Kind.APPROVAL:
            return self
        if self.kind is Kind.RANKING:
            return replace(self, kind=Kind.APPROVAL)
        kept = tuple(
            Ballot(tuple(choice for choice, given in zip(b.choices, b.points, strict=True) if given > 0))
            for b in self.ballots
        )
        return replace(self, kind=Kind.APPROVAL, ballots=kept)

    def as_points(self) -> "Election":
        """Agreement is one point; of a ranking the last place that may be named is one, each place before one more."""
        if self.kind is Kind.POINTS:
            return self
        if self.kind is Kind.APPROVAL:
            given = tuple(Ballot(b.choices, (1,) * len(b.choices)) for b in self.ballots)
        else:
            top = self._top
            given = tuple(
                Ballot(b.choices[:top], tuple(range(top, top - len(b.choices[:top]), -1))) for b in self.ballots
            )
        return replace(self, kind=Kind.POINTS, ballots=given)

    @cached_property
    def scale(self) -> int:
        """The number that makes budget and costs whole: 100 for euros with cents."""
        return lcm(*(Fraction(amount).denominator for amount in (self.budget, *(o.cost for o in self.options))))

    @cached_property
    def whole_costs(self) -> tuple[int, ...]:
        """Costs times `scale`."""
        return tuple(int(option.cost * self.scale) for option in self.options)

    @cached_property
    def whole_budget(self) -> int:
        """Budget times `scale`."""
        return int(self.budget * self.scale)

    @cached_property
    def empty(self) -> int:
        """How many ballots name nothing."""
        return sum(not ballot.choices for ballot in self.ballots)

    @cached_property
    def _totals(self) -> tuple[list[Number], list[int]]:
        scores: list[Number] = [0] * len(self.options)
        supporters = [0] * len(self.options)
        for ballot in self.ballots if self.kind is Kind.POINTS else ():
            for choice, given in zip(ballot.choices, ballot.points, strict=True):
                scores[choice] += given
                supporters[choice] += given > 0
        for choices, people in self.alike.items() if self.kind is not Kind.POINTS else ():
            for choice in choices:
                supporters[choice] += people
            if self.kind is Kind.RANKING:
                for place, choice in enumerate(choices[: self._top]):
                    scores[choice] += people * (self._top - place)
        return (list(supporters) if self.kind is Kind.APPROVAL else scores), supporters

    @cached_property
    def alike(self) -> Counter[tuple[int, ...]]:
        """How many ballots name the same options in the same order."""
        return Counter(ballot.choices for ballot in self.ballots)

    @property
    def _top(self) -> int:
        return self.longest or len(self.options)

    def scores(self) -> list[Number]:
        """Points (or agreements) per option, in the order of the options; rankings as in `as_points`."""
        return list(self._totals[0])

    def supporters(self) -> list[int]:
        """How many ballots name each option with more than no points."""
        return list(self._totals[1])

    def cost_of(self, chosen: Sequence[int]) -> Number:
        """What the chosen options cost together."""
        return sum((self.options[place].cost for place in chosen), start=Fraction(0))
