"""What lies under the layers when no other ground is there: outlines of districts, streets once one looks closely."""

from typing import Any

from allmende.engines.places.models import District, Street
from allmende.engines.places.queries.grouping import Box

STREETS_FROM = 13.5
"""Zoom from which streets are drawn."""
MOST_STREETS = 3000


def districts() -> list[dict[str, Any]]:
    """GeoJSON features."""
    rows = District.objects.order_by("slug").values_list("slug", "name", "polygons", "longitude", "latitude")
    return [
        {
            "type": "Feature",
            "properties": {"slug": slug, "name": name, "lon": lon, "lat": lat},
            "geometry": {"type": "MultiPolygon", "coordinates": polygons},
        }
        for slug, name, polygons, lon, lat in rows
    ]


def streets(box: Box) -> list[dict[str, Any]]:
    """GeoJSON features of the streets whose lines touch the box."""
    rows = Street.objects.filter(
        west__lte=box.east, east__gte=box.west, south__lte=box.north, north__gte=box.south
    ).exclude(lines=[])
    return [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "MultiLineString", "coordinates": lines}}
        for name, lines in rows.order_by("id").values_list("name", "lines")[:MOST_STREETS]
    ]


def extent() -> tuple[float, float, float, float] | None:
    """West, south, east, north of all districts together."""
    rows = list(District.objects.values_list("west", "south", "east", "north"))
    if not rows:
        return None
    return min(r[0] for r in rows), min(r[1] for r in rows), max(r[2] for r in rows), max(r[3] for r in rows)
