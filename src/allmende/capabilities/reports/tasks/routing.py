"""Routing rules are watched."""

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.reports import actions
from allmende.core.actor import SYSTEM


@app.periodic(cron="*/5 * * * *")
@app.task(name="reports.watch_rules", queue="bulk", queueing_lock="reports.watch_rules")
def watch_rules(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    """A routing rule that broke does not stay unnoticed for longer than five minutes."""
    actions.watch_rules(actor=SYSTEM, at=timezone.now())
