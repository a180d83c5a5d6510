"""What the groups say: what bridges them, what divides them, what sets each apart. Every claim is counts.

Nothing is claimed about fewer than five people: where one group has fewer votes on a statement, its counts are told for
nobody, since what is missing could be found by subtraction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, prod, sqrt

LEAST_PEOPLE = 5
BRIDGES = 0.6
"""A statement bridges when at least this share of every group says the same."""
MOST_OF = 0.5
"""More than this share is most of a group."""
FALSE_FINDINGS = 0.05
"""Share of chance findings to be expected among what is told to set a group apart (Benjamini and Hochberg 1995)."""
MOST = 10
MOST_PER_GROUP = 5


@dataclass(frozen=True)
class Count:
    """How many agreed, disagreed, passed."""

    agree: int
    disagree: int
    passed: int

    @property
    def cast(self) -> int:
        return self.agree + self.disagree + self.passed

    def share(self, *, against: bool = False) -> float:
        """Of those who voted on it (passing included), who agreed, or disagreed."""
        return (self.disagree if against else self.agree) / self.cast if self.cast else 0.0

    def likely(self, *, against: bool = False) -> float:
        """The same, drawn towards one half where few have voted (Laplace's rule of succession)."""
        return ((self.disagree if against else self.agree) + 1) / (self.cast + 2)


@dataclass(frozen=True)
class Tally:
    """One statement's votes in each group, in the order of the groups."""

    statement: int
    groups: tuple[Count, ...]

    @property
    def everybody(self) -> Count:
        return Count(
            sum(one.agree for one in self.groups),
            sum(one.disagree for one in self.groups),
            sum(one.passed for one in self.groups),
        )

    @property
    def can_be_told(self) -> bool:
        return all(one.cast >= LEAST_PEOPLE for one in self.groups)

    def without(self, group: int) -> Count:
        """What all others said."""
        own, all_ = self.groups[group], self.everybody
        return Count(all_.agree - own.agree, all_.disagree - own.disagree, all_.passed - own.passed)


@dataclass(frozen=True)
class Bridge:
    """Every group says the same to it; `against` when all disagree."""

    tally: Tally
    against: bool


@dataclass(frozen=True)
class Mark:
    """What sets a group apart: most of it agrees (or, `against`, disagrees), and clearly more than the others do."""

    tally: Tally
    group: int
    against: bool
    chance: float
    """How likely a difference as large would be by chance alone (two-sided p)."""


@dataclass(frozen=True)
class Findings:
    bridges: tuple[Bridge, ...]
    divides: tuple[Tally, ...]
    marks: tuple[tuple[Mark, ...], ...]
    """Per group."""


def bridges(tallies: Sequence[Tally], most: int = MOST) -> tuple[Bridge, ...]:
    """Statements on which all groups say the same, the surest first.

    Ordered by the product over the groups of the likely share (group-informed consensus, as in Polis): one group that
    does not go along counts as much as if it were the largest.
    """
    found = []
    for tally in tallies:
        if not tally.can_be_told:
            continue
        for against in (False, True):
            if all(one.share(against=against) >= BRIDGES for one in tally.groups):
                strength = prod(one.likely(against=against) for one in tally.groups)
                found.append((-strength, tally.statement, Bridge(tally, against)))
    return tuple(bridge for _strength, _statement, bridge in sorted(found, key=lambda row: row[:2])[:most])


def divides(tallies: Sequence[Tally], most: int = MOST_PER_GROUP) -> tuple[Tally, ...]:
    """Statements on which the groups differ most: in one most agree, in another most disagree."""
    found = []
    for tally in tallies:
        if not tally.can_be_told or len(tally.groups) < 2:  # noqa: PLR2004 - one group cannot be divided
            continue
        agreed, against = (max(one.share(against=no) for one in tally.groups) for no in (False, True))
        if min(agreed, against) <= MOST_OF:
            continue
        shares = [one.likely() - one.likely(against=True) for one in tally.groups]
        found.append((min(shares) - max(shares), tally.statement, tally))
    return tuple(tally for _gap, _statement, tally in sorted(found, key=lambda row: row[:2])[:most])


def chance_of(one: int, of_one: int, other: int, of_other: int) -> tuple[float, float]:
    """The z-value of two proportions' difference, and how likely one as large is by chance (two-sided)."""
    both = (one + other) / (of_one + of_other)
    error = sqrt(both * (1 - both) * (1 / of_one + 1 / of_other))
    z = (one / of_one - other / of_other) / error if error else 0.0
    return z, erfc(abs(z) / sqrt(2))


def marks(tallies: Sequence[Tally], number: int, most: int = MOST_PER_GROUP) -> tuple[tuple[Mark, ...], ...]:
    """What sets each group apart.

    Tested is every group with every statement and both answers, so some differences are large by chance: of what is
    told, at most one in twenty is expected to be.
    """
    tested: list[tuple[float, float, Mark]] = []
    for tally in tallies:
        if not tally.can_be_told or number < 2:  # noqa: PLR2004 - there is nothing to be set apart from
            continue
        for group in range(number):
            own, others = tally.groups[group], tally.without(group)
            for against in (False, True):
                said = own.disagree if against else own.agree
                said_others = others.disagree if against else others.agree
                z, chance = chance_of(said, own.cast, said_others, others.cast)
                more = own.likely(against=against) - others.likely(against=against)
                if z > 0:
                    tested.append((chance, more, Mark(tally, group, against, chance)))
                else:
                    tested.append((1.0, 0.0, Mark(tally, group, against, 1.0)))
    tested.sort(key=lambda row: row[0])
    allowed = 0
    for place, (chance, _more, _mark) in enumerate(tested, 1):
        if chance <= FALSE_FINDINGS * place / len(tested):
            allowed = place
    kept = [(more, mark) for _chance, more, mark in tested[:allowed] if _is_most(mark)]
    kept.sort(key=lambda row: (-row[0], row[1].tally.statement))
    return tuple(_of_group(kept, group, most) for group in range(number))


def _is_most(mark: Mark) -> bool:
    return mark.tally.groups[mark.group].share(against=mark.against) > MOST_OF


def _of_group(kept: Sequence[tuple[float, Mark]], group: int, most: int) -> tuple[Mark, ...]:
    return tuple([mark for _more, mark in kept if mark.group == group][:most])


def findings(tallies: Sequence[Tally], number: int) -> Findings:
    """All of it. With one group, or none, only what everybody shares."""
    return Findings(bridges(tallies), divides(tallies), marks(tallies, number))
