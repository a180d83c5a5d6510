"""Incidents on the desk: which are open, one with what it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.models.incidents import Answer, Incident, Member
from allmende.capabilities.reports.workflow import OPEN
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound

SHOWN = timedelta(days=30)
"""So long after the last report an incident of which nothing is open still stands in the inbox: no longer at all."""
PART = 40


@dataclass(frozen=True)
class Row:
    """One incident, with how many reports it has and how many are still open."""

    incident: Incident
    total: int
    open: int
    new: int


def _counted(rows: QuerySet[Incident]) -> QuerySet[Any]:
    inside = Q(members__left_at__isnull=True)
    return rows.select_related("category").annotate(
        total=Count("members", filter=inside),
        open=Count("members", filter=inside & Q(members__report__state__in=OPEN)),
        new=Count("members", filter=inside & Q(members__report__state="received")),
    )


def _row(found: Any) -> Row:
    return Row(found, found.total, found.open, found.new)


def waiting(viewer: Viewer, at: datetime) -> list[Row]:
    """Those of which something is still to be done, the latest first. One query."""
    departments = rules.departments_of(viewer)
    rows = Incident.objects.filter(ended_at__isnull=True, last_at__gte=at - SHOWN)
    if departments is not None:
        rows = rows.filter(department__in=departments)
    return [_row(one) for one in _counted(rows).filter(open__gt=0).order_by("-last_at")[:20]]


def by_number(number: int, viewer: Viewer) -> Row:
    """Raises NotFound, NotSignedIn, NotAllowed."""
    found = _counted(Incident.objects.filter(number=number)).first() if number < 2**63 else None
    if found is None:
        raise NotFound
    rules.require_may_handle_office(viewer, found.department)
    return _row(found)


def grouped() -> Exists:
    """For the inbox: the reports that stand there as a part of an incident."""
    return Exists(Member.objects.filter(report=OuterRef("pk"), left_at__isnull=True, incident__ended_at__isnull=True))


def districts(incident: Incident) -> Sequence[tuple[str, int]]:
    """How many reports per district, most first."""
    rows = Report.objects.filter(membership__incident=incident, membership__left_at__isnull=True)
    counted = rows.order_by().values_list("district").annotate(count=Count("pk"))
    return sorted(((slug, count) for slug, count in counted), key=lambda one: (-one[1], one[0]))


def members(incident: Incident, *, after: UUID | None = None) -> tuple[list[Report], UUID | None]:
    """Its reports in the order in which they came, a page of them, and where the next begins."""
    rows = Report.objects.select_related("category", "membership").filter(membership__incident=incident)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk")[: PART + 1])
    return found[:PART], found[PART - 1].pk if len(found) > PART else None


def last_answer(incident: Incident) -> Answer | None:
    return incident.answers.order_by("-at", "-id").first()


def incident_of(report: Report) -> Incident | None:
    """The incident that a report stands in as a part."""
    found = Member.objects.filter(report=report, left_at__isnull=True, incident__ended_at__isnull=True)
    member = found.select_related("incident").first()
    return member.incident if member else None
