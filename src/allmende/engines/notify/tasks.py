"""Mail and pushes on their way, and what comes back."""

import logging
from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)


@app.task(name="allmende.engines.notify.tasks.send_mails", lock="notify.mail")
def send_mails(*, urgent: bool) -> None:
    """Sends what is due. Mails that could not go wait for their own next time; the job itself never fails for them."""
    from allmende.engines.notify import actions

    actions.send_due(timezone.now(), urgent_only=urgent)


@app.periodic(cron="* * * * *")
@app.task(name="allmende.engines.notify.tasks.post", queueing_lock="notify.post")
def post(timestamp: int) -> None:  # noqa: ARG001 - the planned second, from procrastinate
    """Every minute: collects the mails whose hour has come, and sends whatever is due by now."""
    from allmende.engines.notify import actions

    now = timezone.now()
    actions.collect(now)
    actions.send_due(now)


@app.periodic(cron="*/5 * * * *")
@app.task(name="allmende.engines.notify.tasks.watch_searches", queueing_lock="notify.watch_searches")
def watch_searches(timestamp: int) -> None:  # noqa: ARG001 - the planned second, from procrastinate
    """Every five minutes: what is new and fits a saved search."""
    from allmende.core.actor import SYSTEM
    from allmende.engines.notify import actions

    while actions.watch_searches(actor=SYSTEM, at=timezone.now()):
        pass


@app.periodic(cron="*/5 * * * *")
@app.task(name="allmende.engines.notify.tasks.fetch_bounces", queueing_lock="notify.fetch_bounces")
def fetch_bounces(timestamp: int) -> None:  # noqa: ARG001 - the planned second, from procrastinate
    """Every five minutes: what came back to the mailbox, where there is one. A server that is away is asked again."""
    from allmende.engines.notify import actions
    from allmende.engines.notify.ports import PostboxDown

    try:
        actions.fetch(timezone.now())
    except PostboxDown as down:
        logger.warning("The mailbox of bounces cannot be read: %s", down)


@app.task(name="allmende.engines.notify.tasks.send_push", retry=RetryStrategy(max_attempts=5, exponential_wait=6))
def send_push(*, notice_id: str) -> None:
    """Pushes one notice to the browsers of its person; again later when a service is away."""
    from allmende.engines.notify import actions

    actions.push(UUID(notice_id), timezone.now())
