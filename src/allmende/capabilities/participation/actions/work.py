"""Tasks of a group: given, changed, done, dropped; and remembered when they are late."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.rows import locked_group
from allmende.capabilities.participation.events import TaskDone, TaskDropped, TaskGiven, TaskOverdue
from allmende.capabilities.participation.models import Task
from allmende.capabilities.participation.workflow import end_of
from allmende.capabilities.participation.workflow.decisions import DECISION_LIMIT
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound

CHAIR_AFTER = timedelta(days=7)
"""So long after the day the chair hears of a task that is not done."""


def _locked_task(task_id: UUID) -> Task:
    """Raises NotFound."""
    try:
        return lock(Task.objects.select_related("group"), pk=task_id)
    except Task.DoesNotExist:
        raise NotFound from None


def _checked(group_id: UUID, text: str, person_id: UUID | None, department: str) -> str:
    words = " ".join(text.split())
    wrong: dict[str, str] = {}
    if not words:
        wrong["text"] = _("Bitte sagen Sie, was zu tun ist.")
    elif len(words) > DECISION_LIMIT:
        wrong["text"] = _("Bitte kürzen Sie auf %(n)s Zeichen.") % {"n": DECISION_LIMIT}
    if person_id is not None and person_id not in queries.live_members(group_id):
        wrong["who"] = _("Diese Person ist nicht mehr in der Gruppe.")
    if department and city.current().department(department) is None:
        wrong["who"] = _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")
    if wrong:
        raise Invalid(fields=wrong)
    return words


@action
def add_task(
    *,
    actor: Actor,
    group_id: UUID,
    text: str,
    due_on: date,
    person_id: UUID | None = None,
    department: str = "",
    at: datetime,
) -> Task:
    """Gives a task to a member, an office, or the whole group. Whoever leads, and editors."""
    group = locked_group(group_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, group.pk))
    task = Task.objects.create(
        group=group,
        text=_checked(group.pk, text, person_id, department),
        language=actor.language,
        person_id=person_id,
        department=department if person_id is None else "",
        due_at=end_of(due_on, city.current().zone),
        created_at=at,
    )
    audit.record(actor, "participation.add_task", task.ref, fields=["text", "due_at"])
    events.publish(actor, TaskGiven(ref=task.ref, group_id=group.pk))
    return task


@action
def change_task(
    *, actor: Actor, task_id: UUID, text: str, due_on: date, person_id: UUID | None = None, department: str = ""
) -> Task:
    """Another day, other hands, clearer words. Reminders begin anew; whoever newly has it is told."""
    task = _locked_task(task_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, task.group_id))
    if not task.is_open:
        raise Conflict(_("Diese Aufgabe ist schon abgeschlossen."))
    text = _checked(task.group_id, text, person_id, department)
    department = department if person_id is None else ""
    moved = (task.person_id, task.department) != (person_id, department)
    task.text, task.person_id, task.department = text, person_id, department
    task.due_at, task.reminded_at, task.chair_reminded_at = end_of(due_on, city.current().zone), None, None
    task.save()
    audit.record(actor, "participation.change_task", task.ref, fields=["text", "due_at"])
    if moved:
        events.publish(actor, TaskGiven(ref=task.ref, group_id=task.group_id))
    return task


@action
def finish_task(*, actor: Actor, task_id: UUID, result: str = "", at: datetime) -> Task:
    """Says that a task is done, and what came out. Doing it twice changes nothing."""
    task = _locked_task(task_id)
    rules.require_may_finish(task, actor.viewer, queries.function_in(actor.viewer, task.group_id))
    if task.dropped_at is not None:
        raise Conflict(_("Diese Aufgabe ist schon abgeschlossen."))
    if task.done_at is None:
        task.done_at, task.result = at, result.strip()[:600]
        task.save(update_fields=["done_at", "result"])
        audit.record(actor, "participation.finish_task", task.ref, fields=["done_at", "result"])
        events.publish(actor, TaskDone(ref=task.ref, group_id=task.group_id))
    return task


@action
def drop_task(*, actor: Actor, task_id: UUID, reason: str, at: datetime) -> Task:
    """Takes a task off the list, with a reason that everybody can read."""
    task = _locked_task(task_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, task.group_id))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Bitte sagen Sie den Menschen, warum.")})
    if not task.is_open:
        raise Conflict(_("Diese Aufgabe ist schon abgeschlossen."))
    task.dropped_at, task.drop_reason = at, reason.strip()[:300]
    task.save(update_fields=["dropped_at", "drop_reason"])
    audit.record(actor, "participation.drop_task", task.ref, fields=["dropped_at"], reason=reason)
    events.publish(actor, TaskDropped(ref=task.ref, group_id=task.group_id))
    return task


@action
def remind_of_task(*, actor: Actor, task_id: UUID, at: datetime) -> Task:
    """Reminds of what is late: first who has it, a week later the chair. Only the clock may; repeats change nothing."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    task = _locked_task(task_id)
    if not task.is_open or task.due_at > at:
        return task
    for_chair = task.reminded_at is not None
    if for_chair and (task.chair_reminded_at is not None or task.due_at + CHAIR_AFTER > at):
        return task
    if for_chair:
        task.chair_reminded_at = at
    else:
        task.reminded_at = at
    task.save(update_fields=["reminded_at", "chair_reminded_at"])
    audit.record(actor, "participation.remind_of_task", task.ref, fields=["reminded_at"])
    events.publish(actor, TaskOverdue(ref=task.ref, group_id=task.group_id, for_chair=for_chair))
    return task
