"""Numbers in classes of round width, so that a picture of them has few bars. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allmende.capabilities.surveys.rules.tables import NOTHING, Spread

if TYPE_CHECKING:
    from allmende.capabilities.surveys.rules.tables import Codes, Numbers

MOST = 8
"""Classes at most; two more take what lies far outside."""
FAR = 3.0
"""What lies further out than this many interquartile ranges goes into „unter“ and „über“."""


@dataclass(frozen=True)
class Classes:
    """Half-open classes [edges[i], edges[i+1]); the first and the last take all that lies outside."""

    codes: "Codes"
    edges: tuple[float, ...]
    whole: bool

    @property
    def labels(self) -> list[dict[str, str]]:
        return [self.label((place,)) for place in range(len(self.names))]

    @property
    def names(self) -> list[str]:
        return [f"{edge:g}" for edge in self.edges[:-1]]

    def label(self, part: Sequence[int]) -> dict[str, str]:
        """„18 bis 24“ of whole numbers, „18 bis unter 25“ of others, „unter 18“ and „65 und mehr“ at the ends."""
        low, high = self.edges[part[0]], self.edges[part[-1] + 1]
        if math.isinf(low) and math.isinf(high):
            return {"de": "alle", "en": "all"}
        if math.isinf(low):
            return {"de": f"unter {_german(high)}", "en": f"below {high:g}"}
        if math.isinf(high):
            return {"de": f"{_german(low)} und mehr", "en": f"{low:g} and more"}
        if self.whole and high - low == 1:
            return {"de": _german(low), "en": f"{low:g}"}
        if self.whole:
            return {"de": f"{_german(low)} bis {_german(high - 1)}", "en": f"{low:g} to {high - 1:g}"}
        return {"de": f"{_german(low)} bis unter {_german(high)}", "en": f"{low:g} to below {high:g}"}


def classes(values: "Numbers", spread: Spread) -> Classes:
    """Classes of a column that is not empty."""
    import numpy as np

    here = ~np.isnan(values)
    given = values[here]
    whole = bool((given == np.floor(given)).all())
    low, high = _core(spread)
    width = _width(high - low, whole=whole)
    first, last = math.floor(low / width) * width, (math.floor(high / width) + 1) * width
    edges = [first + step * width for step in range(round((last - first) / width) + 1)]
    if spread.least < edges[0]:
        edges.insert(0, -math.inf)
    if spread.most >= edges[-1]:
        edges.append(math.inf)
    codes = np.full(values.size, NOTHING, dtype=np.int16)
    codes[here] = np.clip(np.searchsorted(np.array(edges), given, side="right") - 1, 0, len(edges) - 2)
    return Classes(codes, tuple(round(edge, 10) for edge in edges), whole)


def _core(spread: Spread) -> tuple[float, float]:
    """Where nearly all lie: a single number far away must not make all bars but two empty."""
    low, _middle, high = spread.quartiles
    reach = FAR * (high - low)
    if reach == 0:
        return spread.least, spread.most
    return max(spread.least, low - reach), min(spread.most, high + reach)


def _width(reach: float, *, whole: bool) -> float:
    """1, 2 or 5 times a power of ten, so that at most `MOST` classes hold the reach."""
    if reach <= 0:
        return 1.0
    least = reach / (MOST - 1)
    power = 10.0 ** math.floor(math.log10(least))
    width = next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))
    return max(1.0, width) if whole else width


def _german(number: float) -> str:
    return f"{number:g}".replace(".", ",")
