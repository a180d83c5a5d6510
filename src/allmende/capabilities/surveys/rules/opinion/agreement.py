"""How far two groupings of the same people agree, whatever the groups are called."""

from collections import Counter
from collections.abc import Hashable, Sequence
from math import comb


def adjusted_rand_index(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """1 for the same grouping, about 0 for groupings that agree as by chance (Hubert and Arabie 1985).

    It asks of every pair of people whether both groupings put them together or both apart, and takes off what chance
    alone would give. Two groupings in which nobody is told apart, or everybody, agree. Raises ValueError for different
    lengths.
    """
    if len(one) != len(other):
        raise ValueError("two groupings of different people")
    together = sum(comb(n, 2) for n in Counter(zip(one, other, strict=True)).values())
    in_one = sum(comb(n, 2) for n in Counter(one).values())
    in_other = sum(comb(n, 2) for n in Counter(other).values())
    pairs = comb(len(one), 2)
    by_chance = in_one * in_other / pairs if pairs else 0.0
    most = (in_one + in_other) / 2
    return 1.0 if most == by_chance else (together - by_chance) / (most - by_chance)
