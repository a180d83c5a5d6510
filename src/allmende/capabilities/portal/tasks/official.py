"""What time brings: the end of the time in which a notice may be shown; offices that have not answered a report."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.portal.actions import notices as actions
from allmende.capabilities.portal.actions.barriers import remind_of_barrier
from allmende.capabilities.portal.queries import barriers
from allmende.capabilities.portal.queries import notices as queries
from allmende.core.actor import SYSTEM


@app.periodic(cron="11 * * * *")
@app.task(name="portal.notices_offline", queue="default", queueing_lock="portal.notices_offline")
def every_hour(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Search lets go of words whose time is over; pages and feeds know it to the minute by themselves."""
    at = timezone.now()
    for notice_id in queries.gone_offline(at):
        actions.note_offline(actor=SYSTEM, notice_id=notice_id, at=at)


def remind_offices(at: datetime) -> int:
    """Reminds offices of reports that are late, and their deputies a week after; returns how many were looked at."""
    found = barriers.overdue(at)
    for report_id in found:
        remind_of_barrier(actor=SYSTEM, report_id=report_id, at=at)
    return len(found)


@app.periodic(cron="43 6 * * *")
@app.task(name="portal.remind_of_barriers", queue="bulk", queueing_lock="portal.remind_of_barriers")
def every_morning(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    remind_offices(timezone.now())
