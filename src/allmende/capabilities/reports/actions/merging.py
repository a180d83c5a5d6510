"""The same thing reported twice becomes one, and two again when that was wrong; somebody else has seen it too."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.moving import change_state, tell
from allmende.capabilities.reports.actions.rows import locked, note_line
from allmende.capabilities.reports.events import ReportChanged
from allmende.capabilities.reports.models import Join, Report
from allmende.capabilities.reports.workflow import State, Who
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Conflict, Invalid, NotFound
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace


def _both(report_id: UUID, main_id: UUID) -> tuple[Report, Report]:
    """Both locked, in one order whoever asks, so that two clerks who merge crosswise do not wait for each other."""
    rows = {id_: locked(id_) for id_ in sorted({report_id, main_id})}
    return rows[report_id], rows[main_id]


@action
def merge_reports(*, actor: Actor, report_id: UUID, main_id: UUID, at: datetime) -> Report:
    """`report_id` was reported before as `main_id`: it runs with that one, whose steps its reporter hears from now on.

    Raises Invalid for a report with itself or with one that is itself a duplicate, Conflict when it is too late.
    """
    if report_id == main_id:
        raise Invalid(fields={"main": _("Bitte wählen Sie eine andere Meldung als diese.")})
    report, main = _both(report_id, main_id)
    rules.require_may_handle(actor.viewer, report)
    rules.step_of(report, "merge", Who.MERGE)
    if not rules.may_see(actor.viewer, main):
        raise NotFound
    if main.state in {State.DUPLICATE, State.REFUSED}:
        raise Invalid(fields={"main": _("Diese Meldung läuft selbst nicht mehr. Bitte wählen Sie eine andere.")})
    if report.duplicates.exists():
        raise Invalid(
            fields={"main": _("Mit dieser Meldung sind schon andere zusammengelegt. Gehen Sie umgekehrt vor.")}
        )
    report.resume, report.main = report.state, main
    change_state(report, State.DUPLICATE, at)
    report.save()
    main.join_count += 1 + report.join_count
    main.save(update_fields=["join_count"])
    trace.tie(
        actor, report.ref, main.ref, reason=_("Dieselbe Sache, zweimal gemeldet."), happened_at=at, at=at, quiet=True
    )
    line = note_line(report, "merge", language=actor.language, department=report.department, at=at)
    audit.record(actor, "reports.merge_reports", report.ref, fields=["state", "main"])
    tell(actor, report, line)
    events.publish(actor, ReportChanged(ref=main.ref))
    return report


@action
def split_report(*, actor: Actor, report_id: UUID, at: datetime) -> Report:
    """Not the same after all: the report runs by itself again, from where it stood. Raises Conflict when it does."""
    seen = Report.objects.filter(pk=report_id).values_list("main_id", flat=True).first()
    if seen is None:
        raise NotFound
    report, main = _both(report_id, seen)
    rules.require_may_handle(actor.viewer, report)
    rules.step_of(report, "split", Who.MERGE)
    if report.main_id != main.pk:
        raise Conflict
    change_state(report, State(report.resume or State.CHECKED), at)
    report.resume, report.main = "", None
    report.save()
    main.join_count = max(0, main.join_count - 1 - report.join_count)
    main.save(update_fields=["join_count"])
    trace.untie(actor, report.ref, main.ref, reason=_("Doch nicht dieselbe Sache."), at=at)
    line = note_line(report, "split", language=actor.language, department=report.department, at=at)
    audit.record(actor, "reports.split_report", report.ref, fields=["state", "main"])
    tell(actor, report, line)
    events.publish(actor, ReportChanged(ref=main.ref))
    return report


@action
def join_report(*, actor: Actor, report_id: UUID, contact: Mapping[str, Any] | None = None, at: datetime) -> Report:
    """Somebody has the same fault before their eyes: counted once a person, and told of every step from now on.

    `contact` holds the arguments of `accounts.interface.guest` for whoever is not signed in. Raises NotFound for what
    is not public, Closed once it has ended.
    """
    report = locked(report_id)
    if not report.is_public:
        raise NotFound
    if not rules.may_join(report):
        raise Closed(_("Diese Meldung ist abgeschlossen. Ist es wieder so, melden Sie es bitte neu."))
    person_id = actor.person_id or accounts.guest(**(contact or {})).pk
    fresh = person_id != report.reporter_id and not Join.objects.filter(report=report, person_id=person_id).exists()
    if fresh:
        Join.objects.create(report=report, person_id=person_id, at=at)
        report.join_count += 1
        report.save(update_fields=["join_count"])
        notify.follow_silently(person_id, report.ref, at)
        events.publish(actor, ReportChanged(ref=report.ref))
    audit.record(actor, "reports.join_report", report.ref, fields=["join_count"])
    return report
