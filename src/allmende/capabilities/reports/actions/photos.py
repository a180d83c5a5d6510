"""What becomes of a photo that the worker could not draw."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.reports.actions.rows import locked, note_line
from allmende.capabilities.reports.models import Report
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import NotAllowed


@action
def note_broken_photo(*, actor: Actor, report_id: UUID, at: datetime) -> Report:
    """A line in the history for reporter and office; only the platform writes it, and once for each instant."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    report = locked(report_id)
    if not report.updates.filter(verb="photo", at=at).exists():
        note_line(report, "photo", language=report.language, at=at)
        audit.record(actor, "reports.note_broken_photo", report.ref, fields=["image"])
    return report
