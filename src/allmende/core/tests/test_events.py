"""Events reach their handlers: by real jobs, in order per thing, again after a failure, and visibly when they die."""

import dataclasses
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.utils import connector_params

from allmende.core import events, manifest
from allmende.core.actions import action
from allmende.core.actor import SYSTEM, Actor, Grant, Role, Viewer
from allmende.core.changes import retry_delivery
from allmende.core.errors import NotAllowed
from allmende.core.models import AuditEntry, Delivery
from allmende.core.refs import Ref
from allmende.core.tasks import AFTER_OUTAGE, ATTEMPTS

THING = Ref("core", "thing", UUID(int=9))


@dataclass(frozen=True, kw_only=True)
class ThingMoved(events.DomainEvent):
    name = "core.thing_moved"
    to: int


@action
def move_thing(*, actor: Actor, to: int) -> None:
    events.publish(actor, ThingMoved(ref=THING, to=to))


@pytest.fixture
def heard(monkeypatch):
    """One handler that listens, as a room's manifest would declare it; `fails` makes it stumble."""
    seen: list[int] = []
    state = {"fails": 0}

    def run(event: events.Stored) -> None:
        if state["fails"]:
            state["fails"] -= 1
            raise ValueError("a text that must not be kept")
        seen.append(event.payload["to"])

    handler = manifest.Handler("test.listen", frozenset({"core.thing_moved"}), run)
    monkeypatch.setattr(manifest, "_handlers", lambda: {handler.name: handler})
    manifest.handlers_of.cache_clear()
    yield seen, state
    manifest.handlers_of.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_delivers_what_was_committed_in_order(heard):
    seen, _state = heard
    for number in range(5):
        move_thing(actor=Actor(), to=number)
    call_command("deliver")
    assert seen == [0, 1, 2, 3, 4]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db(transaction=True)
def test_a_failed_handler_is_tried_again_and_keeps_only_the_kind_of_error(heard):
    seen, state = heard
    state["fails"] = 1
    move_thing(actor=Actor(), to=1)
    call_command("deliver")
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.error, seen) == ("pending", 1, "ValueError", [])
    with connection.cursor() as cursor:  # the pause before the next try is over
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    call_command("deliver")
    assert seen == [1]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("done", 2)


@pytest.mark.django_db(transaction=True)
def test_what_fails_too_often_stands_on_the_dead_letter_list_until_an_administrator_sends_it_again(heard):
    seen, state = heard
    state["fails"] = ATTEMPTS
    move_thing(actor=Actor(), to=1)
    for _ in range(ATTEMPTS):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
        call_command("deliver")
    dead = Delivery.objects.get()
    assert (dead.state, dead.attempts) == ("dead", ATTEMPTS)
    now = timezone.now()
    with pytest.raises(NotAllowed):
        retry_delivery(actor=SYSTEM, delivery_id=dead.pk, at=now)
    boss = Actor(viewer=Viewer(UUID(int=1), frozenset({Grant(Role.ADMINISTRATOR)})), key=UUID(int=2))
    retry_delivery(actor=boss, delivery_id=dead.pk, at=now)
    call_command("deliver")
    assert seen == [1]
    assert AuditEntry.objects.filter(action="core.retry_delivery").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_outage_of_the_database_is_no_failure_of_the_handler_and_is_over_in_seconds(heard, monkeypatch):
    """However often the database goes away under a delivery: it waits five seconds, not an hour, and is not dead."""
    seen, _state = heard
    listen = manifest.handler("test.listen")
    outages = iter(range(ATTEMPTS + 2))

    def run(event: events.Stored) -> None:
        if next(outages, None) is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        listen.run(event)

    monkeypatch.setattr(manifest, "handler", lambda _name: dataclasses.replace(listen, run=run))
    move_thing(actor=Actor(), to=1)
    pauses = []
    for _ in range(ATTEMPTS + 3):
        call_command("deliver")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM scheduled_at - now()) FROM procrastinate_jobs WHERE status = 'todo'"
            )
            pauses += [row[0] for row in cursor.fetchall()]
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    assert len(pauses) == ATTEMPTS + 2
    assert max(pauses) <= AFTER_OUTAGE
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, seen) == ("done", 1, [1])


@pytest.mark.django_db(transaction=True)
def test_what_a_handler_publishes_is_delivered_when_its_transaction_is_over_and_not_at_all_when_that_fails(
    heard, monkeypatch
):
    """Its job, too, belongs to the transaction: nobody else sees it before, and it goes with the rest."""
    seen, _state = heard
    listen = manifest.handler("test.listen")
    waiting = []
    of_ours = " WHERE status = 'todo' AND task_name = 'allmende.core.tasks.deliver'"

    def run(event: events.Stored) -> None:
        listen.run(event)
        if event.payload["to"] == 1:
            with transaction.atomic():
                events.publish(Actor(), ThingMoved(ref=THING, to=2))
                with psycopg.connect(**connector_params("default")) as other:
                    waiting.extend(other.execute("SELECT count(*) FROM procrastinate_jobs" + of_ours))
                if len(seen) == 1:
                    raise ValueError

    monkeypatch.setattr(manifest, "handler", lambda _name: dataclasses.replace(listen, run=run))
    move_thing(actor=Actor(), to=1)
    call_command("deliver")
    assert (seen, waiting) == ([1], [(0,)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'sequence' FROM procrastinate_jobs" + of_ours)
        assert cursor.fetchall() == [(str(Delivery.objects.get().event_id),)]
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    call_command("deliver")
    assert (seen, waiting) == ([1, 1, 2], [(0,), (0,)])


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_was_done_is_not_done_again(heard):
    seen, _state = heard
    move_thing(actor=Actor(), to=1)
    call_command("deliver")
    sequence = Delivery.objects.get().event_id
    events.run_delivery(sequence, "test.listen")
    assert seen == [1]


@pytest.mark.django_db(transaction=True)
def test_no_job_is_made_of_an_event_that_a_handler_does_not_want(monkeypatch):
    seen = []
    handler = manifest.Handler(
        "test.listen",
        frozenset({"*"}),
        lambda event: seen.append(event.payload["to"]),
        wants=lambda event: event.to > 1,
    )
    monkeypatch.setattr(manifest, "_handlers", lambda: {handler.name: handler})
    manifest.handlers_of.cache_clear()
    try:
        for number in range(3):
            move_thing(actor=Actor(), to=number)
    finally:
        manifest.handlers_of.cache_clear()
    assert Delivery.objects.count() == 1
    assert events.Event.objects.count() == 3
    monkeypatch.setattr(manifest, "handler", lambda _name: handler)
    call_command("deliver")
    assert seen == [2]
