"""What was spoken or signed with a report, and for whom it is."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.models import Recording, Report
from allmende.core.actor import Viewer
from allmende.engines.media import interface as media


def of(report: Report) -> tuple[Recording, media.VideoView] | None:
    """The recording with its file; None where there is none, or while the virus scanner has not looked yet."""
    row = Recording.objects.filter(pk=report.pk).first()
    films = media.videos_of([row.ref]).get(row.ref) if row else None
    return (row, films[0]) if row and films else None


def may_see(report_id: UUID, viewer: Viewer, at: datetime) -> bool:  # noqa: ARG001 - shape of a gate
    """The gate of kind "recording": the offices and its sender; everybody once it is released."""
    row = Recording.objects.select_related("report").filter(pk=report_id).first()
    if row is None:
        return False
    report = row.report
    if row.is_public and report.is_public:
        return True
    return rules.may_handle(viewer, report) or rules.is_reporter(viewer, report)
