"""Jobs of the core: delivering events, tidying up."""

from datetime import timedelta

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from allmende.core import actions, events, manifest
from allmende.core.models import Event, RateLimit

ATTEMPTS = 8
"""With exponential waiting this gives a failing handler about a day before its delivery counts as dead."""


def defer_delivery(row: Event, handler: manifest.Handler) -> None:
    """One job per (event, handler), locked per handler and thing, so that its events arrive one after another."""
    app.configure_task(
        name="allmende.core.tasks.deliver",
        queue=handler.queue,
        lock=f"{handler.name}:{row.ref}",
        priority=10 if handler.queue == "urgent" else 0,
    ).defer(sequence=row.sequence, handler=handler.name)


@app.task(
    name="allmende.core.tasks.deliver",
    retry=RetryStrategy(max_attempts=ATTEMPTS - 1, exponential_wait=5),
    pass_context=True,
)
def deliver(context: JobContext, *, sequence: int, handler: str) -> None:
    try:
        events.run_delivery(sequence, handler)
    except Exception as error:
        attempts = context.job.attempts + 1 if context.job else ATTEMPTS  # the job counts tries that are over
        events.note_failure(sequence, handler, error, final=attempts >= ATTEMPTS)
        raise


@app.periodic(cron="17 3 * * *")
@app.task(name="allmende.core.tasks.tidy", queue="bulk", queueing_lock="core.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - the queue names the minute
    """Every night: idempotency keys after 24 hours, rate-limit windows after a day."""
    now = timezone.now()
    actions.forget_old_keys(at=now)
    RateLimit.objects.filter(window__lt=now - timedelta(days=1)).delete()
