"""What the people of a group are told about minutes and tasks, and authors about what a group decided."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.accounts.models import RoleGrant
from allmende.capabilities.participation import queries
from allmende.capabilities.participation.handlers.notices import _day, _word, group_and_meeting, group_members
from allmende.capabilities.participation.models import Decision, Task
from allmende.core.actor import Role
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref

SHORT = 80


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}…"


def leads(event: Stored) -> Iterable[UUID]:
    return queries.leads(UUID(event.payload["group_id"]))


def minutes_ready(event: Stored, language: str) -> NoticeText | None:
    """For chair and deputies."""
    meeting = queries.meeting(event.ref.id)
    minutes = queries.minutes_of(event.ref.id)
    if meeting is None or minutes is None or minutes.state != minutes.State.CHECKING:
        return None
    return NoticeText(
        _("Bitte prüfen: Protokoll „%(title)s“") % {"title": _word(meeting.topic, language)},
        _("Das Protokoll ist geschrieben. Lesen Sie es, dann können alle es lesen."),
        meeting.ref,
    )


def minutes_published(event: Stored, language: str) -> NoticeText | None:
    """For the group and who follows it."""
    meeting = queries.meeting(event.ref.id)
    edition = queries.edition_of(event.ref.id, int(event.payload["edition"]))
    if meeting is None or edition is None:
        return None
    title = {"title": _word(meeting.topic, language)}
    if edition.correction:
        return NoticeText(_("Protokoll berichtigt: „%(title)s“") % title, edition.correction, meeting.ref)
    count = sum(len(item["decisions"]) for item in edition.items)
    return NoticeText(
        _("Protokoll: „%(title)s“") % title,
        _("Das Protokoll ist da. Beschlüsse: %(n)s.") % {"n": count},
        meeting.ref,
    )


def decided(event: Stored, language: str) -> NoticeText | None:
    """For who wrote the idea or one of the theme, and who follows it: what the group decided, in its words."""
    decision = queries.decision(event.ref.id)
    if decision is None or decision.withdrawn_at is not None or decision.about is None:
        return None
    names = {"text": decision.text, "group": _word(decision.meeting.group.names, language), "title": _about(decision)}
    return NoticeText(
        _("Beschlossen zu „%(title)s“") % names,
        _("%(text)s\n\nDas hat die Gruppe „%(group)s“ beschlossen.") % names,
        decision.ref,
    )


def _about(decision: Decision) -> str:
    """Title of the idea or theme, in its own words."""
    if decision.about_id is None:
        return ""
    if decision.about_kind == "idea":
        idea = queries.idea(decision.about_id)
        return "" if idea is None or idea.version is None else idea.version.title[:SHORT]
    return str(queries.theme(decision.about_id) or "")[:SHORT]


def decided_authors(event: Stored) -> Iterable[UUID]:
    decision = queries.decision(event.ref.id)
    return () if decision is None else queries.authors_about(decision)


def decided_about(event: Stored) -> Iterable[Ref]:
    decision = queries.decision(event.ref.id)
    return (decision.about,) if decision is not None and decision.about is not None else ()


def _open(event: Stored) -> Task | None:
    task = queries.task(event.ref.id)
    return task if task is not None and task.is_open else None


def task_people(event: Stored) -> Iterable[UUID]:
    """Who has the task: the person, the clerks of the office, or the group's chair for all."""
    task = queries.task(event.ref.id)
    if task is None or event.payload.get("for_chair"):
        return leads(event)
    if task.person_id is not None:
        return (task.person_id,)
    if task.department:
        rows = RoleGrant.objects.filter(role=Role.CLERK, scope=f"department:{task.department}")
        return list(rows.values_list("person_id", flat=True).distinct())
    return leads(event)


def _last_day(task: Task) -> str:
    return _day(task.due_at - timedelta(seconds=1))


def task_given(event: Stored, language: str) -> NoticeText | None:
    task = _open(event)
    if task is None:
        return None
    names = {"text": task.text, "day": _last_day(task), "group": _word(task.group.names, language)}
    return NoticeText(
        _("Aufgabe bis %(day)s: %(text)s") % {**names, "text": _short(task.text)},
        _("%(text)s\n\nDas hat die Gruppe „%(group)s“ vereinbart. Bis %(day)s.") % names,
        task.ref,
    )


