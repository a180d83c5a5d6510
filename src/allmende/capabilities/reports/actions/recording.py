"""What was spoken or signed: kept with its report, written down by an office, released, taken back."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.rows import locked, note_line, words_of
from allmende.capabilities.reports.events import ReportChanged
from allmende.capabilities.reports.models import WORDS_LIMIT, Recording, Report
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, NotFound
from allmende.engines.media import interface as media


def keep(report: Report, medium_id: UUID, person_id: UUID | None) -> None:
    """Inside the action that takes the report."""
    row = Recording.objects.create(report=report, language=report.language)
    media.attach(medium_id, row.ref, person_id=person_id)


@action
def transcribe_recording(
    *, actor: Actor, report_id: UUID, transcript: str, publish: bool = False, at: datetime
) -> Report:
    """Writes down what is said. Where the report had no words of its own, these are its words.

    `publish` lets everybody see it, with what was written down. Raises NotFound, Invalid, Conflict while the report
    itself is not public.
    """
    report = locked(report_id)
    rules.require_may_handle(actor.viewer, report)
    row = Recording.objects.select_for_update().filter(pk=report.pk).first()
    if row is None:
        raise NotFound
    words = words_of(transcript, required=True, field="transcript", limit=WORDS_LIMIT)
    if publish and not report.is_public:
        raise Conflict(_("Erst wenn die Meldung selbst öffentlich ist, kann es auch die Aufnahme sein."))
    row.transcript, row.transcribed_at, row.language, row.is_public = words, at, report.language, publish
    row.save()
    if not report.words:
        report.words = report.public_words = words
        report.save(update_fields=["words", "public_words"])
    (media.release if publish else media.withdraw)(row.ref)
    note_line(report, "edit", language=actor.language, department=report.department, at=at)
    audit.record(actor, "reports.transcribe_recording", report.ref, fields=["transcript", "is_public"])
    events.publish(actor, ReportChanged(ref=report.ref))
    return report


def settle(report: Report) -> None:
    """What nobody may read any more, nobody hears either: inside the action that hides a report."""
    if report.is_public:
        return
    for row in Recording.objects.filter(pk=report.pk, is_public=True):
        Recording.objects.filter(pk=row.pk).update(is_public=False)
        media.withdraw(row.ref)


def erase(report: Report) -> None:
    """With the reporter's words: inside erasure and retention."""
    for row in Recording.objects.filter(pk=report.pk):
        media.discard_of(row.ref)
        row.delete()
