"""What time brings for official notices: the end of the time in which a text may be shown."""

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.portal.actions import notices as actions
from allmende.capabilities.portal.queries import notices as queries
from allmende.core.actor import SYSTEM


@app.periodic(cron="11 * * * *")
@app.task(name="portal.notices_offline", queue="default", queueing_lock="portal.notices_offline")
def every_hour(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Search lets go of words whose time is over; pages and feeds know it to the minute by themselves."""
    at = timezone.now()
    for notice_id in queries.gone_offline(at):
        actions.note_offline(actor=SYSTEM, notice_id=notice_id, at=at)