def task_overdue(event: Stored, language: str) -> NoticeText | None:
    task = _open(event)
    if task is None or task.due_at > event.at:
        return None
    names = {"text": task.text, "day": _last_day(task), "group": _word(task.group.names, language)}
    if event.payload["for_chair"]:
        body = _("%(text)s\n\nVereinbart war bis %(day)s in „%(group)s“. Vielleicht braucht es andere Hände?") % names
    else:
        body = _("%(text)s\n\nVereinbart war bis %(day)s. Fertig? Dann sagen Sie es der Gruppe.") % names
    return NoticeText(_("Noch offen: %(text)s") % {"text": _short(task.text)}, body, task.ref)


def handover_proposed(event: Stored, language: str) -> NoticeText | None:
    """For who is asked to take the chair."""
    row = queries.handover(UUID(event.payload["handover_id"]))
    if row is None or row.state != row.State.OPEN:
        return None
    return NoticeText(
        _("Möchten Sie den Vorsitz übernehmen? „%(group)s“") % {"group": _word(row.group.names, language)},
        _("Sie sind gefragt. Auf der Seite der Gruppe steht unter „Vorsitz übergeben“, was offen ist."),
        row.group.ref,
    )


def handover_ended(event: Stored, language: str) -> NoticeText | None:
    """For who proposed it."""
    row = queries.handover(UUID(event.payload["handover_id"]))
    if row is None or row.state == row.State.OPEN:
        return None
    taken = row.state == row.State.ACCEPTED
    subject = _("Der Vorsitz ist übergeben: „%(group)s“") if taken else _("Der Vorsitz bleibt: „%(group)s“")
    body = _("Danke für Ihre Zeit an dieser Stelle.") if taken else _("Die Anfrage ist beendet.")
    return NoticeText(subject % {"group": _word(row.group.names, language)}, body, row.group.ref)


def successor(event: Stored) -> Iterable[UUID]:
    row = queries.handover(UUID(event.payload["handover_id"]))
    return () if row is None else (row.successor_id,)


def proposer(event: Stored) -> Iterable[UUID]:
    row = queries.handover(UUID(event.payload["handover_id"]))
    return () if row is None or row.proposed_by_id is None else (row.proposed_by_id,)


def certificate_requested(event: Stored, language: str) -> NoticeText | None:
    """For who leads the group."""
    row = queries.certificate(event.ref.id)
    if row is None or not row.is_open:
        return None
    group = {"group": _word(row.group.names, language)}
    return NoticeText(
        _("Bitte um eine Bescheinigung: „%(group)s“") % group,
        _("Jemand aus der Gruppe bittet um eine Bescheinigung über die Mitarbeit."),
        row.ref,
    )


def certificate_decided(event: Stored, language: str) -> NoticeText | None:
    """For who asked for it."""
    row = queries.certificate(event.ref.id)
    if row is None or row.is_open:
        return None
    group = {"group": _word(row.group.names, language)}
    if row.issued_at is None:
        return NoticeText(_("Keine Bescheinigung: „%(group)s“") % group, row.reason, row.ref)
    return NoticeText(
        _("Ihre Bescheinigung ist da: „%(group)s“") % group,
        _("Danke für Ihre Mitarbeit. Sie liegt unter „Meine Mitarbeit“ zum Herunterladen."),
        row.ref,
    )


def certified(event: Stored) -> Iterable[UUID]:
    row = queries.certificate(event.ref.id)
    return () if row is None else (row.person_id,)


def store_leads(event: Stored) -> Iterable[UUID]:
    store = queries.store(event.ref.id)
    return () if store is None else queries.leads(store.group_id)


def impulse_taken(event: Stored, language: str) -> NoticeText | None:
    """For who leads the group that asks."""
    store = queries.store(event.ref.id)
    if store is None:
        return None
    return NoticeText(
        _("Ein Anstoß für Ihre Sammlung: „%(title)s“") % {"title": _word(store.title, language)},
        _("Ein Amt hat ihn gefunden und dazugelegt. Er steht auf der Seite der Sammlung unter „Woher kommt das?“."),
        store.ref,
    )


RULES = (
    NoticeRule("participation.impulse_taken", impulse_taken, people=store_leads),
    NoticeRule("participation.minutes_ready", minutes_ready, people=leads),
    NoticeRule("participation.minutes_published", minutes_published, people=group_members, followed=group_and_meeting),
    NoticeRule("participation.decision_made", decided, people=decided_authors, followed=decided_about),
    NoticeRule("participation.task_given", task_given, people=task_people),
    NoticeRule("participation.task_overdue", task_overdue, people=task_people),
    NoticeRule("participation.handover_proposed", handover_proposed, people=successor),
    NoticeRule("participation.handover_ended", handover_ended, people=proposer),
    NoticeRule("participation.certificate_requested", certificate_requested, people=leads),
    NoticeRule("participation.certificate_decided", certificate_decided, people=certified),
)
