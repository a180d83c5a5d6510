"""Parts of reports that wait for an office."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.models import Report, Subtask
from allmende.core.actor import Viewer
from allmende.core.errors import NotAllowed, NotFound, NotSignedIn

MOST = 100


def waiting() -> QuerySet[Subtask]:
    """Neither done nor dropped."""
    return Subtask.objects.filter(done_at__isnull=True, dropped_at__isnull=True)


def of_report(report: Report) -> Sequence[Subtask]:
    """All of them, in the order in which they were given."""
    return list(Subtask.objects.filter(report=report).order_by("given_at", "id"))


def theirs(viewer: Viewer) -> Sequence[Subtask]:
    """What waits for the viewer's offices, what has waited longest first."""
    departments = rules.departments_of(viewer)
    rows = waiting().select_related("report__category")
    rows = rows if departments is None else rows.filter(department__in=departments)
    return list(rows.order_by("given_at", "id")[:MOST])


def count(viewer: Viewer) -> int:
    departments = rules.departments_of(viewer)
    rows = waiting() if departments is None else waiting().filter(department__in=departments)
    return rows[:MOST].count()


def by_id(subtask_id: UUID, viewer: Viewer) -> Subtask:
    """For whoever may read it: its office, and those who see to the report.

    Raises NotFound, NotSignedIn, NotAllowed.
    """
    found = Subtask.objects.select_related("report__category").filter(pk=subtask_id).first()
    if found is None:
        raise NotFound
    if not rules.may_see_subtask(viewer, found):
        if not viewer.is_signed_in:
            raise NotSignedIn
        raise NotAllowed
    return found


def is_helped_by(report_id: UUID, viewer: Viewer) -> bool:
    """Whether an office of the viewer has or had a part in the report: then they see its pictures."""
    departments = rules.departments_of(viewer)
    if not departments:
        return False
    return Subtask.objects.filter(report=report_id, department__in=departments).exists()
