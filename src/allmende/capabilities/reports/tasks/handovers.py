"""Those outside are reminded, and their links end."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.reports import actions
from allmende.capabilities.reports.queries import handovers
from allmende.core.actor import SYSTEM


def watch_handovers(at: datetime) -> int:
    """Reminds those outside once a week and ends links whose time is over; returns how many of either."""
    count = sum(actions.lapse_handover(actor=SYSTEM, handover_id=key, at=at) for key in handovers.lapsed(at))
    return count + sum(actions.remind_party(actor=SYSTEM, handover_id=key, at=at) for key in handovers.to_remind(at))


@app.periodic(cron="23 6-18 * * *")
@app.task(name="reports.watch_handovers", queue="bulk", queueing_lock="reports.watch_handovers")
def every_hour_of_the_day(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    """In the morning; what a stopped worker missed follows in the course of the day."""
    watch_handovers(timezone.now())
