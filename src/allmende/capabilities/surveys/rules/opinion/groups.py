"""Groups of people who vote alike: k-means in the plane, their number by silhouette, their stability by resampling."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allmende.capabilities.surveys.rules.opinion.agreement import adjusted_rand_index
from allmende.capabilities.surveys.rules.opinion.space import plane_of
from allmende.capabilities.surveys.rules.opinion.votes import Votes

if TYPE_CHECKING:
    import numpy as np
    from numpy import float64, int8
    from numpy.typing import NDArray

MOST_GROUPS = 5
LEAST_PEOPLE = 5
"""A group of fewer is never told apart: its members could be known."""
KEEPS = 0.02
"""While people vote, the number of groups stays unless another one is better by this much of the silhouette."""
SAMPLE, STARTS, ROUNDS = 4000, 8, 60
COMPARED = 1000
"""People whose distances to one another are looked at for the silhouette."""
HALVES, HALF = 10, 2000


@dataclass(frozen=True)
class Grouping:
    """`labels` per person, the largest group first; `silhouette` from -1 to 1: how well people fit their own group."""

    labels: "NDArray[int8]"
    centres: "NDArray[float64]"
    silhouette: float

    @property
    def number(self) -> int:
        return len(self.centres)


def nearest(points: "NDArray[float64]", centres: "NDArray[float64]") -> "NDArray[int8]":
    """The centre next to each point."""
    import numpy as np

    # |p - c|² without |p|², which is the same for all centres
    return ((centres**2).sum(axis=1) - 2 * points @ centres.T).argmin(axis=1).astype(np.int8)


def _settle(points: "NDArray[float64]", centres: "NDArray[float64]", rounds: int) -> "NDArray[float64]":
    """Lloyd's rounds: everybody goes to the nearest centre, every centre to the middle of its people."""
    import numpy as np

    for _round in range(rounds):
        labels = nearest(points, centres)
        sizes = np.bincount(labels, minlength=len(centres))
        sums = [np.bincount(labels, weights=points[:, axis], minlength=len(centres)) for axis in (0, 1)]
        new = np.where(sizes[:, None] > 0, np.stack(sums, axis=1) / np.maximum(sizes, 1)[:, None], centres)
        if np.allclose(new, centres, rtol=1e-6, atol=1e-9):
            break
        centres = new
    return centres


def _spread(points: "NDArray[float64]", number: int, random: "np.random.Generator") -> "NDArray[float64]":
    """First centres far from one another (k-means++; Arthur and Vassilvitskii 2007)."""
    import numpy as np

    centres = [points[random.integers(len(points))]]
    far = np.full(len(points), np.inf)
    while len(centres) < number:
        far = np.minimum(far, ((points - centres[-1]) ** 2).sum(axis=1))
        total = far.sum()
        centres.append(points[random.choice(len(points), p=far / total)] if total else points[0])
    return np.stack(centres)


def _centres(
    points: "NDArray[float64]", number: int, random: "np.random.Generator", before: "NDArray[float64] | None" = None
) -> "NDArray[float64]":
    """The best of several starts on a sample, settled on everybody. `before` is one more start."""
    import numpy as np

    sample = points if len(points) <= SAMPLE else points[random.choice(len(points), SAMPLE, replace=False)]
    starts = [_spread(sample, number, random) for _start in range(STARTS)]
    if before is not None and len(before) == number:
        starts.append(before)
    tried = [_settle(sample, start, ROUNDS) for start in starts]
    spreads = [((sample - centres[nearest(sample, centres)]) ** 2).sum() for centres in tried]
    return _settle(points, tried[int(np.argmin(spreads))], ROUNDS)


def silhouette(points: "NDArray[float64]", labels: "NDArray[int8]", number: int) -> float:
    """Mean silhouette (Rousseeuw 1987), over at most `COMPARED` points spread evenly over the rows."""
    import numpy as np

    step = max(1, -(-len(points) // COMPARED))
    points, labels = points[::step], labels[::step]
    sizes = np.bincount(labels, minlength=number)
    if (sizes == 0).any():
        return -1.0
    apart = np.sqrt(((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2))
    to_group = np.stack([apart[:, labels == group].sum(axis=1) for group in range(number)], axis=1)
    rows = np.arange(len(points))
    own = to_group[rows, labels] / np.maximum(sizes[labels] - 1, 1)
    others = to_group / sizes
    others[rows, labels] = np.inf
    other = others.min(axis=1)
    larger = np.maximum(own, other)
    fit = np.where((larger > 0) & (sizes[labels] > 1), (other - own) / np.where(larger > 0, larger, 1), 0.0)
    return float(fit.mean())


def _ordered(points: "NDArray[float64]", centres: "NDArray[float64]", *, as_they_are: bool) -> Grouping:
    import numpy as np

    labels = nearest(points, centres)
    if not as_they_are:
        order = np.argsort(-np.bincount(labels, minlength=len(centres)), kind="stable")
        centres = centres[order]
        labels = nearest(points, centres)
    return Grouping(labels, centres, silhouette(points, labels, len(centres)))


def _matched(centres: "NDArray[float64]", before: "NDArray[float64]") -> "NDArray[float64]":
    """The centres in the order of the nearest ones before, so that group A stays group A."""
    from itertools import permutations

    import numpy as np

    number = len(centres)
    ways = list(permutations(range(number)))
    costs = [sum(((centres[way[i]] - before[i]) ** 2).sum() for i in range(number)) for way in ways]
    return centres[list(ways[int(np.argmin(costs))])]


def group(points: "NDArray[float64]", *, before: "NDArray[float64] | None" = None, seed: int = 0) -> Grouping | None:
    """Two to five groups, as many as fit best; None where no number gives every group `LEAST_PEOPLE`.

    The same points and seed give the same groups. `before` are the centres of the last time.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    found: dict[int, Grouping] = {}
    for number in range(2, MOST_GROUPS + 1):
        if len(points) < number * LEAST_PEOPLE:
            break
        centres = _centres(points, number, random, before)
        matched = before is not None and len(before) == number
        if before is not None and matched:
            centres = _matched(centres, before)
        grouping = _ordered(points, centres, as_they_are=matched)
        if np.bincount(grouping.labels, minlength=number).min() >= LEAST_PEOPLE:
            found[number] = grouping
    if not found:
        return None
    best = max(found.values(), key=lambda one: one.silhouette)
    kept = found.get(len(before)) if before is not None else None
    return kept if kept is not None and kept.silhouette >= best.silhouette - KEEPS else best


def stability(votes: Votes, labels: "NDArray[int8]", number: int, *, seed: int = 0) -> float:
    """Whether half of the people would have shown the same groups: 1 always the same, about 0 as by chance.

    Ten times half of the people (at most `HALF`) are drawn, plane and groups are computed from their votes alone, and
    compared with the groups of everybody by the adjusted Rand index; told is the mean. `votes` are those of the
    people placed, counting and ordered by person, `labels` their groups.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    size = min(HALF, votes.number_of_people // 2)
    agreements = []
    for _half in range(HALVES):
        drawn = np.sort(random.choice(votes.number_of_people, size, replace=False))
        some = votes.of(drawn)
        points = plane_of(some).place(some)
        again = nearest(points, _centres(points, number, random))
        agreements.append(adjusted_rand_index(again.tolist(), labels[drawn].tolist()))
    return float(np.mean(agreements))
