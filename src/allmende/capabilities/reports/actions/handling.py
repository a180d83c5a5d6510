"""What offices do beside taking steps: notes, corrections, what everybody may read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.moving import put_before_public
from allmende.capabilities.reports.actions.rows import locked, note_line, require_up_to_date, words_of
from allmende.capabilities.reports.actions.submitting import place_of
from allmende.capabilities.reports.events import ReportChanged
from allmende.capabilities.reports.models import DETAIL_LIMIT, Report
from allmende.capabilities.reports.queries import assets, categories, routing
from allmende.capabilities.reports.rules import targets
from allmende.capabilities.reports.workflow import HIDDEN, State
from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid
from allmende.engines.discussion.interface import tidy


@dataclass(frozen=True)
class Correction:
    """What an office knows better. `point` None with the same words leaves the position as it is."""

    category: str
    place: str
    point: tuple[float, float] | None = None
    detail: str = ""


@action
def add_note(*, actor: Actor, report_id: UUID, note: str, at: datetime) -> Report:
    """Something that only the offices read. Raises Invalid without words."""
    report = locked(report_id)
    rules.require_may_handle(actor.viewer, report)
    words = words_of(note, required=True, field="note")
    note_line(report, "note", note=words, language=actor.language, department=report.department, at=at)
    audit.record(actor, "reports.add_note", report.ref, fields=["note"])
    return report


@action
def correct_report(*, actor: Actor, report_id: UUID, data: Correction, seen: str = "", at: datetime) -> Report:
    """Another kind or place. The office and the target follow the kind, as if it had come in like that.

    Raises Invalid with fields.
    """
    report = locked(report_id)
    rules.require_may_handle(actor.viewer, report)
    require_up_to_date(actor, report, seen)
    category = categories.by_slug(data.category)
    if category is None:
        raise Invalid(fields={"category": _("Bitte wählen Sie, worum es geht.")})
    if data.point is not None or " ".join(data.place.split()) != report.place:
        place, district, point = place_of(data.place, data.point)
        report.place, report.district = place[:200], district
        report.longitude, report.latitude = point or (None, None)
    if category.pk != report.category_id:
        report.category = category
        about = assets.of_report(report)
        report.department = routing.office_of(
            category, report.district, report.point, report.words, report.received_at,
            owner=about.owner if about else "",
        )  # fmt: skip
        report.due_at = targets.due(
            report.received_at, category.target_days, zone=city.current().zone, state=city.current().state
        )
        if not category.publishes:
            put_before_public(report, publish=False, public_words=None, with_image=False, at=at)
    report.detail = " ".join(tidy(data.detail).split())[:DETAIL_LIMIT]
    report.save()
    note_line(report, "edit", language=actor.language, department=report.department, at=at)
    audit.record(actor, "reports.correct_report", report.ref, fields=["category", "place", "detail"])
    events.publish(actor, ReportChanged(ref=report.ref))
    return report


@action
def show_report(
    *,
    actor: Actor,
    report_id: UUID,
    publish: bool,
    public_words: str,
    with_image: bool = False,
    seen: str = "",
    at: datetime,
) -> Report:
    """What everybody reads of it from now on, or that nobody does. Raises Conflict before it was checked."""
    report = locked(report_id)
    rules.require_may_handle(actor.viewer, report)
    require_up_to_date(actor, report, seen)
    if publish and (report.state == State.RECEIVED or report.state in HIDDEN):
        raise Conflict(_("Diese Meldung ist noch nicht geprüft."))
    if publish and report.is_barred:
        raise Conflict(
            _("Die Moderation hat entschieden, dass diese Meldung nicht öffentlich ist. Nur sie kann das ändern.")
        )
    if publish and not report.category.publishes:
        raise Conflict(_("Meldungen dieser Art bleiben nicht öffentlich."))
    put_before_public(report, publish=publish, public_words=public_words, with_image=with_image, at=at)
    report.save()
    note_line(report, "edit", language=actor.language, department=report.department, at=at)
    audit.record(actor, "reports.show_report", report.ref, fields=["is_public", "public_words", "shows_image"])
    events.publish(actor, ReportChanged(ref=report.ref))
    return report
