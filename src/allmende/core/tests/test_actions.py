"""A change happens wholly, once, and tells everyone."""

import threading
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from allmende.core import audit, events, ratelimit
from allmende.core.actions import KeyReused, action
from allmende.core.actor import Actor, Idempotency
from allmende.core.errors import TooMany
from allmende.core.ids import uuid7
from allmende.core.models import AuditEntry, Event, IdempotencyKey, Setting
from allmende.core.refs import Ref

pytestmark = pytest.mark.central

THING = Ref("core", "thing", UUID(int=7))


@action
def put_thing(*, actor: Actor, key: str, fail: bool = False) -> Setting:
    row = Setting.objects.create(key=key, value=1)
    audit.record(actor, "core.put_thing", THING, fields=["value"])
    if fail:
        raise RuntimeError("in the middle")
    return row


def by(key: str, body: bytes = b"one") -> Actor:
    return Actor(key=UUID(int=1), idempotency=Idempotency(key, body))


def test_a_failed_change_leaves_nothing_behind(db):
    with pytest.raises(RuntimeError):
        put_thing(actor=Actor(), key="half", fail=True)
    assert not Setting.objects.filter(key="half").exists()
    assert not AuditEntry.objects.exists()


def test_the_same_key_sent_twice_gives_the_first_result(db):
    first = put_thing(actor=by("k1"), key="a")
    again = put_thing(actor=by("k1"), key="a")
    assert first == again
    assert Setting.objects.filter(key="a").count() == 1
    assert AuditEntry.objects.count() == 1


def test_the_same_key_with_other_content_is_refused(db):
    put_thing(actor=by("k1"), key="a")
    with pytest.raises(KeyReused):
        put_thing(actor=by("k1", b"two"), key="b")


def test_a_failed_change_frees_its_key(db):
    with pytest.raises(RuntimeError):
        put_thing(actor=by("k1"), key="a", fail=True)
    assert put_thing(actor=by("k1"), key="a").key == "a"


def _race(make_actor, results: list[str]) -> None:
    barrier = threading.Barrier(8)

    def run(number: int) -> None:
        try:
            barrier.wait()
            put_thing(actor=make_actor(), key=f"{number}" if make_actor().idempotency is None else "same")
            results.append("done")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_do_it_eight_times_without_a_key_and_once_with_it():
    results: list[str] = []
    _race(lambda: Actor(key=UUID(int=1)), results)
    assert Setting.objects.count() == 8  # the protection off: the race is there
    Setting.objects.all().delete()
    _race(lambda: by("one-key"), results)
    assert Setting.objects.count() == 1
    assert results == ["done"] * 16


@pytest.mark.django_db(transaction=True)
def test_two_changes_that_lock_each_other_both_come_through():
    """Rows locked crosswise: PostgreSQL ends one of them, the action runs again."""
    Setting.objects.create(key="x", value=0)
    Setting.objects.create(key="y", value=0)
    both_hold_one = threading.Barrier(2)
    tries: list[str] = []

    @action
    def add(*, actor: Actor, first: str, second: str) -> None:
        tries.append(first)
        for key in (first, second):
            row = Setting.objects.select_for_update().get(key=key)
            row.value += 1
            row.save()
            if key == first and tries.count(first) == 1:
                both_hold_one.wait(timeout=60)

    def run(first: str, second: str) -> None:
        try:
            add(actor=Actor(), first=first, second=second)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in (("x", "y"), ("y", "x"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(Setting.objects.order_by("key").values_list("value", flat=True)) == [2, 2]
    assert len(tries) == 3


def test_an_action_inside_another_is_refused(db):
    @action
    def outer(*, actor: Actor) -> None:
        put_thing(actor=actor, key="inner")

    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        outer(actor=Actor())


def test_the_platform_itself_can_neither_change_nor_delete_the_audit(db):
    audit.record(Actor(), "core.test", THING)
    for statement in (
        "UPDATE core_auditentry SET reason = 'x'",
        "DELETE FROM core_auditentry",
        "TRUNCATE core_auditentry",
    ):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_an_event_is_stored_if_and_only_if_its_change_is(db):
    class ThingHappened(events.DomainEvent):
        name = "core.thing_happened"

    @action
    def happen(*, actor: Actor, fail: bool) -> None:
        events.publish(actor, ThingHappened(ref=THING))
        if fail:
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        happen(actor=Actor(), fail=True)
    assert not Event.objects.exists()
    happen(actor=Actor(key=UUID(int=3)), fail=False)
    stored = Event.objects.get()
    assert (stored.ref, stored.actor_key, stored.payload) == (THING, UUID(int=3), {})


def test_keys_are_forgotten_after_a_day(db):
    from allmende.core.actions import KEPT, forget_old_keys

    put_thing(actor=by("k"), key="a")
    now = timezone.now()
    assert forget_old_keys(at=now) == 0
    assert forget_old_keys(at=now + KEPT + KEPT) == 1
    assert not IdempotencyKey.objects.exists()


def test_a_rate_limit_names_the_time_from_which_it_works_again(db):
    from datetime import timedelta

    now, hour = timezone.now(), timedelta(hours=1)
    for _ in range(3):
        ratelimit.take("login", "203.0.113.9", limit=3, per=hour, at=now)
    with pytest.raises(TooMany) as refused:
        ratelimit.take("login", "203.0.113.9", limit=3, per=hour, at=now)
    assert now < refused.value.retry_at <= now + hour
    ratelimit.take("login", "203.0.113.10", limit=3, per=hour, at=now)


@pytest.mark.django_db(transaction=True)
def test_a_feed_serves_nothing_newer_than_the_oldest_open_transaction(owner):
    import os

    from allmende.core import feeds

    with psycopg.connect(os.environ["DATABASE_URL"]) as writer:
        writer.execute("SELECT 1")  # opens the transaction, before it writes
        started = writer.execute("SELECT xact_start FROM pg_stat_activity WHERE pid = pg_backend_pid()").fetchone()[0]
        written_at = timezone.now()
        writer.execute("INSERT INTO core_setting VALUES ('late', '1', clock_timestamp())")
        limit = feeds.safe_until()
        assert limit == started
        assert limit <= written_at  # without the limit a reader would pass over the late row
        writer.commit()
    assert feeds.safe_until() > written_at
    assert Setting.objects.get(key="late").changed_at >= written_at


def test_keys_made_later_sort_later():
    keys = []
    for _ in range(3):
        keys.append(uuid7())
        import time

        time.sleep(0.002)
    assert keys == sorted(keys)
    assert {key.version for key in keys} == {7}
    assert all(key.variant == uuid4().variant for key in keys)
