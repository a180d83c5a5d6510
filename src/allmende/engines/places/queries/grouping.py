"""Things of the map counted by the squares of a grid: one by one, or from squares that are kept counted."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, F, FloatField, Q, QuerySet, Sum, UUIDField, Value
from django.db.models.functions import Floor

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import Invalid
from allmende.core.squares import Squares
from allmende.engines.places.queries import plane

CELL = 72
"""Pixels of the map within which things become one marker: as wide as a marker and the gap to the next."""
TILE = 512
"""Pixels of the whole world at zoom 0 in MapLibre."""
MANY = 12_000
"""From so many things in sight on, the squares that are kept counted are summed up instead of the things themselves."""
MOST_CELLS = 2500
"""A wider look than a screen is answered more coarsely."""
DEEPEST = 19

type Kinds = Collection[tuple[str, str]]
"""Pairs of room and kind."""


@dataclass(frozen=True)
class Box:
    """What the map shows, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Box":
        """„12.0,50.8,12.2,50.9“ as GeoJSON orders it (RFC 7946, section 5); raises Invalid."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError as error:
            raise Invalid("bbox: west,south,east,north") from error
        whole = all(math.isfinite(value) for value in (west, south, east, north))
        if not whole or west > east or south > north or abs(south) > 90 or abs(north) > 90 or east - west > 360:  # noqa: PLR2004 - degrees
            raise Invalid("bbox: west,south,east,north")
        return cls(west, south, east, north)


class _Any(Aggregate):
    """One of them, whichever (PostgreSQL 16: any_value)."""

    function = "any_value"


def grouped(rows: QuerySet[Any], per: Sequence[str], box: Box | None, zoom: float) -> list[dict[str, Any]]:
    """Things per cell of a grid that lies still while the map moves. `one` is the id of one of them."""
    width, height = _size(box, zoom)
    fine = FloatField()
    grid = rows.annotate(
        column=Floor(F("longitude") / Value(width, output_field=fine)),
        line=Floor(F("latitude") / Value(height, output_field=fine)),
    )
    found = (
        grid.order_by()
        .values(*per, "column", "line")
        .annotate(count=Count("*"), lon=Sum("longitude"), lat=Sum("latitude"), one=_Any("pk", output_field=UUIDField()))
    )
    return [{**row, "lon": row["lon"] / row["count"], "lat": row["lat"] / row["count"]} for row in found]


def summed(kinds: Kinds, box: Box | None, district: str, viewer: Viewer, zoom: float) -> list[dict[str, Any]]:
    """The same from the squares that are kept counted; empty where there is not much to see, or squares are too small.

    A square at the edge counts whole as soon as a part of it is in sight.
    """
    counted = manifest.lookup().squares
    if counted is None or box is None:
        return []
    width, height = _size(box, zoom)
    edges = (box.west, box.south, box.east, box.north)
    found = counted(viewer, Squares(kinds, edges, width, height, district))
    if sum(square.count for square in found) < MANY:
        return []
    return [
        {"capability": one.capability, "kind": one.kind, "count": one.count, "lon": one.longitude, "lat": one.latitude,
         "one": one.one}
        for one in found
    ]  # fmt: skip


def _size(box: Box | None, zoom: float) -> tuple[float, float]:
    """Width and height of a cell in degrees."""
    level = math.floor(max(0.0, min(zoom, DEEPEST)))
    width = 360 / 2**level * CELL / TILE
    middle = (box.south + box.north) / 2 if box else 50.0
    height = width * max(0.05, plane.scale(middle))
    if box:
        cells = ((box.east - box.west) / width) * ((box.north - box.south) / height)
        if cells > MOST_CELLS:
            factor = 2 ** math.ceil(math.log2(cells / MOST_CELLS) / 2)
            width, height = width * factor, height * factor
    return width, height


def of_kinds(kinds: Kinds) -> Q:
    chosen = Q()
    for capability, kind in sorted(kinds):
        chosen |= Q(capability=capability, kind=kind)
    return chosen


def counted_kinds(
    entries: QuerySet[Any], kinds: Kinds, box: Box | None, district: str, viewer: Viewer
) -> list[tuple[str, str, int]]:
    """How many of each kind: from the squares that are kept counted, where no box cuts them."""
    counted = manifest.lookup().squares
    if counted is not None and box is None:
        whole = counted(viewer, Squares(kinds, (-180.0, -90.0, 180.0, 90.0), 360.0, 180.0, district))
        found = [(square.capability, square.kind, square.count) for square in whole]
        if sum(count for _capability, _kind, count in found) >= MANY:
            entries = entries.filter(visible_from__isnull=False)  # what was held back once is not among them
        else:
            found = []
    else:
        found = []
    rows = entries.order_by().values_list("capability", "kind").annotate(Count("pk"))
    return [*found, *((capability, kind, count) for capability, kind, count in rows)]
