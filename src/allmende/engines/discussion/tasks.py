"""Jobs: reminding of what is overdue."""

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.core.actor import SYSTEM
from allmende.engines.discussion import actions


@app.periodic(cron="*/15 * * * *")
@app.task(name="allmende.engines.discussion.tasks.remind", queue="default", queueing_lock="discussion.remind")
def remind(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    """Every quarter of an hour: overdue cases, once to those on duty and a day later to their deputies."""
    actions.remind_overdue(actor=SYSTEM, at=timezone.now())
