"""A report is split into parts for several offices; it can only be done when all of them are."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.rows import locked, note_line, words_of
from allmende.capabilities.reports.events import SubtaskEnded, SubtaskGiven
from allmende.capabilities.reports.models import Report, Subtask
from allmende.capabilities.reports.workflow import ENDED
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound

MOST = 20


@action
def give_subtask(*, actor: Actor, report_id: UUID, department: str, words: str, at: datetime) -> Subtask:
    """Asks an office to do its part. Raises Conflict for a report that has ended, Invalid with fields."""
    report = locked(report_id)
    rules.require_may_handle(actor.viewer, report)
    if report.state in ENDED:
        raise Conflict(_("Diese Meldung ist abgeschlossen."))
    office = city.current().department(department)
    if office is None:
        raise Invalid(fields={"department": _("Bitte wählen Sie das Amt, das es bekommt.")})
    said = words_of(words, required=True)
    if Subtask.objects.filter(report=report).count() >= MOST:
        raise Invalid(_("Mehr als %(n)s Teilaufgaben sind nicht vorgesehen.") % {"n": MOST})
    made = Subtask.objects.create(report=report, department=department, words=said, given_at=at)
    note = _("Teilaufgabe für %(office)s: %(words)s") % {"office": office.name(actor.language), "words": said}
    note_line(report, "note", note=note, language=actor.language, department=report.department, at=at)
    audit.record(actor, "reports.give_subtask", report.ref, fields=["subtasks"])
    events.publish(actor, SubtaskGiven(ref=report.ref, subtask=made.pk))
    return made


@action
def end_subtask(*, actor: Actor, subtask_id: UUID, words: str, is_done: bool = True, at: datetime) -> Subtask:
    """The office has done its part (`is_done`), or whoever sees to the report no longer needs it.

    Raises NotFound, NotAllowed, Conflict when it has ended already, Invalid without words.
    """
    report, found = _both(subtask_id)
    allowed = rules.may_do_subtask(actor.viewer, found) if is_done else rules.may_handle(actor.viewer, report)
    if not allowed:
        raise NotAllowed
    if not found.is_open:
        raise Conflict(_("Diese Teilaufgabe ist schon abgeschlossen."))
    found.answer = words_of(words, required=True)
    found.done_at, found.dropped_at = (at, None) if is_done else (None, at)
    found.save()
    note = _("Teilaufgabe erledigt: %(words)s") if is_done else _("Teilaufgabe entfällt: %(words)s")
    note_line(
        report, "note", note=note % {"words": found.answer}, language=actor.language, department=found.department, at=at
    )
    audit.record(actor, "reports.end_subtask", report.ref, fields=["subtasks"])
    events.publish(actor, SubtaskEnded(ref=report.ref, subtask=found.pk))
    return found


def _both(subtask_id: UUID) -> tuple[Report, Subtask]:
    report_id = Subtask.objects.filter(pk=subtask_id).values_list("report_id", flat=True).first()
    if report_id is None:
        raise NotFound
    return locked(report_id), lock(Subtask.objects.select_related("report"), pk=subtask_id)
