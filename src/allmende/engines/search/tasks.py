"""Jobs: words of what has just become public, and a round every night."""

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.engines.search import actions


@app.periodic(cron="*/5 * * * *")
@app.task(name="allmende.engines.search.tasks.learn", queue="bulk", queueing_lock="search.learn")
def learn(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    """Every five minutes: words of things whose embargo is over (they are found to the minute; this is for slips), and
    what was written since comes into the indexes of words.
    """
    actions.learn(at=timezone.now())
    actions.bring_in()
    actions.fold_cells()


@app.periodic(cron="41 3 * * *")
@app.task(name="allmende.engines.search.tasks.tidy", queue="bulk", queueing_lock="search.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    """Every night: the vocabulary is counted anew, and compounds that new words explain are taken apart everywhere."""
    actions.refresh_words()
    actions.forget_old_rebuilds(at=timezone.now())
