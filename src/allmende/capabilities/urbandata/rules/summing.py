"""Hours, days and the newest value of a batch, in memory: what is then added to the rows that are there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3600


@dataclass(slots=True)
class Sum:
    """Numbers added up."""

    count: int
    total: float
    low: float
    high: float

    def add(self, other: "Sum") -> None:
        self.count += other.count
        self.total += other.total
        self.low = min(self.low, other.low)
        self.high = max(self.high, other.high)


@dataclass(slots=True)
class Newest:
    """Of one series: how many values, from when to when, and the last of them."""

    count: int
    first: datetime
    last: datetime
    number: float | None
    other: Any
    flags: int
    id: int
    result_first: datetime | None = None
    result_last: datetime | None = None


type Hours = dict[tuple[int, int], Sum]
"""(series, hours since 1970) → sum."""


def hours_of(values: Iterable[tuple[int, datetime, float | None]]) -> Hours:
    """`values`: series, instant, number. What is no number is in no sum."""
    found: Hours = {}
    for series, at, number in values:
        if number is None:
            continue
        key = (series, int(at.timestamp() // HOUR))
        held = found.get(key)
        if held is None:
            found[key] = Sum(1, number, number, number)
        else:
            held.count += 1
            held.total += number
            held.low = min(held.low, number)
            held.high = max(held.high, number)
    return found


def hour_start(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * HOUR, UTC)


def days_of(hours: Hours, zone: ZoneInfo) -> dict[tuple[int, date], Sum]:
    """Days of the zone. Hours are never cut by midnight: every German offset since 1893 is whole hours."""
    found: dict[tuple[int, date], Sum] = {}
    dates: dict[int, date] = {}
    for (series, hour), one in hours.items():
        day = dates.get(hour)
        if day is None:
            day = dates[hour] = hour_start(hour).astimezone(zone).date()
        held = found.get((series, day))
        if held is None:
            found[series, day] = Sum(one.count, one.total, one.low, one.high)
        else:
            held.add(one)
    return found
