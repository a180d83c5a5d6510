"""Distances within a city (equirectangular projection, good to a metre over some ten kilometres)."""

import math

METRES_PER_DEGREE = 111_320.0
"""Of latitude; of longitude times the cosine of the latitude (WGS 84)."""


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Between two positions (longitude, latitude)."""
    wide = (other[0] - one[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return math.hypot(wide, other[1] - one[1]) * METRES_PER_DEGREE
