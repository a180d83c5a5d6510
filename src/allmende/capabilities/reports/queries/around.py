"""Around a place: the condition that PostgreSQL's own index of points answers."""

import math

from django.db.models import BooleanField, F, FloatField, Func, Value

from allmende.capabilities.reports.rules.ground import METRES_PER_DEGREE


def within_box(west: float, south: float, east: float, north: float) -> Func:
    """Whether a report's position lies in a box of degrees; for `filter`."""
    corners = [_point(Value(x, FloatField()), Value(y, FloatField())) for x, y in ((west, south), (east, north))]
    here = _point(F("longitude"), F("latitude"))
    box = Func(*corners, function="box", output_field=FloatField())
    return Func(here, box, template="%(expressions)s", arg_joiner=" <@ ", output_field=BooleanField())


def _point(x: F | Value, y: F | Value) -> Func:
    return Func(x, y, function="point", output_field=FloatField())


def within(point: tuple[float, float], metres: float) -> Func:
    """The square around a point (longitude, latitude), each side so many metres from it."""
    longitude, latitude = point
    high = metres / METRES_PER_DEGREE
    wide = high / max(0.1, math.cos(math.radians(latitude)))
    return within_box(longitude - wide, latitude - high, longitude + wide, latitude + high)
