"""Reports of barriers as offices see them, and the few figures that everybody sees."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from allmende.capabilities.portal.models.barriers import BarrierReport
from allmende.capabilities.portal.rules import barriers as rules
from allmende.capabilities.portal.rules.notices import offices
from allmende.core import city
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound

SETTING = "portal.barrier_office"


@dataclass(frozen=True)
class BarrierFigures:
    """For the accessibility statement: how many were reported, removed, and are open."""

    reported: int
    solved: int
    open: int


def figures() -> BarrierFigures:
    found = BarrierReport.objects.filter(is_example=False).aggregate(
        reported=Count("pk"),
        solved=Count("pk", filter=Q(state="solved")),
        open=Count("pk", filter=Q(state__in=["received", "in_work"])),
    )
    return BarrierFigures(**found)


def office_in_charge() -> str:
    """The office that the city has named in its settings, else its first one."""
    departments = city.current().departments
    named = str(city.setting(SETTING, "") or "")
    return named if named in departments else next(iter(departments), "")


def waiting(viewer: Viewer, *, closed: bool) -> list[BarrierReport]:
    """What the viewer's offices have to answer, the most urgent first; or the last two hundred that are closed."""
    rows = BarrierReport.objects.all()
    if not rules.sees_all(viewer):
        rows = rows.filter(department__in=offices(viewer, city.current()))
    if closed:
        return list(rows.exclude(closed_at=None).order_by("-closed_at")[:200])
    return list(rows.filter(closed_at=None).order_by("-proven", "due_at", "pk")[:500])


def waiting_count(viewer: Viewer) -> int:
    """New reports for the viewer: the number beside the menu."""
    rows = BarrierReport.objects.filter(state="received")
    if not rules.sees_all(viewer):
        rows = rows.filter(department__in=offices(viewer, city.current()))
    return rows.count()


def by_number(number: int, viewer: Viewer) -> BarrierReport:
    """Raises NotFound, also for whoever has nothing to do with it."""
    row = BarrierReport.objects.filter(number=number).first() if 0 < number < 2**63 else None
    if row is None:
        raise NotFound
    rules.require_may_answer(row.department, viewer, city.current())
    return row


def report(report_id: UUID) -> BarrierReport | None:
    """The row, whoever asks: for handlers and receipts."""
    return BarrierReport.objects.filter(pk=report_id).first()


def overdue(at: datetime) -> list[UUID]:
    """Open reports past their date of which the office, or a week later its deputy, was not reminded yet."""
    late = Q(reminded_at=None) | Q(deputy_reminded_at=None, reminded_at__lte=at - timedelta(days=7))
    rows = BarrierReport.objects.filter(late, closed_at=None, due_at__lte=at)
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:500])


def own(number: int, viewer: Viewer) -> BarrierReport:
    """For whoever reported it. Raises NotFound, also for everybody else's."""
    row = BarrierReport.objects.filter(number=number).first() if 0 < number < 2**63 else None
    if row is None or not rules.may_see(row.department, row.author_id, viewer, city.current()):
        raise NotFound
    return row


def may_see_report(report_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "barrier"."""
    row = report(report_id)
    return row is not None and rules.may_see(row.department, row.author_id, viewer, city.current())
