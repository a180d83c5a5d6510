"""Mail on its way."""

from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


@app.task(name="allmende.engines.notify.tasks.send_notice", retry=RetryStrategy(max_attempts=8, exponential_wait=5))
def send_notice(*, notice_id: str) -> None:
    """Sends one notice by mail; when the mail server does not take it, again later, for about a day."""
    from allmende.engines.notify.actions import mailing

    mailing.send(UUID(notice_id), timezone.now())
