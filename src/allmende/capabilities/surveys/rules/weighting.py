"""Weights that make those who answered look like the city: raking against known margins. Pure; numpy when called.

Each answer's weight is turned, one margin after the other, until the weighted shares of every margin are those of the
census (iterative proportional fitting). Very large and very small weights are trimmed, so that no single person speaks
for many; what trimming loses of the margins is said. Weights sum up to the number of answers.

Sources: W. E. Deming and F. F. Stephan, On a least squares adjustment of a sampled frequency table when the expected
marginal totals are known, Annals of Mathematical Statistics 11 (1940); L. Kish, Survey Sampling (1965); trimming as in
D. Izrael et al., Extreme survey weight adjustment as a component of sample balancing, SAS Global Forum (2009).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allmende.capabilities.surveys.rules.tables import kish

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from allmende.capabilities.surveys.rules.tables import Codes, Numbers

LEAST, MOST = 0.2, 5.0
"""A weight outside of this is trimmed: nobody counts for less than a fifth of a person, or for more than five."""
STEPS = 200
NEAR = 1e-6
"""Shares that differ by less than this are the same."""


@dataclass(frozen=True)
class Margin:
    """One known distribution: `codes` of those who answered (-1: not known, their weight stays), and its `shares`."""

    name: str
    codes: "Codes"
    shares: Sequence[float]


@dataclass(frozen=True)
class Weighting:
    """The weights and how far they can be trusted."""

    weights: "Numbers"
    steps: int
    converged: bool
    largest_gap: float
    """By how much a weighted share still misses its margin, as a share."""
    effective: float
    """As many answers of a simple random sample would be as sure (Kish)."""
    trimmed: int
    missing: tuple[tuple[str, int], ...]
    """Groups (margin, place) that the census knows and of whom nobody answered: no weight can speak for them."""

    @property
    def design_effect(self) -> float:
        """How many times as many answers were needed as without weights."""
        return self.weights.size / self.effective if self.effective else 1.0


def rake(margins: Sequence[Margin], answers: int, *, least: float = LEAST, most: float = MOST) -> Weighting:
    """Weights for `answers` answers. Without margins, or without answers, everybody counts once."""
    import numpy as np

    weights: Numbers = np.ones(answers)
    missing: list[tuple[str, int]] = []
    wanted: list[tuple[npt.NDArray[np.integer], npt.NDArray[np.float64]]] = []
    for margin in margins:
        there = np.bincount(margin.codes[margin.codes >= 0], minlength=len(margin.shares)) > 0
        missing += [(margin.name, place) for place, share in enumerate(margin.shares) if share > 0 and not there[place]]
        shares = np.where(there, np.asarray(margin.shares, dtype=float), 0.0)
        if shares.sum() > 0 and answers:
            wanted.append((margin.codes, shares / shares.sum()))
    steps, gap, trimmed = 0, 0.0, np.zeros(answers, dtype=bool)
    while wanted and steps < STEPS:
        steps += 1
        for codes, shares in wanted:
            here = codes >= 0
            now = np.bincount(codes[here], weights=weights[here], minlength=shares.size)
            factors = np.divide(shares * now.sum(), now, out=np.ones(shares.size), where=now > 0)
            weights[here] *= factors[codes[here]]
        weights *= answers / weights.sum()
        weights, trimmed = _trimmed(weights, least, most)
        before, gap = gap, max(_gap(weights, codes, shares) for codes, shares in wanted)
        if gap < NEAR or (steps > 1 and abs(before - gap) < NEAR / 100):
            break
    return Weighting(
        weights=weights,
        steps=steps,
        converged=gap < NEAR,
        largest_gap=gap,
        effective=kish(weights) if answers else 0.0,
        trimmed=int(trimmed.sum()),
        missing=tuple(missing),
    )


def _trimmed(weights: "Numbers", least: float, most: float) -> "tuple[Numbers, npt.NDArray[np.bool_]]":
    """Weights between the bounds, what was cut off given to the others; and which ones were cut."""
    import numpy as np

    cut = np.zeros(weights.size, dtype=bool)
    while True:
        outside = (weights < least) | (weights > most)
        cut |= outside
        if not outside.any():
            return weights, cut
        weights = np.clip(weights, least, most)
        free = ~cut
        inside = weights[free].sum()
        if inside <= 0:
            return weights, cut
        weights[free] *= (weights.size - weights[cut].sum()) / inside


def _gap(weights: "Numbers", codes: "Codes", shares: "Numbers") -> float:
    import numpy as np

    here = codes >= 0
    now = np.bincount(codes[here], weights=weights[here], minlength=shares.size)
    return float(np.abs(now / now.sum() - shares).max())
