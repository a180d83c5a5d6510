"""A crew was there and could not end it: nothing was found, or more is needed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.rows import locked, note_line, words_of
from allmende.capabilities.reports.events import CrewReported
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.workflow import ENDED
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict
from allmende.engines.media import interface as media


class Found(StrEnum):
    """What a crew can say besides that it is done (which is `move_report`)."""

    NOTHING = "nothing"
    MORE = "more"


@action
def report_visit(
    *, actor: Actor, report_id: UUID, found: Found, words: str = "", image_id: UUID | None = None, at: datetime
) -> Report:
    """Tells the office what the crew saw; the report stays where it stands. Raises Conflict once it has ended."""
    report = locked(report_id)
    rules.require_may_handle(actor.viewer, report)
    if report.state in ENDED:
        raise Conflict(_("Diese Meldung ist abgeschlossen."))
    said = words_of(words, required=found == Found.MORE)
    first = _("Vor Ort nichts gefunden.") if found == Found.NOTHING else _("Vor Ort: Es braucht mehr.")
    if image_id is not None:
        media.attach(image_id, report.ref, person_id=actor.person_id)
    note = f"{first} {said}".strip()
    line = note_line(report, "note", note=note, language=actor.language, department=report.department, at=at)
    audit.record(actor, "reports.report_visit", report.ref, fields=["note", *(["image"] if image_id else [])])
    events.publish(actor, CrewReported(ref=report.ref, update_id=line.pk))
    return report
