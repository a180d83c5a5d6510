"""Mails to the city about faults are fetched."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.reports.actions import letters
from allmende.engines.notify.interface import PostboxDown

logger = logging.getLogger(__name__)


@app.periodic(cron="*/2 * * * *")
@app.task(name="reports.fetch_mail", queueing_lock="reports.fetch_mail")
def fetch_mail(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    """Every two minutes: mails to the city about faults, where a mailbox is named. One that is away is asked again."""
    try:
        letters.fetch(timezone.now())
    except PostboxDown as down:
        logger.warning("The mailbox of reports cannot be read: %s", down)
