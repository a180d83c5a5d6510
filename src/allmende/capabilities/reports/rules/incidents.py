"""When many reports are one incident: pure rules over kind, time and place.

Reports of one kind and office that lie within `REACH` of each other, directly or over others, belong together. They are
an incident when so many came within so short a time as the city decided. Later ones join while it goes on, near it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allmende.capabilities.reports.rules.ground import METRES_PER_DEGREE, metres_between

LEAST = 15
"""So many reports are an incident, unless the city decides otherwise."""
WITHIN = timedelta(minutes=30)
"""Within so short a time, unless the city decides otherwise."""
GOES_ON = timedelta(hours=2)
"""So long after the last report another one still belongs to it."""
REACH = 1500.0
"""Metres from one report to the next of the same incident: a storm is wide, lamps in two villages are not."""


@dataclass(frozen=True)
class Spot:
    """A report as these rules see it. `point` is longitude and latitude in degrees."""

    id: UUID
    point: tuple[float, float]
    at: datetime


@dataclass(frozen=True)
class Area:
    """The box around some spots."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, spots: Iterable[Spot]) -> "Area":
        points = [spot.point for spot in spots]
        longitudes, latitudes = [x for x, _y in points], [y for _x, y in points]
        return cls(min(longitudes), min(latitudes), max(longitudes), max(latitudes))

    def with_point(self, point: tuple[float, float]) -> "Area":
        return Area(
            min(self.west, point[0]), min(self.south, point[1]), max(self.east, point[0]), max(self.north, point[1])
        )

    def is_near(self, point: tuple[float, float]) -> bool:
        """Inside, or not farther away than one report may be from the next."""
        high = REACH / METRES_PER_DEGREE
        wide = _wide(high, point[1])
        return self.west - wide <= point[0] <= self.east + wide and self.south - high <= point[1] <= self.north + high


def _wide(high: float, latitude: float) -> float:
    return high / max(0.1, math.cos(math.radians(latitude)))


def groups(spots: Sequence[Spot]) -> list[frozenset[UUID]]:
    """Which belong together by place: neighbours of neighbours. Every spot is in exactly one group.

    Spots are sorted into squares of `REACH`, so that each is compared with those around it only.
    """
    squares: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    size = REACH / METRES_PER_DEGREE
    for number, spot in enumerate(spots):
        # Columns are as wide as at the equator, so one square may be narrower than the reach: look two to each side.
        squares[math.floor(spot.point[0] / size), math.floor(spot.point[1] / size)].append(number)
    left = set(range(len(spots)))
    found = []
    while left:
        first = left.pop()
        group, open_ = {first}, [first]
        while open_:
            here = spots[open_.pop()].point
            x, y = math.floor(here[0] / size), math.floor(here[1] / size)
            side = math.ceil(_wide(1.0, here[1] + size)) + 1
            for column in range(x - side, x + side + 1):
                for line in (y - 1, y, y + 1):
                    for other in squares.get((column, line), ()):
                        if other in left and metres_between(here, spots[other].point) <= REACH:
                            left.discard(other)
                            group.add(other)
                            open_.append(other)
        found.append(frozenset(spots[number].id for number in group))
    return found


def incident_of(fresh: Spot, others: Sequence[Spot], *, least: int, within: timedelta) -> frozenset[UUID]:
    """The reports that are an incident together with a fresh one; empty when they are too few for that.

    Only those count that came at most `within` before or after it.
    """
    near = [spot for spot in others if abs(spot.at - fresh.at) <= within and spot.id != fresh.id]
    mine = next(group for group in groups([fresh, *near]) if fresh.id in group)
    return mine if len(mine) >= max(2, least) else frozenset()


def goes_on(last_at: datetime, at: datetime) -> bool:
    """Whether a report that came then can still belong to it."""
    return at <= last_at + GOES_ON
