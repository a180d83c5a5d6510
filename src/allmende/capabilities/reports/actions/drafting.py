"""A draft of a device becomes one report, however often it is sent."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.reports.models import Draft, Report


def claim(draft_id: UUID, at: datetime) -> Report | None:
    """The report that this draft became before; None when it is the caller's to take, in the caller's transaction.

    Of two that come at once the second waits here until the first has committed (PostgreSQL, INSERT … ON CONFLICT).
    """
    rows = Draft.objects.bulk_create([Draft(pk=draft_id, at=at)], ignore_conflicts=True)
    kept = Draft.objects.select_related("report__category").get(pk=rows[0].pk)
    return kept.report


def keep(draft_id: UUID, report: Report) -> None:
    Draft.objects.filter(pk=draft_id).update(report=report)
