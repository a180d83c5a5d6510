"""Jobs: closing by the clock."""

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.core.actor import SYSTEM
from allmende.engines.ballots import actions, queries


@app.periodic(cron="* * * * *")
@app.task(name="allmende.engines.ballots.tasks.close", queue="default", queueing_lock="ballots.close")
def close(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    """Every minute: votes whose time is over are closed and counted."""
    now = timezone.now()
    for vote_id in queries.due(now):
        actions.close_vote(actor=SYSTEM, vote_id=vote_id, at=now)
