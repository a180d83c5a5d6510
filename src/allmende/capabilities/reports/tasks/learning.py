"""Words are learned at night."""

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.reports.actions.learning import learn_words
from allmende.core.actor import SYSTEM


@app.periodic(cron="20 3 * * *")
@app.task(name="reports.learn_words", queue="bulk", queueing_lock="reports.learn_words")
def every_night(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    learn_words(actor=SYSTEM, at=timezone.now())
