"""Jobs of the core: delivering events, tidying up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils import timezone
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import Job

from allmende.core import actions, events, manifest, statements
from allmende.core.models import Event, RateLimit

ATTEMPTS = 8
"""With exponential waiting this gives a failing handler about a day before its delivery counts as dead."""
OUTAGES = 200
"""How often a delivery is begun again because the database went away under it: that is not the handler's failure, and
no reason to wait longer than the database needs to come back."""
AFTER_OUTAGE = 5
"""Seconds."""


class HandlerFailed(Exception):
    """A handler raised; `failures` counts its failures with this event."""

    def __init__(self, failures: int) -> None:
        super().__init__(failures)
        self.failures = failures


class Patience(BaseRetryStrategy):
    """5, 25, 125 … seconds after a handler's failures (a day in all), 5 after an outage, then never again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, HandlerFailed):
            if exception.failures >= ATTEMPTS:
                return None
            return RetryDecision(retry_in={"seconds": 5**exception.failures})
        if statements.is_outage(exception) and job.attempts < OUTAGES:
            return RetryDecision(retry_in={"seconds": AFTER_OUTAGE})
        return None


class WorkersConnector(PsycopgConnector):
    """Takes jobs and notes their end over connections of its own; what a job defers goes through Django's connection.

    With procrastinate's own worker connector it would not: a job that a job defers could begin before the transaction
    is over that it speaks of, and would stay when that is rolled back.
    """

    def __init__(self, within: BaseConnector, **settings: Any) -> None:
        super().__init__(**settings)
        self.within = within

    def get_sync_connector(self) -> BaseConnector:
        return self.within


@contextmanager
def working() -> Iterator[App]:
    """The app, able to run jobs in this process for as long as the block lasts."""
    with app.replace_connector(WorkersConnector(app.connector, kwargs=connector_params("default"))) as jobs:
        yield jobs


def defer_delivery(row: Event, handler: manifest.Handler) -> None:
    """One job per (event, handler), locked per handler and thing, so that its events arrive one after another."""
    app.configure_task(
        name="allmende.core.tasks.deliver",
        queue=handler.queue,
        lock=f"{handler.name}:{row.ref}",
        priority=10 if handler.queue == "urgent" else 0,
    ).defer(sequence=row.sequence, handler=handler.name)


@app.task(name="allmende.core.tasks.deliver", retry=Patience())
def deliver(*, sequence: int, handler: str) -> None:
    try:
        events.run_delivery(sequence, handler)
    except Exception as error:
        if statements.is_outage(error):
            raise
        raise HandlerFailed(events.note_failure(sequence, handler, error, attempts=ATTEMPTS)) from error


@app.periodic(cron="17 3 * * *")
@app.task(name="allmende.core.tasks.tidy", queue="bulk", queueing_lock="core.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - the queue names the minute
    """Every night: idempotency keys after 24 hours, rate-limit windows after a day."""
    now = timezone.now()
    actions.forget_old_keys(at=now)
    RateLimit.objects.filter(window__lt=now - timedelta(days=1)).delete()
