"""How events repeat: the part of RFC 5545 (3.3.10) that a city needs, in local wall time.

Understood are FREQ=WEEKLY with BYDAY and FREQ=DAILY, each with INTERVAL and an end (UNTIL or COUNT). Weeks begin on
Monday. A date keeps its hour on the wall when clocks change; an hour that the change leaves out is read with the offset
before it, one that occurs twice is the first (RFC 5545, 3.3.5).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from allmende.core.errors import Invalid

MOST = 200
"""Dates in one series."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEK = 7
LONGEST = timedelta(days=366 * 3)
"""From the first to the last day of a series."""
WIDEST = 52
"""Weeks, or days, from one date to the next."""


@dataclass(frozen=True)
class Rule:
    """`days` are weekdays, Monday 0; empty: every day. `until` is the last day that may be one."""

    days: tuple[int, ...] = ()
    interval: int = 1
    until: date | None = None
    count: int | None = None

    def __str__(self) -> str:
        parts = ["FREQ=WEEKLY" if self.days else "FREQ=DAILY"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.days:
            parts.append("BYDAY=" + ",".join(DAYS[day] for day in self.days))
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)


def parse(text: str, *, first: datetime, zone: ZoneInfo) -> Rule:
    """Reads an RRULE value for a series whose first date is `first`; raises Invalid for what is not understood."""
    try:
        parts = dict(part.split("=", 1) for part in text.strip().upper().removeprefix("RRULE:").split(";") if part)
    except ValueError:
        raise Invalid(_("Diese Wiederholung ist nicht lesbar.")) from None
    frequency, interval = parts.pop("FREQ", ""), _whole(parts.pop("INTERVAL", "1"))
    if frequency not in {"WEEKLY", "DAILY"} or parts.pop("WKST", "MO") != "MO":
        raise Invalid(_("Diese Wiederholung kennen wir nicht. Möglich sind: täglich, und wöchentlich an Wochentagen."))
    named = [day for day in parts.pop("BYDAY", "").split(",") if day]
    if frequency == "DAILY" and named:
        raise Invalid(_("Diese Wiederholung kennen wir nicht. Möglich sind: täglich, und wöchentlich an Wochentagen."))
    if any(day not in DAYS for day in named):
        raise Invalid(_("Diese Wochentage sind nicht lesbar."))
    local = first.astimezone(zone)
    days: tuple[int, ...] = ()
    if frequency == "WEEKLY":
        days = tuple(sorted({DAYS.index(day) for day in named})) or (local.weekday(),)
    count = _whole(parts.pop("COUNT")) if "COUNT" in parts else None
    until = _until(parts.pop("UNTIL"), local, zone) if "UNTIL" in parts else None
    if parts:
        raise Invalid(_("Diese Wiederholung kennen wir nicht. Möglich sind: täglich, und wöchentlich an Wochentagen."))
    return Rule(days=days, interval=interval, until=until, count=count)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and int(text) > 0):  # noqa: PLR2004 - digits of any sensible number
        raise Invalid(_("Diese Wiederholung ist nicht lesbar."))
    return int(text)


def _until(text: str, first: datetime, zone: ZoneInfo) -> date:
    """The last day: of a DATE that day; of an instant the last day whose date begins by then."""
    try:
        if len(text) == len("20210428"):
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
        instant = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - the zone follows
    except ValueError:
        raise Invalid(_("Das Ende der Wiederholung ist nicht lesbar.")) from None
    try:
        local = instant.replace(tzinfo=UTC).astimezone(zone) if text.endswith("Z") else instant.replace(tzinfo=zone)
        return local.date() if local.time() >= first.time() else local.date() - timedelta(days=1)
    except OverflowError:
        raise Invalid(_("Das Ende der Wiederholung ist nicht lesbar.")) from None


def require(rule: Rule, first_day: date) -> None:
    """Raises Invalid for a rule without end, with both ends, or too long."""
    if (rule.until is None) == (rule.count is None):
        raise Invalid(fields={"until": _("Bitte sagen Sie entweder, bis wann, oder wie oft.")})
    if not 1 <= rule.interval <= WIDEST:
        raise Invalid(fields={"interval": _("Bitte wählen Sie einen Abstand von 1 bis 52.")})
    if rule.until is not None and not first_day <= rule.until <= first_day + LONGEST:
        raise Invalid(fields={"until": _("Das Ende muss nach dem Beginn liegen, höchstens drei Jahre später.")})
    if rule.count is not None and not 1 <= rule.count <= MOST:
        raise Invalid(fields={"count": _("Eine Reihe hat höchstens %(most)s Termine.") % {"most": MOST}})


def days_of(rule: Rule, first_day: date, left_out: Iterable[date] = ()) -> list[date]:
    """The days of a series in order. Left out days still count for COUNT (RFC 5545, 3.8.5.1). Raises Invalid."""
    require(rule, first_day)
    found = list(islice(_days(rule, first_day), MOST + 1))
    if len(found) > MOST:
        raise Invalid(fields={"until": _("Eine Reihe hat höchstens %(most)s Termine.") % {"most": MOST}})
    skipped = set(left_out)
    return [day for day in found if day not in skipped]


def _days(rule: Rule, first_day: date) -> Iterator[date]:
    last = rule.until or first_day + LONGEST * 20
    number = 0
    monday = first_day - timedelta(days=first_day.weekday())
    step = timedelta(days=rule.interval * (WEEK if rule.days else 1))
    block = monday if rule.days else first_day
    while block <= last:
        for day in [block + timedelta(days=weekday) for weekday in rule.days] if rule.days else [block]:
            if day > last:
                return
            if day < first_day:
                continue
            if rule.count is not None and number >= rule.count:
                return
            number += 1
            yield day
        block += step


def period(day: date, starts: time, minutes: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Beginning and end on a day, both by the clock on the wall; at least a minute apart whatever the clocks do."""
    begins = datetime.combine(day, starts)
    ends = begins + timedelta(minutes=minutes)
    start, end = (moment.replace(tzinfo=zone).astimezone(UTC) for moment in (begins, ends))
    return start, max(end, start + timedelta(minutes=1))
