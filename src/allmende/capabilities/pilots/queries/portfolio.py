"""Pilots and their milestones."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max, Prefetch, Q, QuerySet

from allmende.capabilities.pilots import rules
from allmende.capabilities.pilots.models import Milestone, Pilot
from allmende.capabilities.pilots.workflow import UNDER_WAY, State
from allmende.core import city
from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotFound
from allmende.core.reminders import AHEAD

MOST = 300
"""Pilots on one page: far more than a city has, so that no page grows without end."""


def day_of(at: datetime) -> date:
    """The day that it is in the city."""
    return at.astimezone(city.current().zone).date()


def public() -> QuerySet[Pilot]:
    return Pilot.objects.exclude(state=State.DRAFT)


def visible_to(viewer: Viewer) -> QuerySet[Pilot]:
    """What everybody reads; drafts for whoever works on them."""
    if rules.may_edit(viewer):
        return Pilot.objects.all()
    offices = {
        grant.scope.removeprefix("department:")
        for grant in viewer.grants
        if grant.role == Role.CLERK and grant.scope.startswith("department:")
    }
    if not offices:
        return public()
    return public() | Pilot.objects.filter(department__in=offices)


def pilots(viewer: Viewer) -> list[Pilot]:
    """With their milestones: two queries."""
    return list(visible_to(viewer).prefetch_related("milestones").order_by("number")[:MOST])


def proposals_first() -> list[Pilot]:
    """What everybody reads: what waits for a decision, then all others."""
    return sorted(public().order_by("number")[:MOST], key=lambda one: one.state != State.PROPOSED)


def by_number(number: int, viewer: Viewer) -> Pilot:
    """With its milestones. Raises NotFound."""
    found = visible_to(viewer).prefetch_related("milestones").filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def by_id(pilot_id: UUID) -> Pilot | None:
    return Pilot.objects.filter(pk=pilot_id).first()


def many(pilot_ids: Collection[UUID]) -> list[Pilot]:
    return list(Pilot.objects.filter(pk__in=pilot_ids).order_by("number"))


def last_place(pilot_id: UUID) -> int:
    """The highest place that a milestone of the pilot has; 0 without any."""
    return Milestone.objects.filter(pilot=pilot_id).aggregate(last=Max("place"))["last"] or 0


def milestone(pilot: Pilot, place: int) -> Milestone:
    """Raises NotFound."""
    found = Milestone.objects.filter(pilot=pilot, place=place).first()
    if found is None:
        raise NotFound
    return found


def newest(limit: int = 50) -> list[Pilot]:
    """What everybody reads, last published first: for the feed."""
    return list(public().order_by("-published_at", "-id")[:limit])


def in_pages(*, after: int = 0, limit: int = 50) -> list[Pilot]:
    """Public ones by number, for programs; one more than asked for when there are more."""
    rows = public().filter(number__gt=after).prefetch_related("milestones", Prefetch("indicators"))
    return list(rows.order_by("number")[: limit + 1])


def milestones_of(pilot: Pilot) -> Sequence[Milestone]:
    """Those that were read with it."""
    return list(pilot.milestones.all())


def milestones_to_remind(today: date) -> list[tuple[UUID, int]]:
    """(pilot, place) whose office has something to be told of the day; the rule has the last word."""
    soon = Q(planned_on__gte=today, planned_on__lte=today + AHEAD, reminded_at=None)
    overdue = Q(planned_on__lt=today, overdue_reminded_at=None)
    rows = Milestone.objects.filter(soon | overdue, reached_on=None, pilot__state__in=UNDER_WAY)
    return list(rows.order_by("planned_on", "pilot__number", "place").values_list("pilot_id", "place"))


def open_milestone(pilot_id: UUID, place: int) -> Milestone | None:
    """One that is still to be reached, of a pilot that is decided or running."""
    rows = Milestone.objects.select_related("pilot").filter(reached_on=None, pilot__state__in=UNDER_WAY)
    return rows.filter(pilot=pilot_id, place=place).first()
