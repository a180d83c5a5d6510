"""What is usual at this hour of this weekday, and whether a value is not.

Compared is with the same hour of the same weekday over the last eight weeks. Usual is the middle half of these values
(first to third quartile). Unusual is what lies further than one and a half times that width outside of it (Tukey,
Exploratory Data Analysis, 1977, section 2D). With fewer than four weeks nothing is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import quantiles
from zoneinfo import ZoneInfo

WEEKS = 8
LEAST = 4
FENCE = 1.5
MARGIN = 0.1
"""Where every week was the same, a tenth of the value is no surprise yet."""


class Verdict(StrEnum):
    """How a value compares with what is usual."""

    UNKNOWN = "unknown"
    LOWER = "lower"
    USUAL = "usual"
    HIGHER = "higher"


@dataclass(frozen=True)
class Usual:
    """The middle half of what was measured at such an hour."""

    low: float
    middle: float
    high: float
    weeks: int


def weeks_before(at: datetime, zone: ZoneInfo) -> list[datetime]:
    """The same local hour, one to eight weeks ago: a clock that changed in between changes nothing for people."""
    local = at.astimezone(zone)
    return [(local - timedelta(weeks=week)).astimezone(at.tzinfo) for week in range(1, WEEKS + 1)]


def usual_of(values: Sequence[float]) -> Usual | None:
    """None where too little is known."""
    if len(values) < LEAST:
        return None
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return Usual(low, middle, high, len(values))


def usual_at(at: datetime, hours: Mapping[datetime, float], zone: ZoneInfo) -> Usual | None:
    """`hours`: start of an hour (UTC) → what was measured in it."""
    return usual_of([hours[before] for before in weeks_before(at, zone) if before in hours])


def verdict(value: float, usual: Usual | None) -> Verdict:
    if usual is None:
        return Verdict.UNKNOWN
    room = max((usual.high - usual.low) * FENCE, abs(usual.middle) * MARGIN)
    if value > usual.high + room:
        return Verdict.HIGHER
    return Verdict.LOWER if value < usual.low - room else Verdict.USUAL
