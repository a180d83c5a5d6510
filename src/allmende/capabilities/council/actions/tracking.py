"""Following a resolution: who does what by when, and what was reported back."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.actions.burying import touch_holders
from allmende.capabilities.council.models import AgendaItem, Report, Task
from allmende.capabilities.council.rules import tracking
from allmende.capabilities.council.rules.reminders import turn_of
from allmende.capabilities.council.rules.tracking import ReportData, TaskData
from allmende.core import audit, city
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Invalid, NotAllowed, NotFound
from allmende.core.events import publish
from allmende.core.reminders import Turn


def _decided_on(item: AgendaItem) -> date | None:
    start = item.meeting.start
    return timezone.localtime(start).date() if start is not None else None


def _touch(item: AgendaItem) -> None:
    """What programs read of the point has changed."""
    written = timezone.now()
    item.modified = written
    item.save(update_fields=["modified"])
    touch_holders([item], written)


def _locked(number: int) -> Task:
    """A task and then its point, in this order everywhere. Raises NotFound."""
    try:
        task = lock(Task.objects.filter(AgendaItem.public_if("item__")), number=number)
    except Task.DoesNotExist:
        raise NotFound from None
    task.item = lock(AgendaItem.objects.select_related("meeting"), pk=task.item_id)
    return task


@action
def assign_task(*, actor: Actor, item_id: UUID, data: TaskData, at: datetime, is_example: bool = False) -> Task:
    """Says what a department has to do by when, as follows from a public point. Raises NotFound, Invalid."""
    rules.require_may_keep(actor)
    try:
        item = lock(AgendaItem.objects.public().select_related("meeting"), pk=item_id)
    except AgendaItem.DoesNotExist:
        raise NotFound from None
    if wrong := tracking.task_faults(data, _decided_on(item), city.current().departments):
        raise Invalid(fields=wrong)
    task = Task.objects.create(
        item=item,
        text=data.text.strip(),
        department=data.department,
        due=data.due,
        is_public=data.is_public,
        created_at=at,
        changed_at=at,
        is_example=is_example,
    )
    if task.is_public:
        _touch(item)
    audit.record(actor, "council.assign_task", task.ref, fields=["department", "due", "is_public", "text"])
    publish(actor, events.TaskAssigned(ref=task.ref))
    return task


@action
def change_task(*, actor: Actor, number: int, data: TaskData, at: datetime) -> Task:
    """Corrects a task or gives it more time. Raises NotFound, Invalid."""
    rules.require_may_keep(actor)
    task = _locked(number)
    if wrong := tracking.task_faults(data, _decided_on(task.item), city.current().departments):
        raise Invalid(fields=wrong)
    told = {"text": data.text.strip(), "department": data.department, "due": data.due, "is_public": data.is_public}
    changed = [name for name, value in told.items() if getattr(task, name) != value]
    was_public = task.is_public
    for name, value in told.items():
        setattr(task, name, value)
    if {"due", "department"} & set(changed):
        task.reminded_at = task.overdue_reminded_at = None  # whoever has it now, by this day, knows nothing yet
    task.changed_at = at
    task.save(update_fields=[*told, "changed_at", "reminded_at", "overdue_reminded_at"])
    if changed and (was_public or task.is_public):
        _touch(task.item)
    audit.record(actor, "council.change_task", task.ref, fields=changed)
    publish(actor, events.TaskChanged(ref=task.ref))
    return task


@action
def remind_of_task(*, actor: Actor, task_id: UUID, at: datetime) -> bool:
    """Reminds the department that a week is left, or that the last day is over; whether there was something to say.

    Only the clock may; repeats change nothing. Raises NotFound, also for a task at a point that was taken back.
    """
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    try:
        task = lock(Task.objects.filter(AgendaItem.public_if("item__")), pk=task_id)
    except Task.DoesNotExist:
        raise NotFound from None
    turn = turn_of(task, timezone.localtime(at).date())
    if turn == Turn.NOTHING:
        return False
    if turn == Turn.OVERDUE:
        task.overdue_reminded_at = at
    else:
        task.reminded_at = at
    task.save(update_fields=["reminded_at", "overdue_reminded_at"])
    audit.record(actor, "council.remind_of_task", task.ref, fields=["reminded_at"], reason=turn.value)
    publish(actor, events.TaskDue(ref=task.ref, due=task.due.isoformat(), is_overdue=turn == Turn.OVERDUE))
    return True


@action
def report_on_task(*, actor: Actor, number: int, data: ReportData, at: datetime) -> Report:
    """Reports back what was done; the last report says whether that was all. Raises NotFound, NotAllowed, Invalid."""
    task = _locked(number)
    tracking.require_may_report(actor, task.department)
    if wrong := tracking.report_faults(data, _decided_on(task.item), timezone.localtime(at).date()):
        raise Invalid(fields=wrong)
    report = Report.objects.create(
        task=task,
        day=data.day,
        text=data.text.strip(),
        is_done=data.is_done,
        is_public=data.is_public,
        created_at=at,
    )
    last = task.reports.order_by("-day", "-id")[0]
    task.done_on = last.day if last.is_done else None
    task.changed_at = at
    task.save(update_fields=["done_on", "changed_at"])
    if task.is_public:
        _touch(task.item)
    audit.record(actor, "council.report_on_task", task.ref, fields=["done_on", "report"])
    publish(actor, events.TaskReportedOn(ref=task.ref, public=data.is_public))
    return report
