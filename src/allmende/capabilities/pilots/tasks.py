"""What the worker does for pilots by the clock."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.pilots import actions
from allmende.capabilities.pilots.queries import portfolio
from allmende.core.actor import SYSTEM
from allmende.core.errors import NotFound


def remind_offices(at: datetime) -> int:
    """Of milestones that are due within a week or overdue: once each. Returns how many reminders there were."""
    count = 0
    for pilot_id, place in portfolio.milestones_to_remind(portfolio.day_of(at)):
        try:
            count += actions.remind_of_milestone(actor=SYSTEM, pilot_id=pilot_id, place=place, at=at)
        except NotFound:
            continue
    return count


@app.periodic(cron="47 6-18 * * *")
@app.task(name="pilots.remind_offices", queue="bulk", queueing_lock="pilots.remind_offices")
def every_hour_of_the_day(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """In the morning; what a stopped worker missed follows in the course of the day."""
    remind_offices(timezone.now())
