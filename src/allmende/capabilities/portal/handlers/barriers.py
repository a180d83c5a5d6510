"""Who is told of a reported barrier, and what."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from allmende.accounts.models import RoleGrant
from allmende.capabilities.portal.models.barriers import BarrierAnswer
from allmende.capabilities.portal.queries import barriers as queries
from allmende.capabilities.portal.workflow.barriers import KINDS, LABELS, Kind, State
from allmende.core.actor import Role
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.engines.notify import interface as notify


def _clerks(department: str) -> list[UUID]:
    rows = RoleGrant.objects.filter(role=Role.CLERK.value, scope=f"department:{department}")
    return list(rows.values_list("person_id", flat=True))


def office(event: Stored) -> Iterable[UUID]:
    report = queries.report(event.ref.id)
    return _clerks(report.department) if report else ()


def reminded(event: Stored) -> Iterable[UUID]:
    return _clerks(event.payload["department"])


def author(event: Stored) -> Iterable[UUID]:
    report = queries.report(event.ref.id)
    return (report.author_id,) if report and report.author_id else ()


def new_report(event: Stored, _language: str) -> NoticeText | None:
    """For the office."""
    report = queries.report(event.ref.id)
    if report is None:
        return None
    return NoticeText(
        _("Neue gemeldete Barriere: %(number)s") % {"number": report},
        f"{KINDS[Kind(report.kind)]}. {report.page}".strip(),
        report.ref,
    )


def received(event: Stored, _language: str) -> NoticeText | None:
    """For who reported it: that it arrived, under which number, until when the city answers."""
    report = queries.report(event.ref.id)
    if report is None or report.author_id is None or report.due_at is None:
        return None
    receipt = notify.receipt_of(report.ref, report.author_id)
    last = formats.date_format(timezone.localtime(report.due_at - timedelta(microseconds=1)), "DATE_FORMAT")
    lines = [_("Danke. Wir sehen uns die Barriere an und antworten bis %(day)s.") % {"day": last}]
    if receipt is not None:
        lines.append(_("Ihre Nummer: %(number)s.") % {"number": receipt.number})
    return NoticeText(_("Barriere gemeldet: %(number)s") % {"number": report}, "\n\n".join(lines), report.ref)


def answered(event: Stored, language: str) -> NoticeText | None:
    report = queries.report(event.ref.id)
    answer = BarrierAnswer.objects.filter(pk=event.payload["answer_id"]).first()
    if report is None or answer is None:
        return None
    state = LABELS[State(answer.state)]
    return NoticeText(
        _("Zu Ihrer gemeldeten Barriere: %(state)s") % {"state": state.get(language) or state["de"]},
        answer.text,
        report.ref,
    )


def overdue(event: Stored, _language: str) -> NoticeText | None:
    report = queries.report(event.ref.id)
    if report is None or report.closed_at is not None:
        return None
    return NoticeText(
        _("Überfällig: gemeldete Barriere %(number)s") % {"number": report},
        _("Die Person wartet auf eine Antwort."),
        report.ref,
    )


RULES = (
    NoticeRule("portal.barrier_reported", new_report, people=office),
    NoticeRule("portal.barrier_reported", received, people=author),
    NoticeRule("portal.barrier_answered", answered, people=author),
    NoticeRule("portal.barrier_overdue", overdue, people=reminded),
)
