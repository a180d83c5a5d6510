"""The last days of a series as lines of an SVG: what was measured, and behind it what is usual. Pure, in pixels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from allmende.capabilities.urbandata.rules.usual import Usual

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 24, 28
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Tick:
    """A day's beginning on the axis."""

    x: float
    at: datetime


@dataclass(frozen=True)
class Chart:
    """Attributes `d` of paths, and what stands beside the lines."""

    line: str
    band: str
    ticks: Sequence[Tick]
    base: float
    top: float
    high: float
    """The value at `top`."""
    last: tuple[float, float] | None


def chart_of(
    hours: Mapping[datetime, float], usual: Mapping[datetime, Usual], *, since: datetime, until: datetime,
    zone: ZoneInfo,
) -> Chart | None:  # fmt: skip
    """`since` and `until` are starts of hours; hours without a value break the line. None without any value."""
    starts = [since + place * HOUR for place in range(int((until - since) / HOUR) + 1)]
    values = [hours[at] for at in starts if at in hours]
    if not values:
        return None
    reach = [*values, *(usual[at].high for at in starts if at in usual)]
    low, high = min(0.0, *values, *(usual[at].low for at in starts if at in usual)), max(reach)
    span = (high - low) or 1.0
    base = HEIGHT - BOTTOM

    def x(at: datetime) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * ((at - since) / HOUR) / max(len(starts) - 1, 1), 1)

    def y(value: float) -> float:
        return round(TOP + (base - TOP) * (1 - (value - low) / span), 1)

    line = _line([(x(at), y(hours[at])) if at in hours else None for at in starts])
    known = [at for at in starts if at in usual]
    band = ""
    if known:
        upper = [f"{x(at)} {y(usual[at].high)}" for at in known]
        lower = [f"{x(at)} {y(usual[at].low)}" for at in reversed(known)]
        band = f"M{'L'.join([*upper, *lower])}Z"
    ticks = [Tick(x(at), at.astimezone(zone)) for at in starts if at.astimezone(zone).hour == 0]
    newest = max((at for at in starts if at in hours), default=None)
    last = (x(newest), y(hours[newest])) if newest is not None else None
    return Chart(line, band, ticks, y(low), y(high), high, last)


def _line(points: Sequence[tuple[float, float] | None]) -> str:
    parts, pen = [], False
    for point in points:
        if point is not None:
            parts.append(f"{'L' if pen else 'M'}{point[0]} {point[1]}")
        pen = point is not None
    return "".join(parts)
