"""What the worker does for the calendar: mails with the link, reminders, ends."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from allmende.accounts import interface as accounts
from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.queries import calendar as queries
from allmende.capabilities.portal.rules.calendar.tokens import seat_token
from allmende.core import city
from allmende.core.actor import SYSTEM


def tick(at: datetime) -> int:
    """Everything that is due; returns how many events were looked at."""
    due = queries.due_for_clock(at)
    for event_id in due["shown"]:
        actions.note_shown(actor=SYSTEM, event_id=event_id, at=at)
    for notice in ("day", "hour"):
        for event_id in due[notice]:
            actions.remind_registered(actor=SYSTEM, event_id=event_id, notice=notice, at=at)
    for event_id in due["unconfirmed"]:
        actions.release_unconfirmed(actor=SYSTEM, event_id=event_id, at=at)
    for event_id in due["ended"]:
        actions.note_end(actor=SYSTEM, event_id=event_id, at=at)
    return sum(len(ids) for ids in due.values())


@app.periodic(cron="* * * * *")
@app.task(name="portal.calendar_tick", queue="default", queueing_lock="portal.calendar_tick")
def every_minute(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Every minute: reminders and embargoes are told within a minute; the pages know them at once."""
    tick(timezone.now())


@app.task(name="portal.send_confirmation", queue="urgent", retry=RetryStrategy(max_attempts=8, exponential_wait=5))
def send_confirmation(*, registration_id: str) -> None:
    """The mail by which a guest confirms; while the mail server is away, again later."""
    seat = queries.seat(UUID(registration_id))
    if seat is None or seat.person_id is None or seat.confirmed_at is not None or seat.keep_until is None:
        return
    with translation.override(seat.language):
        title = seat.event.title.get(seat.language) or seat.event.title["de"]
        context = {
            "city": city.current(),
            "name": seat.name,
            "title": title,
            "event": seat.event,
            "keep_until": seat.keep_until,
            "waiting": seat.state == "waiting",
            "url": settings.PUBLIC_URL + reverse("portal:calendar_confirm", args=[seat_token(seat)]),
        }
        subject = _("Bitte bestätigen: %(title)s") % {"title": title}
        text = render_to_string("portal/calendar/mail/confirm.txt", context)
    accounts.mail(seat.person_id, subject, text, message_id=f"seat-{seat.pk}")
