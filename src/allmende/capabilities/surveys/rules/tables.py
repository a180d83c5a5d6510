"""Figures of one question: how many, what share, which middle, and how sure that is. Pure; numpy comes in when called.

Codes are whole numbers from 0; `NOTHING` (-1) is a question that somebody did not answer or was not asked. Shares are
from 0 to 1. Intervals are for a simple random sample; with weights the number of answers is the effective one.

Sources: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927); R. G.
Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17 (1998),
method 10; Student, The probable error of a mean, Biometrika 6 (1908); L. Kish, Survey Sampling (1965), 11.7.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from allmende.capabilities.surveys.rules.independence import incomplete_beta

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    type Codes = npt.NDArray[np.integer]
    type Numbers = npt.NDArray[np.floating]

NOTHING = -1
Z95 = 1.959963984540054
"""The normal distribution's quantile for 95 in 100."""
USUAL = 0.95
MANY = 300
"""Degrees of freedom from which the expansion is used."""
NEAR, MOST_STEPS = 1e-12, 100
"""When Newton's steps are small enough (relative), and how many there may be."""
type Interval = tuple[float, float]


@dataclass(frozen=True)
class Counts:
    """How often each code came, as it was answered and as it is weighted."""

    answers: int
    """How many answered this question."""
    raw: tuple[int, ...]
    weighted: tuple[float, ...]
    effective: float
    """As many answers of a simple random sample would be as sure (Kish); without weights, all of them."""

    def share(self, place: int) -> float:
        """The weighted share of a code among those who answered; 0 where nobody did."""
        total = sum(self.weighted)
        return self.weighted[place] / total if total else 0.0

    def interval(self, place: int) -> Interval:
        """In which the share among all lies, 95 times out of 100."""
        return wilson(self.share(place), self.effective)


@dataclass(frozen=True)
class Spread:
    """Figures of a numeric question. An empty column has none: the answer is None instead of this."""

    answers: int
    effective: float
    mean: float
    interval: Interval
    """Of the mean."""
    deviation: float
    quartiles: tuple[float, float, float]
    """Lower quartile, median, upper quartile."""
    least: float
    most: float

    @property
    def constant(self) -> bool:
        return self.least == self.most


