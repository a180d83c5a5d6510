"""Between degrees and metres on the plane of Web Mercator (EPSG:3857), which keeps angles."""

import math

RADIUS = 6_378_137.0
"""Metres, of the sphere that EPSG:3857 uses."""
TOP = 85.0511287798066
"""Degrees of latitude where that plane is a square."""


def metres(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to metres on the plane; latitudes beyond the square are moved onto its edge."""
    latitude = max(-TOP, min(TOP, latitude))
    return (
        RADIUS * math.radians(longitude),
        RADIUS * math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)),
    )


def scale(latitude: float) -> float:
    """Real metres per metre on the plane at this latitude."""
    return math.cos(math.radians(latitude))


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Real metres between two positions in degrees; good to a thousandth within a city."""
    (ax, ay), (bx, by) = metres(*a), metres(*b)
    return math.hypot(ax - bx, ay - by) * scale((a[1] + b[1]) / 2)
