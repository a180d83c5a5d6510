"""What happens by the clock."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from allmende.engines.media import actions
from allmende.engines.media.actions.repair import YOUNG, repair_files


@app.periodic(cron="23 * * * *")
@app.task(name="allmende.engines.media.tasks.tidy", queue="media", queueing_lock="media.tidy")
def tidy(timestamp: int) -> None:
    """Every hour: uploads that nobody attached go, files follow decisions that a crash cut off from them."""
    actions.expire_unattached(at=datetime.fromtimestamp(timestamp, UTC))
    actions.settle_all()


@app.periodic(cron="29 3 * * *")
@app.task(name="allmende.engines.media.tasks.repair", queue="media", queueing_lock="media.repair")
def repair(timestamp: int) -> None:
    """Every night: both trees are compared with the database."""
    repair_files(before=timestamp - YOUNG)
