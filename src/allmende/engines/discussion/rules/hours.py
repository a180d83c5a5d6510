"""The published hours in which posts are checked, and what follows from them: until when a check is promised."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from allmende.core import city
from allmende.engines.discussion.rules.holidays import holidays

DEFAULT_HOURS = ("Mo 9-18", "Di 9-18", "Mi 9-18", "Do 9-18", "Fr 9-15")
DEFAULT_NEEDED = 8
"""Open hours within which a post is checked."""
DAYS = {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6, "tu": 1, "we": 2, "th": 3, "su": 6}
WEEKDAY_NAMES = (_("Montag"), _("Dienstag"), _("Mittwoch"), _("Donnerstag"), _("Freitag"), _("Samstag"), _("Sonntag"))
LINE = re.compile(
    r"(?i)\s*([a-zä]{2})[a-zä.]*\s+(\d{1,2})(?:[:.](\d\d))?\s*(?:-|–|bis|to)\s*(\d{1,2})(?:[:.](\d\d))?\s*(?:uhr)?\s*"
)
CLOSED = re.compile(r"\s*(\d{4}-\d\d-\d\d)(?:\s*(?:-|–|bis|to|/)\s*(\d{4}-\d\d-\d\d))?\s*")
MIDNIGHT = 24 * 60
HORIZON = 400
"""Days looked ahead; a city that is closed for longer promises the last of them."""


@dataclass(frozen=True)
class Hours:
    """Opening times as data. `week[0]` is Monday: pairs of minutes after local midnight, half-open, in order."""

    week: tuple[tuple[tuple[int, int], ...], ...]
    zone: ZoneInfo
    state: str = ""
    closed: frozenset[tuple[date, date]] = field(default_factory=frozenset)
    """Further closed days; both ends belong to the pair."""
    needed: timedelta = timedelta(hours=DEFAULT_NEEDED)

    def is_closed_on(self, day: date) -> bool:
        return day in holidays(day.year, self.state) or any(first <= day <= last for first, last in self.closed)

    def windows(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The open times of a day as instants in UTC; so a day on which the clocks change is as long as it is."""
        if self.is_closed_on(day):
            return
        for first, last in self.week[day.weekday()]:
            start, end = _instant(day, first, self.zone), _instant(day, last, self.zone)
            if start < end:
                yield start, end

    def is_open(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self.windows(at.astimezone(self.zone).date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """When the check goes on: `at` itself while it is open, else the start of the next open time."""
        for start, end in self._from(at):
            if end > at:
                return max(start, at)
        return None

    def due(self, at: datetime) -> datetime:
        """The instant at which `needed` open time has passed since `at`, on the next full hour within that window."""
        left = self.needed
        last = at
        for start, end in self._from(at):
            begin = max(start, at)
            if begin >= end:
                continue
            if end - begin >= left:
                return min(_full_hour(begin + left), end)
            left -= end - begin
            last = end
        return max(last, at + timedelta(days=HORIZON))

    def _from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        if not any(self.week):
            return
        today = at.astimezone(self.zone).date()
        for days in range(HORIZON):
            yield from self.windows(today + timedelta(days=days))


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Local wall time as an instant. A time that the clocks skip counts as the one after the jump (PEP 495, fold=0)."""
    whole, minutes = divmod(minutes, MIDNIGHT)
    wall = datetime.combine(day + timedelta(days=whole), time(minutes // 60, minutes % 60), zone)
    return wall.astimezone(UTC)


def _full_hour(instant: datetime) -> datetime:
    floor = instant.replace(minute=0, second=0, microsecond=0)
    return floor if floor == instant else floor + timedelta(hours=1)


def parse_hours(lines: Iterable[str]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """„Mo 9-12“, „Mo 13:30-18“ … as minutes per weekday. Raises ValueError naming the line that cannot be read."""
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for line in lines:
        if not line.strip():
            continue
        found = LINE.fullmatch(line)
        day = DAYS.get(found[1].lower()) if found else None
        if found is None or day is None:
            raise ValueError(line)
        start, end = (int(found[n]) * 60 + int(found[n + 1] or 0) for n in (2, 4))
        if not 0 <= start < end <= MIDNIGHT:
            raise ValueError(line)
        week[day].append((start, end))
    return tuple(tuple(_joined(sorted(spans))) for spans in week)


def _joined(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Overlapping times of one day as one."""
    held: tuple[int, int] | None = None
    for start, end in spans:
        if held is not None and start <= held[1]:
            held = (held[0], max(held[1], end))
            continue
        if held is not None:
            yield held
        held = (start, end)
    if held is not None:
        yield held


def parse_closed(lines: Iterable[str]) -> frozenset[tuple[date, date]]:
    """„2026-12-24“ or „2026-12-28 bis 2026-12-30“. Raises ValueError naming the line that cannot be read."""
    found = set()
    for line in lines:
        if not line.strip():
            continue
        match = CLOSED.fullmatch(line)
        if match is None:
            raise ValueError(line)
        first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2] or match[1])
        if last < first:
            raise ValueError(line)
        found.add((first, last))
    return frozenset(found)


def _lines(value: object, default: Sequence[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.splitlines())
    return tuple(str(line) for line in value) if isinstance(value, (list, tuple)) else tuple(default)


@lru_cache(maxsize=8)
def _hours(lines: tuple[str, ...], closed: tuple[str, ...], needed: float, zone: ZoneInfo, state: str) -> Hours:
    try:
        week = parse_hours(lines)
    except ValueError:
        week = parse_hours(DEFAULT_HOURS)
    days: set[tuple[date, date]] = set()
    for line in closed:
        try:
            days |= parse_closed([line])
        except ValueError:
            continue  # one line that cannot be read must not open the others
    return Hours(week, zone, state, frozenset(days), timedelta(hours=min(max(needed, 0.25), 400)))


def published() -> Hours:
    """The hours as the city set them. A setting that cannot be read leaves the default in force."""
    here = city.current()
    try:
        needed = float(city.setting("discussion.check_hours", DEFAULT_NEEDED))
    except (TypeError, ValueError):
        needed = DEFAULT_NEEDED
    return _hours(
        _lines(city.setting("discussion.hours"), DEFAULT_HOURS),
        _lines(city.setting("discussion.closed_days"), ()),
        needed,
        here.zone,
        here.state,
    )


def due(at: datetime) -> datetime:
    """Until when something that comes in at `at` is checked: „Wir prüfen bis Mittwoch, 18 Uhr.“"""
    return published().due(at)
