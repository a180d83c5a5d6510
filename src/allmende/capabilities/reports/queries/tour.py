"""What a crew sees to today, in the order of the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.queries import inbox
from allmende.capabilities.reports.rules.routing import Point
from allmende.capabilities.reports.rules.tour import length, ordered
from allmende.capabilities.reports.workflow import State
from allmende.core.actor import Viewer

TO_DRIVE = (State.CHECKED, State.FORWARDED, State.IN_WORK, State.PLANNED, State.REOPENED)
STOPS = 30


@dataclass(frozen=True)
class Tour:
    """Reports in the order of the way, its length in metres, and what has no position."""

    stops: Sequence[Report]
    metres: int
    elsewhere: Sequence[Report]
    more: bool
    """There is more to do than fits into a day."""


def tour(viewer: Viewer, *, department: str = "", district: str = "", category: str = "", start: Point | None) -> Tour:
    """What is due first, as much as fits into a day. Two queries."""
    rows = inbox.theirs(viewer).filter(state__in=TO_DRIVE)
    for name, value in (("department", department), ("district", district), ("category__slug", category)):
        rows = rows.filter(**{name: value}) if value else rows
    found = list(rows.order_by(F("due_at").asc(nulls_last=True), "id")[: STOPS + 1])
    chosen, more = found[:STOPS], len(found) > STOPS
    placed = [(one, one.point) for one in chosen if one.point is not None]
    points = [point for _one, point in placed]
    order = ordered(start, points)
    metres = round(length(start, [points[place] for place in order]))
    return Tour([placed[place][0] for place in order], metres, [one for one in chosen if one.point is None], more)