def wilson(share: float, answers: float, z: float = Z95) -> Interval:
    """The score interval of a share; (0, 1) of nothing. Never outside 0 and 1, and never empty at 0 or 1."""
    if answers <= 0:
        return 0.0, 1.0
    square = z * z
    centre = (share + square / (2 * answers)) / (1 + square / answers)
    half = z * math.sqrt(share * (1 - share) / answers + square / (4 * answers * answers)) / (1 + square / answers)
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def kish(weights: "Numbers") -> float:
    """The effective number of answers: (Σw)² / Σw²."""
    squares = float((weights * weights).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def counts(codes: "Codes", size: int, weights: "Numbers | None" = None) -> Counts:
    """How often each of `size` codes came."""
    import numpy as np

    shifted = codes.astype(np.intp) + 1  # what is not answered is counted at 0, which is quicker than leaving it out
    raw = np.bincount(shifted, minlength=size + 1)[1:]
    answers = int(raw.sum())
    if weights is None:
        return Counts(answers, tuple(raw.tolist()), tuple(map(float, raw)), float(answers))
    weighted = np.bincount(shifted, weights=weights, minlength=size + 1)[1:]
    squares = float(np.bincount(shifted, weights=weights * weights, minlength=size + 1)[1:].sum())
    effective = float(weighted.sum()) ** 2 / squares if squares else 0.0
    return Counts(answers, tuple(raw.tolist()), tuple(weighted.tolist()), effective)


def crossed(codes: "Codes", size: int, groups: "Codes", group_size: int) -> list[list[int]]:
    """How many gave each answer (rows) in each group (columns); who is in no group or gave no answer is left out."""
    import numpy as np

    flat = (codes.astype(np.intp) + 1) * (group_size + 1) + groups + 1
    found = np.bincount(flat, minlength=(size + 1) * (group_size + 1)).reshape(size + 1, group_size + 1)
    return [[int(value) for value in row[1:]] for row in found[1:]]


def quantile(values: "Numbers", weights: "Numbers", share: float) -> float:
    """The weighted quantile: halfway between neighbours where the share falls exactly between them (Hyndman and Fan
    type 2, which for the median is what schools teach). `values` are sorted and not empty.
    """
    import numpy as np

    heap = np.cumsum(weights)
    wanted = share * heap[-1]
    place = int(np.searchsorted(heap, wanted * (1 - 1e-12)))
    if math.isclose(heap[place], wanted, rel_tol=1e-9) and place + 1 < values.size:
        return (float(values[place]) + float(values[place + 1])) / 2
    return float(values[min(place, values.size - 1)])


def spread(values: "Numbers", weights: "Numbers | None" = None) -> Spread | None:
    """Figures of numbers, NaN being no answer. None where nobody answered."""
    import numpy as np

    here = ~np.isnan(values)
    mine = values[here].astype(np.float64)
    if not mine.size:
        return None
    own = np.ones(mine.size) if weights is None else weights[here].astype(np.float64)
    effective = kish(own)
    mean = float((mine * own).sum() / own.sum())
    between = float((own * (mine - mean) ** 2).sum() / own.sum())
    variance = between * effective / (effective - 1) if effective > 1 else 0.0
    half = student(effective - 1) * math.sqrt(variance / effective) if effective > 1 else math.inf
    order = None if weights is None else np.argsort(mine)
    ordered, stacked = (np.sort(mine), own) if order is None else (mine[order], own[order])
    low, middle, high = (quantile(ordered, stacked, share) for share in (0.25, 0.5, 0.75))
    return Spread(
        answers=int(mine.size),
        effective=effective,
        mean=mean,
        interval=(mean - half, mean + half),
        deviation=math.sqrt(variance),
        quartiles=(low, middle, high),
        least=float(ordered[0]),
        most=float(ordered[-1]),
    )


@lru_cache(maxsize=4096)
def student(freedom: float, share: float = USUAL) -> float:
    """The two-sided quantile of Student's distribution, e.g. 2.262 for 9 degrees of freedom; by Newton's steps, and for
    many degrees of freedom by its expansion (Fisher and Cornish 1960), right to eight decimals there.

    The tail falls ever more slowly, so that each step comes nearer from below and none leaps over.
    """
    if freedom <= 0:
        return math.inf
    if freedom > MANY and share == USUAL:
        z = Z95
        first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
        return z + first / freedom + second / freedom**2
    t = Z95 if share == USUAL else 0.0
    height = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    for _ in range(MOST_STEPS):
        density = height * (1 + t * t / freedom) ** (-(freedom + 1) / 2)
        if density == 0:
            return math.inf
        step = (_outside(t, freedom) - (1 - share)) / (2 * density)
        t += step
        if abs(step) <= NEAR * max(1.0, t):
            break
    return float(t)


def _outside(t: float, freedom: float) -> float:
    """How likely |T| > t."""
    return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def difference(one: float, answers: float, other: float, others: float) -> tuple[float, Interval]:
    """By how much a share differs from an earlier one, with its interval (Newcombe). In which 0 lies: maybe chance."""
    low, high = wilson(one, answers)
    lower, higher = wilson(other, others)
    gap = one - other
    below = math.sqrt((one - low) ** 2 + (higher - other) ** 2)
    above = math.sqrt((high - one) ** 2 + (other - lower) ** 2)
    return gap, (max(-1.0, gap - below), min(1.0, gap + above))


def difference_of_means(one: Spread, other: Spread) -> tuple[float, Interval]:
    """By how much a mean differs from an earlier one, with its interval (Welch 1947)."""
    gap = one.mean - other.mean
    if one.effective <= 1 or other.effective <= 1:
        return gap, (-math.inf, math.inf)
    mine, theirs = one.deviation**2 / one.effective, other.deviation**2 / other.effective
    if mine + theirs == 0:
        return gap, (gap, gap)
    freedom = (mine + theirs) ** 2 / (mine**2 / (one.effective - 1) + theirs**2 / (other.effective - 1))
    half = student(freedom) * math.sqrt(mine + theirs)
    return gap, (gap - half, gap + half)
