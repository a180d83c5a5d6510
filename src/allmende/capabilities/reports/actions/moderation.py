"""What moderators decide on public reports that somebody has given notice of (DSA Art. 16); called by the one queue."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports.actions import recording
from allmende.capabilities.reports.actions.rows import locked
from allmende.capabilities.reports.events import ReportChanged
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.workflow import HIDDEN, State
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid
from allmende.engines.discussion import interface as discussion
from allmende.engines.media import interface as media


@action
def release_report(*, actor: Actor, object_id: UUID, reason: str = "", at: datetime) -> Report:
    """It stays, or becomes public again. The door of the case asks whether the actor may."""
    report = locked(object_id)
    discussion.close_case(actor, report.ref, decision="released", reason=reason, at=at)
    if report.published_at is None or report.state in HIDDEN or report.state == State.RECEIVED:
        raise Conflict(_("Diese Meldung ist noch nicht geprüft."))
    report.is_public, report.is_barred = True, False
    report.save(update_fields=["is_public", "is_barred"])
    audit.record(actor, "reports.release_report", report.ref, fields=["is_public", "is_barred"], reason=reason)
    events.publish(actor, ReportChanged(ref=report.ref))
    return report


@action
def refuse_report(*, actor: Actor, object_id: UUID, reason: str, rule: str = "", at: datetime) -> Report:
    """Nobody but its reporter and the offices reads it any more; the fault itself is still seen to.

    No office can show it again: what was taken down after a notice comes back only by the moderators, who also decide
    on objections to their own decisions (DSA Art. 16(6), 17 and 20).
    """
    report = locked(object_id)
    if not reason.strip():
        raise Invalid(fields={"reason": _("Bitte sagen Sie der Person, warum ihr Beitrag nicht erscheint.")})
    discussion.close_case(actor, report.ref, decision="refused", reason=reason, rule=rule, at=at)
    _hide(report)
    audit.record(actor, "reports.refuse_report", report.ref, fields=["is_public"], reason=rule)
    events.publish(actor, ReportChanged(ref=report.ref))
    return report


@action
def hold_report(*, actor: Actor, object_id: UUID, reason: str = "", at: datetime) -> Report:
    """Back into checking: not public until somebody decides anew."""
    report = locked(object_id)
    discussion.hold_case(actor, report.ref, at=at)
    _hide(report)
    audit.record(actor, "reports.hold_report", report.ref, fields=["is_public"], reason=reason)
    events.publish(actor, ReportChanged(ref=report.ref))
    return report


@action
def blank_name(*, actor: Actor, object_id: UUID, name: str, reason: str = "", at: datetime) -> Report:  # noqa: ARG001 - the queue passes it
    """Replaces a third person's name in what is public by „[Name entfernt]“ (practice.md 7)."""
    report = locked(object_id)
    words = discussion.without_name(report.public_words, name, report.language)
    if words == report.public_words:
        raise Invalid(fields={"name": _("Dieser Name steht nicht im Text. Bitte schreiben Sie ihn genau so wie dort.")})
    report.public_words = words
    report.save(update_fields=["public_words"])
    audit.record(actor, "reports.blank_name", report.ref, fields=["public_words"], reason=reason)
    events.publish(actor, ReportChanged(ref=report.ref))
    return report


def _hide(report: Report) -> None:
    report.is_public = report.shows_image = False
    report.is_barred = True
    report.save(update_fields=["is_public", "shows_image", "is_barred"])
    media.withdraw(report.ref)
    recording.settle(report)
