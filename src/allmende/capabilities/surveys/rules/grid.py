"""Places and routes as hexagons, never as points: how many people named something in each. Pure.

Hexagons lie in a plane of metres that touches the earth at the city's centre (equirectangular; over a city the error
stays below a hundredth). Behind every hexagon shown stand at least `least` people; the others are counted together, and
where they are is not told. So that the rest is not one hexagon's number, it is either of many people or of none.
Axial coordinates: A. Patel, Hexagonal Grids (2013).
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

METRES = 111_320.0
"""Of a degree of latitude."""
SIZE = 300.0
"""Side of a hexagon in metres: some 0.23 square kilometres."""
LONGEST = 200_000.0
"""Metres of a route that are looked at."""
type Point = tuple[float, float]
"""Longitude, latitude."""
type Hex = tuple[int, int]


@dataclass(frozen=True)
class Field:
    """One hexagon and how many different people named something in it."""

    people: int
    centre: Point
    corners: tuple[Point, ...]


@dataclass(frozen=True)
class Grid:
    """All that is shown, most named first, and how many people named only what is not shown apart."""

    fields: tuple[Field, ...]
    elsewhere: int
    answers: int


def grid(drawn: Iterable[Sequence[Point]], centre: Point, *, least: int, size: float = SIZE) -> Grid:
    """One item of `drawn` is what one person named: a point, or the line of a route. A hexagon counts them once."""
    people: dict[Hex, set[int]] = defaultdict(set)
    answers = 0
    for person, points in enumerate(drawn):
        answers += 1
        for one in _along([_metres(point, centre) for point in points], size / 2):
            people[_hex(one, size)].add(person)
    order = sorted(people, key=lambda one: (-len(people[one]), one))
    shown = [one for one in order if len(people[one]) >= least]
    while shown:
        apart: set[int] = set().union(*(people[one] for one in shown))
        rest = answers - len(apart)
        if not 0 < rest < least:
            break
        shown.pop()
    covered = len(set().union(*(people[one] for one in shown))) if shown else 0
    fields = tuple(
        Field(
            len(people[one]),
            _degrees(_middle(one, size), centre),
            tuple(_degrees(corner, centre) for corner in _corners(_middle(one, size), size)),
        )
        for one in shown
    )
    return Grid(fields, answers - covered, answers)


def _metres(point: Point, centre: Point) -> Point:
    return (
        (point[0] - centre[0]) * METRES * math.cos(math.radians(centre[1])),
        (point[1] - centre[1]) * METRES,
    )


def _degrees(place: Point, centre: Point) -> Point:
    return (
        round(centre[0] + place[0] / (METRES * math.cos(math.radians(centre[1]))), 6),
        round(centre[1] + place[1] / METRES, 6),
    )


def _along(line: Sequence[Point], step: float) -> Iterable[Point]:
    """The points of a line, no further from each other than `step`, up to the longest route."""
    yield from line[:1]
    gone = 0.0
    for start, end in itertools.pairwise(line):
        length = math.dist(start, end)
        gone += length
        if gone > LONGEST:
            return
        pieces = max(1, math.ceil(length / step))
        for piece in range(1, pieces + 1):
            share = piece / pieces
            yield start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _hex(place: Point, size: float) -> Hex:
    """The hexagon (pointed above) in which a place lies: cube coordinates, rounded."""
    q = (math.sqrt(3) / 3 * place[0] - place[1] / 3) / size
    r = (2 / 3 * place[1]) / size
    s = -q - r
    round_q, round_r, round_s = round(q), round(r), round(s)
    off_q, off_r, off_s = abs(round_q - q), abs(round_r - r), abs(round_s - s)
    if off_q > off_r and off_q > off_s:
        round_q = -round_r - round_s
    elif off_r > off_s:
        round_r = -round_q - round_s
    return round_q, round_r


def _middle(one: Hex, size: float) -> Point:
    return size * math.sqrt(3) * (one[0] + one[1] / 2), size * 1.5 * one[1]


def _corners(middle: Point, size: float) -> list[Point]:
    angles = [math.radians(60 * number - 30) for number in range(7)]
    return [(middle[0] + size * math.cos(angle), middle[1] + size * math.sin(angle)) for angle in angles]
