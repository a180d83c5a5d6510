"""Events: stored with the change, delivered by jobs of the same transaction, replayable, retried per handler."""

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection, transaction

from allmende.core import manifest, statements
from allmende.core.actor import Actor
from allmende.core.models import Delivery, Event
from allmende.core.refs import Ref

INSERT = """
INSERT INTO core_event (id, name, version, actor_key, at, capability, kind, object_id, payload)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb) RETURNING sequence
"""
"""Written out, as every change of every room pays for it (`statements`)."""


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Base of what a room's `events.py` declares: frozen, past tense, named `room.something_happened`.

    Fields other than `ref` are the payload: ids (UUID), states (str), numbers and booleans only. Texts and names have
    no place in an event, since events outlive an erasure.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    ref: Ref

    def payload(self) -> dict[str, Any]:
        values = ((f.name, getattr(self, f.name)) for f in dataclasses.fields(self) if f.name != "ref")
        return {key: str(value) if isinstance(value, (UUID, Ref)) else value for key, value in values}


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as a handler gets it. Handlers re-read current state by `ref` and tolerate repeats."""

    sequence: int
    id: UUID
    name: str
    version: int
    ref: Ref
    actor_key: UUID | None
    at: datetime
    payload: dict[str, Any]

    @classmethod
    def of(cls, row: Event) -> "Stored":
        return cls(row.sequence, row.id, row.name, row.version, row.ref, row.actor_key, row.at, row.payload)


def publish(actor: Actor, event: DomainEvent) -> Event:
    """Stores the event and one delivery per interested handler; belongs inside an action's transaction."""
    assert transaction.get_connection().in_atomic_block, "publish() belongs inside an action"
    row = Event(
        name=event.name,
        version=event.version,
        actor_key=actor.key,
        capability=event.ref.capability,
        kind=event.ref.kind,
        object_id=event.ref.id,
        payload=event.payload(),
    )
    values = (row.id, row.name, row.version, row.actor_key, row.at, row.capability, row.kind, row.object_id)
    ((row.sequence,),) = statements.rows(INSERT, (*values, json.dumps(row.payload)))
    row._state.adding, row._state.db = False, connection.alias
    deliver_to(row, [handler for handler in manifest.handlers_of(event.name) if handler.wants(event)])
    return row


def deliver_to(row: Event, handlers: Iterable[manifest.Handler]) -> None:
    """Queues the deliveries. Also used to replay an event to a handler that was added later."""
    from allmende.core.tasks import defer_delivery

    found = list(handlers)
    if not found:
        return
    Delivery.objects.bulk_create(
        [Delivery(event=row, handler=handler.name) for handler in found], ignore_conflicts=True
    )
    for handler in found:
        defer_delivery(row, handler)


def run_delivery(sequence: int, handler_name: str) -> None:
    """Hands one event to one handler and notes that it was done. An exception leaves the delivery open."""
    delivery = Delivery.objects.select_related("event").get(event_id=sequence, handler=handler_name)
    if delivery.state == Delivery.State.DONE:
        return
    handler = manifest.handler(handler_name)
    if handler is not None:  # a room that was taken out has nothing left to do
        handler.run(Stored.of(delivery.event))
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.DONE, error="", attempts=delivery.attempts + 1)


def note_failure(sequence: int, handler_name: str, error: BaseException, *, attempts: int) -> int:
    """Keeps the kind of error (never its text, which may hold personal data) and returns how many there were.

    With `attempts` of them the delivery is dead.
    """
    delivery = Delivery.objects.get(event_id=sequence, handler=handler_name)
    delivery.attempts += 1
    delivery.error = type(error).__name__
    delivery.state = Delivery.State.DEAD if delivery.attempts >= attempts else Delivery.State.PENDING
    delivery.save()
    return delivery.attempts
