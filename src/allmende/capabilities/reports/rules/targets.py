"""Until when something is to be done: working days, without weekends and the holidays of the state."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from allmende.engines.discussion.interface import holidays

SATURDAY = 5


def due(at: datetime, days: int, *, zone: ZoneInfo, state: str) -> datetime:
    """The end of the `days`-th working day after `at` in the city's own time; the day itself does not count.

    Section 187(1) of the German Civil Code: the day of the event is left out. `state` names the federal state.
    """
    day = at.astimezone(zone).date()
    left = max(1, days)
    while left:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in holidays(day.year, state):
            left -= 1
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
