"""A report's pictures: one takes the place of another."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.rows import locked, note_line
from allmende.capabilities.reports.events import ReportChanged
from allmende.capabilities.reports.models import Handover, Report
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict
from allmende.engines.media import interface as media


@action
def replace_image(*, actor: Actor, report_id: UUID, image_id: UUID, made_id: UUID, at: datetime) -> Report:
    """`made_id` (kept by `media.take_image`) takes the place of `image_id`, which is private at once and gone in a day.

    The new one waits until somebody shows it, even where the old one was public. Those outside who were given the old
    one see the new one. Raises Conflict when the old one is not the report's any more.
    """
    report = locked(report_id)
    rules.require_may_handle(actor.viewer, report)
    if image_id not in {image.id for image in media.images_of([report.ref]).get(report.ref, [])}:
        raise Conflict(_("Dieses Bild gibt es nicht mehr. Bitte laden Sie die Seite neu."))
    media.detach(image_id, at=at)
    media.attach(made_id, report.ref)
    for handover in Handover.objects.filter(report=report).select_for_update():
        if str(image_id) in handover.images:
            handover.images = [str(made_id) if one == str(image_id) else one for one in handover.images]
            handover.save(update_fields=["images"])
    note = _("Im Foto wurde etwas unkenntlich gemacht.")
    note_line(report, "note", note=note, language=actor.language, department=report.department, at=at)
    audit.record(actor, "reports.replace_image", report.ref, fields=["image"])
    events.publish(actor, ReportChanged(ref=report.ref))
    return report
