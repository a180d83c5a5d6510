"""Reads the feeds of the official website when their time has come."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.portal.actions import exchange as actions
from allmende.capabilities.portal.adapters import reader_for
from allmende.capabilities.portal.models.exchange import FeedSource
from allmende.capabilities.portal.ports import Unreachable
from allmende.capabilities.portal.queries import exchange as queries
from allmende.capabilities.portal.rules import exchange as rules
from allmende.core.actor import SYSTEM


def read_source(source: FeedSource, at: datetime) -> FeedSource:
    """Fetches outside of any transaction, then takes what came; a failure is noted, never raised."""
    try:
        reader = reader_for(source.url)
        fetched = reader.fetch(source.url, etag=source.etag, last_modified=source.last_modified)
        reading = None if fetched.body is None else rules.read(fetched.body, fetched.content_type, at)
    except (Unreachable, rules.Unreadable) as error:
        return actions.note_problem(actor=SYSTEM, source_id=source.pk, problem=error.problem, at=at)
    return actions.take_reading(actor=SYSTEM, source_id=source.pk, fetched=fetched, reading=reading, at=at)


def read_feeds(at: datetime) -> int:
    """Reads what is due, one after the other; returns how many."""
    due = queries.due_sources(at)
    for source in due:
        read_source(source, at)
    return len(due)


@app.periodic(cron="*/5 * * * *")
@app.task(name="portal.read_feeds", queue="bulk", queueing_lock="portal.read_feeds")
def every_five_minutes(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    read_feeds(timezone.now())
