"""Reminds departments of what they have to do after a resolution."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.council import actions
from allmende.capabilities.council.queries.tracking import tasks_to_remind
from allmende.core.actor import SYSTEM
from allmende.core.errors import NotFound


def remind_departments(at: datetime) -> int:
    """Of what is due within a week, and of what is overdue: once each. Returns how many reminders there were."""
    count = 0
    for key in tasks_to_remind(timezone.localtime(at).date()):
        try:
            count += actions.remind_of_task(actor=SYSTEM, task_id=key, at=at)
        except NotFound:  # its point was taken back in this very moment
            continue
    return count


@app.periodic(cron="43 6-18 * * *")
@app.task(name="council.remind_departments", queue="bulk", queueing_lock="council.remind_departments")
def every_hour_of_the_day(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """In the morning; what a stopped worker missed follows in the course of the day."""
    remind_departments(timezone.now())
