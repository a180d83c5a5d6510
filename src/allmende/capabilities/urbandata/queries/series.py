"""Series for people: the list, one of them, what was measured."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from allmende.capabilities.urbandata.models import Datastream, Day, Hour, Observation
from allmende.capabilities.urbandata.rules.usual import WEEKS

PAGE = 30
SHOWN = timedelta(days=7)
"""What the chart of a series shows."""
MOST_ROWS = 200_000
"""Of one file."""


def _with_all() -> QuerySet[Datastream]:
    return Datastream.objects.select_related("thing", "observed_property", "sensor", "standing", "total")


def listed(*, words: str = "", after: int = 0) -> tuple[list[Datastream], int | None]:
    """A page of series that are no parts of others, and the mark of the next page."""
    rows = _with_all().filter(number__gt=after)
    if words:
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(thing__name__icontains=words)
            | Q(observed_property__name__icontains=words)
            | Q(description__icontains=words)
        )
    else:
        rows = rows.filter(total=None)
    found = list(rows.order_by("number")[: PAGE + 1])
    more = len(found) > PAGE
    return found[:PAGE], found[PAGE - 1].number if more else None


def counted() -> int:
    return Datastream.objects.count()


def by_number(number: int) -> Datastream | None:
    return _with_all().filter(number=number).first() if number < 2**63 else None


def by_ids(ids: Collection[UUID]) -> Sequence[Datastream]:
    return list(_with_all().prefetch_related("thing__locations").filter(pk__in=ids))


def parts_of(series: Datastream) -> Sequence[Datastream]:
    return list(_with_all().filter(total=series).order_by("number"))


def point_of(series: Datastream) -> tuple[float, float] | None:
    """Longitude and latitude of the thing, where its place is a point."""
    for place in series.thing.locations.all():
        found = place.location if isinstance(place.location, dict) else {}
        found = found.get("geometry", found) if found.get("type") == "Feature" else found
        if isinstance(found, dict) and found.get("type") == "Point":
            match found.get("coordinates"):
                case [int() | float() as x, int() | float() as y, *_] if -180 <= x <= 180 and -90 <= y <= 90:  # noqa: PLR2004
                    return float(x), float(y)
    return None


def hours(series: Datastream, last: datetime) -> dict[datetime, float]:
    """Start of each hour → what was measured in it (amount or mean): the days shown, and the weeks to compare with."""
    since = last - SHOWN - timedelta(weeks=WEEKS, days=1)
    rows = Hour.objects.filter(datastream=series, start__gte=since, start__lte=last)
    return {
        start: total if series.is_amount else total / count
        for start, total, count in rows.order_by("start").values_list("start", "total", "count")
    }


@dataclass(frozen=True)
class DayRow:
    """A day in the table beside the chart."""

    day: date
    value: float
    low: float
    high: float
    count: int


def days(series: Datastream, until: date, most: int = 14) -> list[DayRow]:
    """The newest first."""
    rows = Day.objects.filter(datastream=series, day__lte=until).order_by("-day")[:most]
    return [
        DayRow(one.day, one.total if series.is_amount else one.total / one.count, one.low, one.high, one.count)
        for one in rows
    ]


def values(series: Datastream, since: datetime, until: datetime) -> Iterator[tuple[datetime, Any, int]]:
    """(time, result, flags) in order, at most `MOST_ROWS`; the end is exclusive."""
    rows = Observation.objects.filter(datastream=series, time__gte=since, time__lt=until)
    found = rows.order_by("time", "id").values_list("time", "result_number", "result_other", "flags")[:MOST_ROWS]
    for at, number, other, flags in found.iterator(chunk_size=10_000):
        yield at.astimezone(UTC), number if number is not None else other, flags


def hourly(series: Datastream, since: datetime, until: datetime) -> Iterator[tuple[Any, ...]]:
    rows = Hour.objects.filter(datastream=series, start__gte=since, start__lt=until).order_by("start")
    yield from rows.values_list("start", "count", "total", "low", "high")[:MOST_ROWS].iterator(chunk_size=10_000)
