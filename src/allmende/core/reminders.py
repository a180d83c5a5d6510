"""When somebody is reminded of what was promised for a day: pure, and the same in every room."""

from datetime import date, datetime, timedelta
from enum import StrEnum

AHEAD = timedelta(days=7)
"""So long before its day a promise is brought to mind."""


class Turn(StrEnum):
    NOTHING = ""
    SOON = "soon"
    OVERDUE = "overdue"


def turn(day: date, today: date, *, reminded_at: datetime | None, overdue_reminded_at: datetime | None) -> Turn:
    """Once when a week is left, once when the day is over."""
    if day < today:
        return Turn.OVERDUE if overdue_reminded_at is None else Turn.NOTHING
    return Turn.SOON if day - AHEAD <= today and reminded_at is None else Turn.NOTHING
