"""Counting what lies where without reading it: squares of a fine grid, summed up to the squares that a map shows.

A map that shows half a million things as two hundred markers reads a thousand rows. The grids lie still: a square of a
coarser one is made of whole squares of a finer one, so a marker counts exactly what lies in its square.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, F, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Floor

from allmende.core.actor import Viewer
from allmende.core.squares import Square, Squares
from allmende.engines.search.models import Cell, allowed

LEVELS = (13, 14, 15)
"""Zooms of the map of whose squares the cells are. Coarser looks are summed from the first, finer ones are not kept."""
CELL, TILE = 72, 512
"""Pixels of a square and of the whole world at zoom 0, as `places` draws them."""
HIGH = 0.6
"""Height of a cell by its width, in degrees: about as wide as high at the latitude of Germany."""
HALF = 2**64


def width_of(level: int) -> float:
    """Degrees."""
    return float(360 / 2**level * CELL / TILE)


def squares(viewer: Viewer, asked: Squares) -> list[Square]:
    """What this viewer may see in the box, per square of `asked.width` by `asked.height` degrees.

    Only where the squares are at least two cells wide; finer ones give an empty list. One query.
    """
    level = next((one for one in LEVELS if asked.width >= 2 * width_of(one) * 0.999), None)
    if level is None:
        return []
    cell = width_of(level)
    columns = max(1, round(asked.width / cell))
    lines = max(1, round(asked.height / (cell * HIGH)))
    west, south, east, north = asked.box
    rows = _narrowed(viewer, asked.kinds, asked.district, level).filter(
        column__range=(int(west // cell), int(east // cell)),
        line__range=(int(south // (cell * HIGH)), int(north // (cell * HIGH))),
    )
    whole = IntegerField()
    grid = rows.annotate(
        x=Floor(F("column") * Value(1.0) / Value(float(columns)), output_field=whole),
        y=Floor(F("line") * Value(1.0) / Value(float(lines)), output_field=whole),
    )
    found = (
        grid.order_by()
        .values("capability", "kind", "x", "y")
        .annotate(
            number=Sum("count"), lon=Sum("longitudes"), lat=Sum("latitudes"),
            one=_Xor(F("first")), two=_Xor(F("second")),
        )
        .filter(number__gt=0)
    )  # fmt: skip
    return [
        Square(
            row["capability"], row["kind"], row["number"], row["lon"] / row["number"], row["lat"] / row["number"],
            _id(row["one"], row["two"]) if row["number"] == 1 else None,
        )
        for row in found
    ]  # fmt: skip


def _narrowed(viewer: Viewer, kinds: Collection[tuple[str, str]], district: str, level: int) -> QuerySet[Any]:
    chosen = Q()
    for capability, kind in sorted(kinds):
        chosen |= Q(capability=capability, kind=kind)
    rows = Cell.objects.filter(chosen, allowed(viewer), level=level)
    return rows.filter(district=district) if district else rows


class _Xor(Aggregate):
    """Of bits; where one row is left, that row's own (PostgreSQL 14)."""

    function = "bit_xor"


def _id(first: int, second: int) -> UUID:
    return UUID(int=(first % HALF) * HALF + second % HALF)
