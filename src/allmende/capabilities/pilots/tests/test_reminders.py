"""The leading office hears of a milestone when a week is left and when its day is over: once each."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.pilots import actions, builders, tasks
from allmende.capabilities.pilots.models import Milestone
from allmende.capabilities.pilots.rules.reminders import turn_of
from allmende.core.actor import SYSTEM
from allmende.core.errors import NotAllowed
from allmende.core.models import Event
from allmende.engines.notify.interface import Notice

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def on(days: int) -> int:
    return tasks.remind_offices(timezone.now() + days * DAY)


def test_the_office_is_told_twice_and_never_again(deliver):
    clerk = people.clerk(builders.OFFICE)
    pilot = builders.pilot("running")
    builders.milestone(pilot, days=20)
    deliver()
    Notice.objects.all().delete()
    assert [on(days) for days in (0, 12, 13, 13, 20, 21, 21, 60)] == [0, 0, 1, 0, 0, 1, 0, 0]
    deliver()
    said = list(Notice.objects.filter(person=clerk).order_by("id").values_list("subjects__de", flat=True))
    assert [one.split(" ")[0] for one in said] == ["Bis", "Überfällig:"]
    assert Notice.objects.filter(person=clerk).last().subjects["en"].startswith("Overdue: ")


@pytest.mark.parametrize("state", ["draft", "proposed"])
def test_a_plan_that_nobody_has_decided_on_is_no_promise(state):
    builders.milestone(builders.pilot(state), days=3)
    assert on(0) + on(10) == 0


def test_of_what_was_reached_stopped_or_moved_meanwhile_nobody_hears(deliver):
    people.clerk(builders.OFFICE)
    running = builders.pilot("running")
    builders.milestone(running, days=3, reached=True)
    assert on(0) == 0
    builders.milestone(running, days=3)
    assert on(0) == 1
    actions.move_pilot(
        actor=builders.editor(), pilot_id=running.pk, verb="stop", reason={"de": "Kein Geld"}, at=timezone.now()
    )
    deliver()
    assert not Notice.objects.filter(subjects__de__contains="Meilenstein").exists()
    assert on(30) == 0


def test_another_day_begins_anew():
    pilot = builders.pilot("running")
    made = builders.milestone(pilot, days=3)
    assert on(0) == 1
    actions.save_milestone(
        actor=builders.editor(), pilot_id=pilot.pk, place=made.place, title={"de": "Erste Leuchten"},
        planned_on=made.planned_on + 30 * DAY, reason={"de": "Lieferung"}, at=timezone.now(),
    )  # fmt: skip
    assert [on(days) for days in (0, 26, 34, 35)] == [0, 1, 1, 0]


def test_an_office_that_takes_over_hears_of_it_too():
    pilot = builders.pilot("running")
    builders.milestone(pilot, days=3)
    assert on(0) == 1
    actions.save_pilot(
        actor=builders.editor(), pilot_id=pilot.pk, data=builders.facts(department="kultur"), at=timezone.now()
    )
    assert on(0) == 1


def test_only_the_clock_reminds():
    pilot = builders.pilot("running")
    made = builders.milestone(pilot, days=3)
    with pytest.raises(NotAllowed):
        actions.remind_of_milestone(actor=builders.editor(), pilot_id=pilot.pk, place=made.place, at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_six_workers_at_once_remind_once_and_without_the_lock_they_would_not():
    pilot = builders.pilot("running")
    made = builders.milestone(pilot, days=3)
    read = threading.Barrier(6)
    reminders: list[int] = []

    def careless() -> None:
        found = Milestone.objects.get(pk=made.pk)
        read.wait()
        if turn_of(found, pilot.state, timezone.localdate()):
            reminders.append(1)
            Milestone.objects.filter(pk=made.pk).update(reminded_at=timezone.now())

    def careful() -> None:
        actions.remind_of_milestone(actor=SYSTEM, pilot_id=pilot.pk, place=made.place, at=timezone.now())

    for job in (careless, careful):
        Milestone.objects.filter(pk=made.pk).update(reminded_at=None)
        threads = [threading.Thread(target=lambda: (job(), connection.close())) for _worker in range(6)]  # noqa: B023
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(reminders) > 1
    assert Event.objects.filter(name="pilots.milestone_due").count() == 1
