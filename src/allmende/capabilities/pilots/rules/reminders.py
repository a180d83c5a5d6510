"""When the leading office is reminded of a milestone: pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from allmende.capabilities.pilots.workflow import UNDER_WAY

AHEAD = timedelta(days=7)
"""So long before its day a milestone is brought to mind."""


class Turn(StrEnum):
    NOTHING = ""
    SOON = "soon"
    OVERDUE = "overdue"


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
    """Once when a week is left, once when its day is over; never of what was reached, or of a plan that is not
    decided on or given up.
    """
    if one.reached_on is not None or state not in UNDER_WAY:
        return Turn.NOTHING
    if one.planned_on < today:
        return Turn.OVERDUE if one.overdue_reminded_at is None else Turn.NOTHING
    return Turn.SOON if one.planned_on - AHEAD <= today and one.reminded_at is None else Turn.NOTHING
