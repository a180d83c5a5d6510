"""When the leading office is reminded of a milestone: pure."""

from datetime import date, datetime
from typing import Protocol

from allmende.capabilities.pilots.workflow import UNDER_WAY
from allmende.core.reminders import Turn, turn


class Promised(Protocol):
    """What the rule reads of a milestone."""

    @property
    def planned_on(self) -> date: ...
    @property
    def reached_on(self) -> date | None: ...
    @property
    def reminded_at(self) -> datetime | None: ...
    @property
    def overdue_reminded_at(self) -> datetime | None: ...


def turn_of(one: Promised, state: str, today: date) -> Turn:
    """Never of what was reached, or of a plan that is not decided on or given up."""
    if one.reached_on is not None or state not in UNDER_WAY:
        return Turn.NOTHING
    return turn(one.planned_on, today, reminded_at=one.reminded_at, overdue_reminded_at=one.overdue_reminded_at)
