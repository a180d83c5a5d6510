"""Which statement somebody sees next: the one from which most is learned.

Polis's comment priority (`conversation.clj`, `importance-metric` and `priority-metric`): a statement weighs more the
fewer people pass on it, the more agree, the further it stands from the middle of the plane (it tells people apart), and
far more while few have seen it, so that new ones get their chance. It is drawn by these weights: no statement is ever
out of the race, and two people rarely see the same order.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple


class Standing(NamedTuple):
    """How a statement stood when the map was last drawn. `extremity`: its distance from the middle of the plane."""

    agrees: int = 0
    disagrees: int = 0
    passes: int = 0
    extremity: float = 0.0


@lru_cache(maxsize=8192)
def weight(one: Standing) -> float:
    """How much is learned from one more vote on it; always above 0.

    (importance × (1 + 8 · 2^(-S/5)))², with importance (1 - p) (E + 1) a, where S votes were cast, of which p passed
    and a agreed (each with one more of two imagined ones), and E is the extremity.
    Standings change only with the map, so each process keeps what it has worked out.
    """
    cast = one.agrees + one.disagrees + one.passes
    passing, agreeing = (one.passes + 1) / (cast + 2), (one.agrees + 1) / (cast + 2)
    importance = (1 - passing) * (one.extremity + 1) * agreeing
    return float((importance * (1 + 8 * 2 ** (-cast / 5))) ** 2)


def choose(standings: Sequence[Standing], draw: float) -> int | None:
    """The place of the statement that the draw (0 to below 1) falls on; None where there is none left."""
    weights = [weight(one) for one in standings]
    left = draw * sum(weights)
    for place, one in enumerate(weights):
        left -= one
        if left < 0:
            return place
    return len(weights) - 1 if weights else None
