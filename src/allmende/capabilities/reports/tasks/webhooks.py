"""Sends the messages that wait, in order for each target; a target that does not take one is left alone for a while."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app
from pydantic_core import to_json

from allmende.capabilities.reports.actions import webhooks as actions
from allmende.capabilities.reports.models import WebhookCall, WebhookTarget
from allmende.capabilities.reports.queries import georeport
from allmende.capabilities.reports.queries import webhooks as queries
from allmende.capabilities.reports.rules.georeport.records import Teller
from allmende.capabilities.reports.rules.secrets import opened
from allmende.capabilities.reports.rules.webhooks import KEPT, SIGNATURE, signature
from allmende.core import city
from allmende.core.actor import SYSTEM
from allmende.core.fetching import Bounds, Fetcher, Unreachable

BOUNDS = Bounds("Allmende webhook", "*/*", 64 * 1024, 10.0)


def _teller() -> Teller:
    here = city.current()
    return Teller(
        language="de",
        zone=here.zone,
        root=settings.PUBLIC_URL.rstrip("/"),
        categories=georeport.categories(),
        offices={slug: one.name("de") for slug, one in here.departments.items()},
        extensions=True,
    )


def send_due(at: datetime) -> int:
    """Returns how many have arrived."""
    due = queries.due(at)
    if not due:
        return 0
    fetcher, teller = Fetcher(BOUNDS, allow_private=settings.FEEDS_FROM_PRIVATE_NETWORK), _teller()
    return sum(_send_all(target, fetcher, teller) for target in due)


def _send_all(target: WebhookTarget, fetcher: Fetcher, teller: Teller) -> int:
    arrived = 0
    for call in queries.waiting(target.pk):
        said, now = queries.message(call, teller), timezone.now()
        if said is None:
            actions.drop_call(actor=SYSTEM, call_id=call.pk, at=now)
            continue
        body = to_json(said)
        headers = {
            SIGNATURE: signature(opened(target.sealed_secret), body, now),
            "Idempotency-Key": str(call.event_id),
        }
        try:
            fetcher.send(target.url, body, "application/json", headers=headers)
        except Unreachable as error:
            actions.note_call(
                actor=SYSTEM, call_id=call.pk, problem=error.problem, status=error.status, at=timezone.now()
            )
            return arrived
        actions.note_call(actor=SYSTEM, call_id=call.pk, at=timezone.now())
        arrived += 1
    return arrived


def forget_old(at: datetime) -> int:
    """The log of what ended a month ago."""
    rows = WebhookCall.objects.exclude(state=WebhookCall.State.WAITING).filter(at__lt=at - KEPT)
    return rows.delete()[0]


@app.periodic(cron="* * * * *")
@app.task(name="reports.webhooks", queue="bulk", queueing_lock="reports.webhooks", lock="reports.webhooks")
def every_minute(timestamp: int) -> None:
    send_due(timezone.now())
    if timestamp % 3600 < 60:  # noqa: PLR2004 - once an hour
        forget_old(timezone.now())
