"""Taking in objects, many at once: what is new is added, what is different changed, what is the same left alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils import timezone

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.actions.burying import touch_holders
from allmende.capabilities.council.actions.writing import Writing
from allmende.capabilities.council.models import Batch
from allmende.capabilities.council.rules.records import Record, in_order
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.events import publish


@dataclass
class Outcome:
    """What came of a batch. `missing` names records that something they cannot do without is missing for."""

    batch: Batch
    missing: list[tuple[Record, str]] = field(default_factory=list)


@action
def take_in(
    *,
    actor: Actor,
    records: Sequence[Record],
    at: datetime,
    source: str = "",
    quiet: bool = False,
    is_example: bool = False,
) -> Outcome:
    """Writes a batch of records in one transaction, with one audit entry. Doing it again changes nothing.

    `quiet` tells nobody: for the first reading of a whole system. Records of a mirror never touch rows of ours, since
    their keys are addresses.
    """
    rules.require_may_keep(actor)
    writing = write_all(records, is_example=is_example)
    batch = kept(writing, at, source)
    audit.record(actor, "council.take_in", batch.ref, fields=sorted({row.kind for row in writing.touched}))
    publish(actor, events.RecordsTakenIn(ref=batch.ref))
    if not quiet:
        for event in writing.news(at):
            publish(actor, event)
    return Outcome(batch, writing.missing)


def write_all(records: Sequence[Record], *, is_example: bool = False) -> Writing:
    """Makes rows of the records. Call inside an action."""
    wait_for_others()
    written = timezone.now()  # clock time, so that feeds which wait for open transactions miss nothing (`core.feeds`)
    writing = Writing(written, is_example=is_example)
    for kind, rows in writing.meet_all(in_order(list(records))):
        writing.write(kind, rows)
    writing.tie_late()
    writing.tie_loose()
    writing.part(records)
    writing.bury()
    touch_holders(writing.touched, written)
    return writing


def wait_for_others() -> None:
    """One batch after another until the end of the transaction: two readings of one system would double its rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('council.take_in', 0))")


def kept(writing: Writing, at: datetime, source: str) -> Batch:
    """The batch as a row, which names what changed."""
    return Batch.objects.create(
        at=at,
        source=source,
        new=len(writing.new),
        different=len(writing.different),
        same=writing.same,
        gone=len(writing.gone),
        unread=len(writing.missing),
        changed=writing.to_index(),
    )
