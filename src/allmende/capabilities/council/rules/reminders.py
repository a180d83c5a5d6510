"""When a department is reminded of a task: pure."""

from datetime import date, datetime
from typing import Protocol

from allmende.core.reminders import Turn, turn


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
    """Of what is done, never."""
    if one.done_on is not None:
        return Turn.NOTHING
    return turn(one.due, today, reminded_at=one.reminded_at, overdue_reminded_at=one.overdue_reminded_at)
