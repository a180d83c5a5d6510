"""The traffic light: follows from milestones and the day alone; nobody can set it.

A milestone that is not reached counts as late by the days between the day it was first planned for and the later of
today and the day it is planned for now. So moving a day makes nothing better, and reaching does.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol

GRACE_DAYS = 30
"""Up to so many days a pilot is a little late; beyond, it is far behind."""


class Light(StrEnum):
    """In words, since colour alone tells nobody enough."""

    NONE = "none"
    """There is nothing to go by: no milestones."""
    ON_PLAN = "on_plan"
    LATE = "late"
    FAR_BEHIND = "far_behind"


class Planned(Protocol):
    """What the rule reads of a milestone."""

    @property
    def first_planned_on(self) -> date: ...
    @property
    def planned_on(self) -> date: ...
    @property
    def reached_on(self) -> date | None: ...


def days_late(one: Planned, today: date) -> int:
    """By how many days it is late, at least; 0 when it is reached or in time."""
    if one.reached_on is not None and one.reached_on <= today:
        return 0
    return max(0, (max(today, one.planned_on) - one.first_planned_on).days)


def light(milestones: Iterable[Planned], today: date, *, grace: int = GRACE_DAYS) -> Light:
    """Of the milestone that is latest."""
    late = [days_late(one, today) for one in milestones]
    if not late:
        return Light.NONE
    worst = max(late)
    if worst == 0:
        return Light.ON_PLAN
    return Light.LATE if worst <= grace else Light.FAR_BEHIND


def latest[M: Planned](milestones: Iterable[M], today: date) -> M | None:
    """The milestone that the light speaks of: the latest one, if any is late."""
    late = [(days_late(one, today), one) for one in milestones]
    worst = max(late, key=lambda pair: pair[0], default=None)
    return worst[1] if worst is not None and worst[0] > 0 else None


def coming[M: Planned](milestones: Iterable[M], today: date) -> M | None:
    """What is to be reached next."""
    open_ones = [one for one in milestones if one.reached_on is None or one.reached_on > today]
    return min(open_ones, key=lambda one: one.planned_on, default=None)
