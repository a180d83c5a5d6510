"""What offices and the desk are told: a rule that broke, an answer from outside."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from allmende.accounts.models import RoleGrant
from allmende.capabilities.reports.events import (
    CrewReported,
    HandoverAnswered,
    HandoverLapsed,
    RoutingRuleBroke,
    SubtaskEnded,
    SubtaskGiven,
)
from allmende.capabilities.reports.models import Handover, RoutingRule, Subtask, Update
from allmende.capabilities.reports.queries import reports
from allmende.capabilities.reports.rules import SCOPE
from allmende.capabilities.reports.workflow import ENDED
from allmende.core.actor import Role
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText


def desk(event: Stored) -> Iterable[UUID]:  # noqa: ARG001 - shape of a notice rule
    """Everybody who sees to reports of every office."""
    grants = RoleGrant.objects.filter(role=Role.CLERK, scope__in=["", SCOPE])
    return list(grants.values_list("person_id", flat=True).distinct())


def rule_broke(event: Stored, language: str) -> NoticeText | None:  # noqa: ARG001 - shape of a notice rule
    """Nothing once somebody has mended it."""
    row = RoutingRule.objects.filter(pk=event.ref.id, alarmed_at__isnull=False).first()
    if row is None:
        return None
    body = _(
        "Die Regel „%(name)s“ nennt ein Amt, eine Art oder einen Stadtteil, den es nicht mehr gibt. Bis jemand sie "
        "ändert, gehen manche Meldungen den gewöhnlichen Weg."
    )
    names = {"name": row.name}
    return NoticeText(_("Eine Regel für Meldungen greift nicht: %(name)s") % names, body % names, row.ref)


def office(event: Stored) -> Iterable[UUID]:
    """Whoever sees to the report in its office; where there is nobody, the desk."""
    found = reports.by_id(event.ref.id)
    if found is None:
        return ()
    grants = RoleGrant.objects.filter(role=Role.CLERK, scope=f"department:{found.department}")
    theirs = [key for key in set(grants.values_list("person_id", flat=True)) if found.category.is_entrusted_to(key)]
    return theirs or desk(event)


def handover_answered(event: Stored, language: str) -> NoticeText | None:
    """How it stands now; nothing once the office has dealt with it."""
    row = Handover.objects.select_related("report__category").filter(pk=event.payload["handover"]).first()
    if row is None or row.report.state in ENDED:
        return None
    subjects = {
        Handover.State.IN_WORK: _("%(party)s arbeitet daran: %(title)s"),
        Handover.State.DONE: _("%(party)s ist fertig: %(title)s"),
        Handover.State.NOT_OURS: _("%(party)s ist nicht zuständig: %(title)s"),
        Handover.State.LAPSED: _("%(party)s hat nicht geantwortet: %(title)s"),
    }
    state = Handover.State(row.state)
    if state not in subjects:
        return None
    bodies = {
        Handover.State.DONE: _("Bitte sehen Sie nach und melden Sie es dann erledigt."),
        Handover.State.NOT_OURS: _("Bitte entscheiden Sie, wie es weitergeht."),
        Handover.State.LAPSED: _("Der Link ist abgelaufen. Bitte entscheiden Sie, wie es weitergeht."),
    }
    names = {"party": row.party, "title": row.report.title(language)}
    body = "\n\n".join(part for part in (row.answer, bodies.get(state, "")) if part)
    return NoticeText(subjects[state] % names, body, row.report.ref)


def asked(event: Stored) -> Iterable[UUID]:
    """Clerks of the office that a part was given to; where there is nobody, the desk."""
    row = Subtask.objects.filter(pk=event.payload["subtask"]).first()
    if row is None:
        return ()
    grants = RoleGrant.objects.filter(role=Role.CLERK, scope=f"department:{row.department}")
    return list(grants.values_list("person_id", flat=True).distinct()) or desk(event)


def subtask_given(event: Stored, language: str) -> NoticeText | None:
    row = Subtask.objects.select_related("report__category").filter(pk=event.payload["subtask"]).first()
    if row is None or not row.is_open:
        return None
    names = {"title": row.report.title(language)}
    return NoticeText(_("Eine Teilaufgabe für Ihr Amt: %(title)s") % names, row.words, row.ref)


def subtasks_done(event: Stored, language: str) -> NoticeText | None:
    """For whoever sees to the report, once no part is open any more; only the part that ended last tells it."""
    row = Subtask.objects.select_related("report__category").filter(pk=event.payload["subtask"]).first()
    if row is None or row.report.state in ENDED:
        return None
    others = Subtask.objects.filter(report=row.report).exclude(pk=row.pk)
    still_open = Q(done_at__isnull=True, dropped_at__isnull=True)
    ended_later = Q(done_at__gt=row.ended_at) | Q(dropped_at__gt=row.ended_at)
    if row.is_open or others.filter(still_open | ended_later).exists():
        return None
    subject = _("Alle Teilaufgaben sind erledigt: %(title)s") % {"title": row.report.title(language)}
    return NoticeText(subject, row.answer, row.report.ref)


def crew_reported(event: Stored, language: str) -> NoticeText | None:
    found = reports.by_id(event.ref.id)
    line = Update.objects.filter(pk=event.payload["update_id"]).first()
    if found is None or line is None or found.state in ENDED:
        return None
    return NoticeText(_("Von unterwegs: %(title)s") % {"title": found.title(language)}, line.note, found.ref)


RULES = (
    NoticeRule(RoutingRuleBroke.name, rule_broke, people=desk),
    NoticeRule(CrewReported.name, crew_reported, people=office),
    NoticeRule(SubtaskGiven.name, subtask_given, people=asked),
    NoticeRule(SubtaskEnded.name, subtasks_done, people=office),
    NoticeRule(HandoverAnswered.name, handover_answered, people=office),
    NoticeRule(HandoverLapsed.name, handover_answered, people=office),
)
