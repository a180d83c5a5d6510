"""How ties are broken: declared before the count, published with it, the same for everybody who counts again."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from allmende.engines.ballots.rules.counting.election import Election


class TieRule(Protocol):
    """An order of all options, fixed before the count: of two that are equal, the earlier one wins."""

    @property
    def name(self) -> str: ...

    @property
    def seed(self) -> str: ...

    def order(self, election: Election) -> list[int]:
        """For each option its place in that order, 0 wins."""
        ...


@dataclass(frozen=True, slots=True)
class AsListed:
    """Of equals the one that stands first on the ballot paper."""

    name: str = "listed"
    seed: str = ""

    def order(self, election: Election) -> list[int]:
        return list(range(len(election.options)))


@dataclass(frozen=True, slots=True)
class Lot:
    """By lot: options in the order of SHA-256 over the published seed, a line feed and the option's id.

    The seed is to be something nobody could know or choose before the vote ended: numbers of a public draw, for
    example. Whoever knows it can draw the same lot again.
    """

    seed: str
    name: str = "lot"

    def order(self, election: Election) -> list[int]:
        drawn = sorted(
            range(len(election.options)),
            key=lambda place: sha256(f"{self.seed}\n{election.options[place].id}".encode()).digest(),
        )
        places = [0] * len(drawn)
        for rank, place in enumerate(drawn):
            places[place] = rank
        return places


AS_LISTED: TieRule = AsListed()


def first(tied: Iterable[int], order: list[int]) -> int:
    """The one of the tied that the rule prefers."""
    return min(tied, key=order.__getitem__)
