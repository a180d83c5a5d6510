"""Jobs: mail with codes at once, tidying up at night."""

from typing import Any

from django.conf import settings
from django.core.mail import mailers
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from allmende.accounts import mail
from allmende.accounts.models import OutgoingMail
from allmende.core import city


def post(template_prefix: str, email: str, context: dict[str, Any]) -> None:
    """Stores a mail of ours and its job in one transaction, in the reader's language; the urgent queue sends it."""
    values = {**context, "email": email, "city": city.current(), "public_url": settings.PUBLIC_URL}
    subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", values).split())
    body = render_to_string(f"{template_prefix}_message.txt", values).strip() + "\n"
    with transaction.atomic():
        row = OutgoingMail.objects.create(to=email, subject=subject[:200], body=body)
        send_mail.defer(mail_id=str(row.pk))


@app.task(
    name="allmende.accounts.tasks.send_mail", queue="urgent", retry=RetryStrategy(max_attempts=6, exponential_wait=4)
)
def send_mail(*, mail_id: str) -> None:
    """Sends a stored mail and forgets it. Killed in between, it is sent again under the same Message-ID."""
    row = OutgoingMail.objects.filter(pk=mail_id).first()
    if row is None:
        return  # sent before, or erased with its person
    message = mail.compose(row.to, row.subject, row.body, key=str(row.pk))
    mailers["default"].send_messages([message])
    row.delete()


@app.periodic(cron="41 3 * * *")
@app.task(name="allmende.accounts.tasks.expire", queue="bulk", queueing_lock="accounts.expire")
def expire(timestamp: int) -> None:  # noqa: ARG001 - the planned second, from procrastinate
    """Every night: deletes in every room what is past its retention."""
    from allmende.accounts import retention

    retention.run(at=timezone.now())
