"""Departments are told once that a week is left and once that a day is over, whatever stops, repeats or races."""

import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.models import AgendaItem, Meeting, Task
from allmende.capabilities.council.queries.tracking import tasks_to_remind
from allmende.capabilities.council.rules.reminders import turn_of
from allmende.capabilities.council.rules.tracking import ReportData, TaskData
from allmende.capabilities.council.tasks.reminders import remind_departments
from allmende.core.actor import SYSTEM, Role
from allmende.core.errors import NotAllowed
from allmende.core.models import AuditEntry, Event
from allmende.core.reminders import Turn
from allmende.engines.notify.interface import Notice

DAY = timedelta(days=1)
moments = st.none() | st.just(datetime(2026, 1, 1))  # noqa: DTZ001 - only whether it is there counts
days = st.dates(date(2026, 1, 1), date(2026, 3, 1))


@given(days, st.none() | days, moments, moments, days)
def test_nobody_is_reminded_of_what_is_done_told_already_or_far_away(due, done_on, reminded, late, today):
    turn = turn_of(Task(due=due, done_on=done_on, reminded_at=reminded, overdue_reminded_at=late), today)
    left = (due - today).days
    assert (turn == Turn.SOON) == (done_on is None and reminded is None and 0 <= left <= 7)
    assert (turn == Turn.OVERDUE) == (done_on is None and late is None and left < 0)


@pytest.fixture
def council(begun_city):
    made = builders.council()
    builders.take([builders.decided(made)])
    held = timezone.now() - 30 * DAY
    Meeting.objects.filter(pk=made.meeting.pk).update(start=held, end=held + timedelta(hours=2))
    return made


def assign(council: builders.Council, due: int, *, is_public: bool = True, department: str = "umwelt") -> Task:
    data = TaskData("Den Weg bauen", department, timezone.localdate() + due * DAY, is_public)
    return actions.assign_task(actor=builders.OFFICE, item_id=council.item.pk, data=data, at=timezone.now())


def said() -> list[str]:
    return list(Notice.objects.filter(kind="task").order_by("id").values_list("subjects__de", flat=True))


def on(days: int) -> int:
    return remind_departments(timezone.now() + days * DAY)


def test_the_department_is_told_when_a_week_is_left_and_when_the_day_is_over_and_never_again(council, deliver):
    clerk = accounts.clerk("umwelt")
    accounts.clerk("kultur")
    assign(council, 20, is_public=False)
    assert [on(days) for days in (0, 12, 13, 13, 14, 20, 21, 21, 60)] == [0, 0, 1, 0, 0, 0, 1, 0, 0]
    deliver()
    remind_departments(timezone.now() + 90 * DAY)
    deliver()
    assert [one.split(" ")[0] for one in said()] == ["Bis", "Überfällig:"]
    notices = Notice.objects.filter(kind="task")
    assert set(notices.values_list("person_id", flat=True)) == {clerk.pk}
    assert notices.last().subjects["en"].startswith("Overdue: ")
    assert AuditEntry.objects.filter(action="council.remind_of_task").count() == 2


def test_another_day_or_department_begins_anew_other_words_do_not(council):
    task = assign(council, 5)
    assert on(0) == 1
    data = TaskData("Den Weg ganz bauen", "umwelt", task.due)
    actions.change_task(actor=builders.OFFICE, number=task.number, data=data, at=timezone.now())
    assert on(0) == 0
    data = TaskData("Den Weg ganz bauen", "kultur", task.due)
    actions.change_task(actor=builders.OFFICE, number=task.number, data=data, at=timezone.now())
    assert on(0) == 1
    data = TaskData("Den Weg ganz bauen", "kultur", task.due + 30 * DAY)
    actions.change_task(actor=builders.OFFICE, number=task.number, data=data, at=timezone.now())
    assert [on(days) for days in (0, 28, 36)] == [0, 1, 1]


def test_nobody_is_reminded_of_what_is_done_or_taken_back(council, deliver):
    accounts.clerk("umwelt")
    done, kept = assign(council, -1), assign(council, 3)
    actions.report_on_task(
        actor=builders.OFFICE,
        number=done.number,
        data=ReportData(timezone.localdate(), "Der Weg ist gebaut.", is_done=True),
        at=timezone.now(),
    )
    assert tasks_to_remind(timezone.localdate()) == [kept.pk]
    assert on(0) == 1
    AgendaItem.objects.filter(pk=council.item.pk).update(public=False)  # before the reminder has gone out
    deliver()
    assert said() == []
    assert on(30) == 0


def test_what_was_done_between_reminder_and_delivery_is_not_told(council, deliver):
    accounts.clerk("umwelt")
    task = assign(council, 3)
    on(0)
    Task.objects.filter(pk=task.pk).update(done_on=timezone.localdate())
    deliver()
    assert said() == []


def test_where_nobody_answers_for_the_department_the_councils_office_is_told(council, deliver):
    office = accounts.with_role(Role.COUNCIL_OFFICE)
    assign(council, 3, department="kultur")
    on(0)
    deliver()
    assert Notice.objects.get(kind="task").person_id == office.pk


def test_only_the_clock_reminds(council):
    with pytest.raises(NotAllowed):
        actions.remind_of_task(actor=builders.OFFICE, task_id=assign(council, 3).pk, at=timezone.now())


def test_the_notice_leads_to_the_task_which_only_those_open_who_work_on_it(council, client, deliver):
    task = assign(council, 3, is_public=False)
    on(0)
    deliver()
    address = f"/r/council/task/{task.pk}"
    assert client.get(address)["Location"] == f"/stadtrat/auftraege/{task.number}/"
    assert client.get(f"/stadtrat/auftraege/{task.number}/").status_code == 401
    accounts.login(client, accounts.clerk("umwelt"))
    assert client.get(address, follow=True).status_code == 200


def together(jobs: Sequence[Callable[[], object]]) -> None:
    """Runs the jobs at the same time, each with a database connection of its own."""

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_remind_once_and_without_the_lock_they_would_not(council):
    task = assign(council, 3)
    read = threading.Barrier(8)
    reminders: list[int] = []

    def careless() -> None:
        found = Task.objects.get(pk=task.pk)
        read.wait()
        if turn_of(found, timezone.localdate()):
            reminders.append(1)
            Task.objects.filter(pk=task.pk).update(reminded_at=timezone.now())

    together([careless] * 8)
    assert len(reminders) > 1  # the protection off: the race is there
    Task.objects.filter(pk=task.pk).update(reminded_at=None)
    now = timezone.now()
    together([lambda: actions.remind_of_task(actor=SYSTEM, task_id=task.pk, at=now)] * 8)
    assert Event.objects.filter(name="council.task_due").count() == 1
