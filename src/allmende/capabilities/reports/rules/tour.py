"""In which order a crew drives: nearest neighbour first, then 2-opt until no turn can be undone. Pure.

Croes, G. A. (1958), „A method for solving traveling-salesman problems“, Operations Research 6(6). An open way: it
begins at the start and ends at the last stop. Straight lines stand for streets; within a city that orders well enough.
"""

from collections.abc import Sequence
from itertools import pairwise

from allmende.capabilities.reports.rules.ground import metres_between
from allmende.capabilities.reports.rules.routing import Point

MOST = 60
"""Stops of one tour: more are not driven in a day, and 2-opt grows with their square."""
LEAST_GAIN = 0.01
"""Metres: smaller gains are rounding."""


def length(start: Point | None, stops: Sequence[Point]) -> float:
    """Metres of the way through the stops in their order."""
    way = [*([start] if start is not None else []), *stops]
    return sum(metres_between(one, other) for one, other in pairwise(way))


def nearest_first(start: Point | None, stops: Sequence[Point]) -> list[int]:
    """Places in `stops`: always on to the nearest that is left. Without a start it begins with the first."""
    left = list(range(len(stops)))
    order: list[int] = []
    here = start
    while left:
        found = left[0] if here is None else _nearest(here, left, stops)
        left.remove(found)
        order.append(found)
        here = stops[found]
    return order


def _nearest(here: Point, left: Sequence[int], stops: Sequence[Point]) -> int:
    return min(left, key=lambda place: (metres_between(here, stops[place]), place))


def ordered(start: Point | None, stops: Sequence[Point]) -> list[int]:
    """Places in `stops` in the order to drive. Without a start the first stop stays the first."""
    order = nearest_first(start, stops)
    points = [stops[place] for place in order]
    fixed = 0 if start is not None else 1
    better = len(points) > 2  # noqa: PLR2004 - nothing to turn round
    while better:
        better = False
        for first in range(fixed, len(points) - 1):
            before = start if first == 0 else points[first - 1]
            assert before is not None, "without a start nothing before the first is turned"
            for last in range(first + 1, len(points)):
                if _gain(before, points, first, last) > LEAST_GAIN:
                    points[first : last + 1] = reversed(points[first : last + 1])
                    order[first : last + 1] = reversed(order[first : last + 1])
                    better = True
    return order


def _gain(before: Point, points: Sequence[Point], first: int, last: int) -> float:
    """Metres that are saved by driving the stops from `first` to `last` the other way round."""
    old, new = metres_between(before, points[first]), metres_between(before, points[last])
    if last + 1 < len(points):
        old += metres_between(points[last], points[last + 1])
        new += metres_between(points[first], points[last + 1])
    return old - new
