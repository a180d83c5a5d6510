"""Whether two questions hang together: χ² with its p value, Cramér's V, and what that means in plain words. Pure.

Sources: K. Pearson, Philosophical Magazine 50 (1900); W. G. Cochran, Some methods for strengthening the common
χ² tests, Biometrics 10 (1954), for the rule of expected counts; H. Cramér, Mathematical Methods of Statistics (1946),
21.9; J. Cohen, Statistical Power Analysis (1988), 7.2, for weak or strong. The incomplete gamma and beta functions
follow W. H. Press et al., Numerical Recipes (2007), 6.2 and 6.4, by series and Lentz's continued fractions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

EXPECTED = 5.0
"""Where fewer are expected in more than a fifth of the cells, or fewer than 1 in any, χ² is not to be trusted."""
SHARE_BELOW = 0.2
SIGNIFICANT = 0.05
_TINY, _PRECISION, _STEPS = 1e-300, 1e-15, 10_000


class Strength(StrEnum):
    """How strongly two questions hang together, by Cohen's w."""

    NONE = "none"
    WEAK = "weak"
    MEDIUM = "medium"
    STRONG = "strong"


class Verdict(StrEnum):
    """What may be said of a cross-table."""

    MORE_THAN_CHANCE = "more_than_chance"
    MAYBE_CHANCE = "maybe_chance"
    TOO_FEW = "too_few"
    NOTHING_TO_COMPARE = "nothing_to_compare"


@dataclass(frozen=True)
class Independence:
    """χ² of a table, after rows and columns without anybody are left out."""

    answers: int
    statistic: float
    freedom: int
    p: float
    cramers_v: float
    small: int
    """Cells in which fewer than five are expected."""
    cells: int
    least_expected: float

    @property
    def trustworthy(self) -> bool:
        return self.least_expected >= 1 and self.small <= SHARE_BELOW * self.cells

    @property
    def verdict(self) -> Verdict:
        if not self.freedom:
            return Verdict.NOTHING_TO_COMPARE
        if not self.trustworthy:
            return Verdict.TOO_FEW
        return Verdict.MORE_THAN_CHANCE if self.p < SIGNIFICANT else Verdict.MAYBE_CHANCE

    @property
    def strength(self) -> Strength:
        """Cohen's w is V·√(the smaller side of the table, less one)."""
        if not self.freedom:
            return Strength.NONE
        w = math.sqrt(self.statistic / self.answers)
        if w < 0.1:  # noqa: PLR2004  Cohen's bounds
            return Strength.NONE
        return Strength.WEAK if w < 0.3 else Strength.MEDIUM if w < 0.5 else Strength.STRONG  # noqa: PLR2004


def independence(table: Sequence[Sequence[int]]) -> Independence:
    """χ² of independence of a table of counts. A table of one row or column has nothing to compare: p is 1."""
    rows = [row for row in table if sum(row)]
    kept = [place for place, column in enumerate(zip(*rows, strict=True)) if sum(column)]
    counts = [[row[place] for place in kept] for row in rows]
    across = [sum(row) for row in counts]
    down = [sum(column) for column in zip(*counts, strict=True)]
    total = sum(across)
    freedom = (len(across) - 1) * (len(down) - 1) if total else 0
    if not freedom:
        return Independence(total, 0.0, 0, 1.0, 0.0, 0, 0, 0.0)
    expected = [[a * b / total for b in down] for a in across]
    statistic = sum(
        (count - awaited) ** 2 / awaited
        for row, awaits in zip(counts, expected, strict=True)
        for count, awaited in zip(row, awaits, strict=True)
    )
    flat = [awaited for row in expected for awaited in row]
    return Independence(
        answers=total,
        statistic=statistic,
        freedom=freedom,
        p=chi_square_p(statistic, freedom),
        cramers_v=min(1.0, math.sqrt(statistic / (total * (min(len(across), len(down)) - 1)))),
        small=sum(awaited < EXPECTED for awaited in flat),
        cells=len(flat),
        least_expected=min(flat),
    )


def chi_square_p(statistic: float, freedom: int) -> float:
    """How often chance alone gives at least this χ²."""
    return upper_gamma(freedom / 2, statistic / 2)


def upper_gamma(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(a, x), for a > 0 and x ≥ 0; from 1 down to 0."""
    if x <= 0:
        return 1.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        return max(0.0, 1.0 - scale * _gamma_series(a, x))
    return min(1.0, scale * _gamma_fraction(a, x))


def _gamma_series(a: float, x: float) -> float:
    term = total = 1.0 / a
    for step in range(1, _STEPS):
        term *= x / (a + step)
        total += term
        if term < total * _PRECISION:
            break
    return total


def _gamma_fraction(a: float, x: float) -> float:
    b = x + 1.0 - a
    c = 1.0 / _TINY
    d = 1.0 / b
    value = d
    for step in range(1, _STEPS):
        numerator = -step * (step - a)
        b += 2.0
        d = 1.0 / _not_zero(numerator * d + b)
        c = _not_zero(b + numerator / c)
        value *= d * c
        if abs(d * c - 1.0) < _PRECISION:
            break
    return value


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I(x; a, b), for a and b > 0; from 0 up to 1."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    scale = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )  # fmt: skip
    if x < (a + 1) / (a + b + 2):
        return scale * _beta_fraction(a, b, x) / a
    return 1.0 - scale * _beta_fraction(b, a, 1.0 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    c = 1.0
    d = 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1))
    value = d
    for step in range(1, _STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for numerator in (even, odd):
            d = 1.0 / _not_zero(1.0 + numerator * d)
            c = _not_zero(1.0 + numerator / c)
            value *= d * c
        if abs(d * c - 1.0) < _PRECISION:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
