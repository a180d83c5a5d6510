"""The map as a picture that shows nobody alone: how many people of a group stand in each field of a grid."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allmende.capabilities.surveys.rules.opinion.findings import LEAST_PEOPLE

if TYPE_CHECKING:
    from numpy import float64, int8
    from numpy.typing import NDArray

GRIDS = (24, 20, 16, 12, 10, 8, 6, 5, 4)
"""Fields across the picture, from the finest."""
SHOWN = 0.8
"""The finest grid is taken that shows at least this share of the people."""


@dataclass(frozen=True)
class Spot:
    """`people` of one group stand at x, y (0 to 1, y upwards)."""

    x: float
    y: float
    group: int
    people: int


@dataclass(frozen=True)
class Picture:
    spots: tuple[Spot, ...]
    hidden: int
    """People who stand in fields with fewer than five of their group: not drawn."""


def picture(points: "NDArray[float64]", labels: "NDArray[int8]") -> Picture:
    """The picture of those placed. The outermost hundredth on each side is moved to the edge, so that few people far
    out do not press all others together.
    """
    import numpy as np

    kept = labels >= 0
    points, labels = points[kept], labels[kept]
    if not len(points):
        return Picture((), 0)
    low, high = np.quantile(points, 0.01, axis=0), np.quantile(points, 0.99, axis=0)
    width = np.where(high > low, high - low, 1.0)
    scaled = np.clip((points - low) / width, 0, 1)
    best: tuple[Spot, ...] = ()
    for fields in GRIDS:
        cells = np.minimum((scaled * fields).astype(int), fields - 1)
        people = Counter(zip(cells[:, 0].tolist(), cells[:, 1].tolist(), labels.tolist(), strict=True))
        best = tuple(
            Spot((x + 0.5) / fields, (y + 0.5) / fields, group, number)
            for (x, y, group), number in sorted(people.items())
            if number >= LEAST_PEOPLE
        )
        if sum(spot.people for spot in best) >= SHOWN * len(points):
            break
    return Picture(best, len(points) - sum(spot.people for spot in best))
