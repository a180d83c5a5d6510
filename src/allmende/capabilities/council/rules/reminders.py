"""When a department is reminded of a task: pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

AHEAD = timedelta(days=7)
"""So long before its last day a task is brought to mind."""


class Turn(StrEnum):
    NOTHING = ""
    SOON = "soon"
    OVERDUE = "overdue"


class Promised(Protocol):
    """What the rule reads of a task."""

    @property
    def due(self) -> date: ...
    @property
    def done_on(self) -> date | None: ...
    @property
    def reminded_at(self) -> datetime | None: ...
    @property
    def overdue_reminded_at(self) -> datetime | None: ...


def turn_of(one: Promised, today: date) -> Turn:
    """Once when a week is left, once when the last day is over; of what is done, never."""
    if one.done_on is not None:
        return Turn.NOTHING
    if one.due < today:
        return Turn.OVERDUE if one.overdue_reminded_at is None else Turn.NOTHING
    return Turn.SOON if one.due - AHEAD <= today and one.reminded_at is None else Turn.NOTHING
