"""Values are kept as they come, with hours, days and newest value in the same breath; nothing is lost or doubled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.urbandata import actions, builders
from allmende.capabilities.urbandata.actions import Reading
from allmende.capabilities.urbandata.builders import measure, series
from allmende.capabilities.urbandata.models import Batch, Day, Hour, Observation, Standing
from allmende.core.actor import SYSTEM, Actor
from allmende.core.errors import Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.models import AuditEntry, Event

pytestmark = [pytest.mark.django_db, pytest.mark.central]
START = datetime(2024, 10, 26, 22, tzinfo=UTC)


def test_a_batch_is_kept_with_its_sums_one_audit_entry_and_one_event():
    one = series()
    before = AuditEntry.objects.count()
    added = measure(one, START, [1, 2, 3, 4], every=timedelta(minutes=30))
    assert list(Observation.objects.order_by("id").values_list("id", "result_number")) == [
        (key, number) for key, number in zip(added.ids, [1.0, 2.0, 3.0, 4.0], strict=True)
    ]
    hours = Hour.objects.order_by("start").values_list("start", "count", "total", "low", "high")
    assert list(hours) == [(START, 2, 3.0, 1.0, 2.0), (START + timedelta(hours=1), 2, 7.0, 3.0, 4.0)]
    day = Day.objects.get()
    assert (f"{day.day}", day.count, day.total) == ("2024-10-27", 4, 10.0)
    standing = Standing.objects.get()
    assert (standing.count, standing.first, standing.result_number) == (4, START, 4.0)
    assert AuditEntry.objects.count() == before + 1
    assert Event.objects.filter(name="urbandata.observations_added").count() == 1
    assert Batch.objects.get().rows == 4


def test_late_values_add_up_and_the_newest_stays_the_newest():
    one = series()
    measure(one, START + timedelta(hours=2), [30])
    measure(one, START, [10, 20])
    measure(one, START, [5])
    standing = Standing.objects.get()
    assert (standing.count, standing.first, standing.last) == (4, START, START + timedelta(hours=2))
    assert standing.result_number == 30
    assert Hour.objects.get(start=START).total == 15
    assert Day.objects.get().low == 5


def test_what_is_no_number_is_kept_and_in_no_sum():
    one = series()
    results = ["offen", True, {"a": [1, 'Umbruch\n\t\\N "']}, 2**60, None, 1.5]
    measure(one, START, results)
    found = Observation.objects.order_by("id").values_list("result_number", "result_other")
    assert [number if number is not None else other for number, other in found] == results
    assert Hour.objects.aggregate(Sum("count"))["count__sum"] == 1


def test_each_month_has_a_part_of_the_table_and_old_times_share_one():
    one = series()
    for start in (datetime(1850, 1, 1, tzinfo=UTC), datetime(2024, 2, 29, 23, 30, tzinfo=UTC)):
        measure(one, start, [1, 2])
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableoid::regclass::text FROM urbandata_observation ORDER BY 1")
        names = [name for (name,) in cursor.fetchall()]
    assert names == [f"urbandata_observation_{part}" for part in ("202402", "202403", "old")]


def test_a_source_read_again_adds_only_what_is_new():
    one = series()
    readings = [Reading(one.number, START + timedelta(hours=step), step) for step in (0, 1, 1, 2)]
    first = actions.add_observations(actor=SYSTEM, readings=readings, only_new=True, at=timezone.now())
    again = actions.add_observations(actor=SYSTEM, readings=readings, only_new=True, at=timezone.now())
    assert (len(first.ids), first.known) == (3, 1)
    assert (len(again.ids), again.known, again.batch_id) == (0, 4, None)
    assert Standing.objects.get().count == 3


def test_only_the_data_team_writes():
    one, at = series(), timezone.now()
    readings = [Reading(one.number, START, 1)]
    with pytest.raises(NotAllowed):
        actions.add_observations(actor=people.actor(people.person()), readings=readings, at=at)
    with pytest.raises(NotSignedIn):
        actions.add_observations(actor=Actor(), readings=readings, at=at)
    assert not Observation.objects.exists()


@pytest.mark.parametrize("start", [datetime(9998, 1, 1, tzinfo=UTC), datetime(1066, 10, 14, tzinfo=UTC)])
def test_a_clock_in_the_future_or_out_of_history_is_refused(start):
    with pytest.raises(Invalid):
        measure(series(), start, [1])
    assert not Observation.objects.exists()


def test_a_series_that_is_not_there_takes_nothing():
    one = series()
    readings = [Reading(one.number, START, 1), Reading(one.number + 1, START, 1)]
    with pytest.raises(NotFound):
        actions.add_observations(actor=builders.editor(), readings=readings, at=timezone.now())
    assert not Observation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_batches_at_once_lose_nothing():
    """Four writers, all into the same hours of the same two series, in opposite orders."""
    one, other = series(), series()

    def write(turn: int) -> None:
        order = (one, other) if turn % 2 else (other, one)
        readings = [Reading(of.number, START + timedelta(minutes=step), 1) for of in order for step in range(50)]
        try:
            for _again in range(5):
                actions.add_observations(actor=SYSTEM, readings=readings, at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert Observation.objects.count() == 4 * 5 * 100
    assert Hour.objects.aggregate(Sum("count"))["count__sum"] == 2000
    assert set(Standing.objects.values_list("count", flat=True)) == {1000}
