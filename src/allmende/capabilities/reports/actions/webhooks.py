"""Messages to others about steps of public reports: to whom, and what became of each."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.reports.models import Report, WebhookCall, WebhookTarget
from allmende.capabilities.reports.rules.partners import wait
from allmende.capabilities.reports.rules.secrets import new_secret, sealed
from allmende.capabilities.reports.rules.webhooks import GIVEN_UP_AFTER
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.core.events import Stored

LABEL_LIMIT = 80
MOST_TARGETS = 20


@action
def add_target(*, actor: Actor, label: str, url: str, at: datetime) -> WebhookTarget:
    """Enters an address; `rules.secrets.opened` gives the secret that signs its messages. Raises Invalid."""
    accounts.require_administrator(actor.viewer)
    name, address = " ".join(label.split()), url.strip()
    if not name or len(name) > LABEL_LIMIT:
        raise Invalid(fields={"label": _("Bitte geben Sie einen kurzen Namen an.")})
    try:
        URLValidator(schemes=["http", "https"])(address)
        parts = urlsplit(address)
    except (ValidationError, ValueError):
        parts = None
    if parts is None or parts.username or len(address) > 500:  # noqa: PLR2004 - the column's
        raise Invalid(fields={"url": _("Bitte geben Sie eine Adresse an, die mit https:// beginnt.")})
    if WebhookTarget.objects.count() >= MOST_TARGETS:
        raise Invalid(fields={"url": _("Mehr Empfänger gehen nicht. Bitte entfernen Sie zuerst einen.")})
    secret = sealed(new_secret())
    made = WebhookTarget.objects.create(label=name, url=address, sealed_secret=secret, created_at=at, next_at=at)
    audit.record(actor, "reports.add_target", made.ref, fields=["url"])
    return made


def _locked(target_id: UUID) -> WebhookTarget:
    try:
        return lock(WebhookTarget.objects.all(), pk=target_id)
    except WebhookTarget.DoesNotExist:
        raise NotFound from None


@action
def switch_target(*, actor: Actor, target_id: UUID, on: bool, at: datetime) -> WebhookTarget:
    """Off: nothing is sent and nothing new waits; what waits already goes out when it is on again, or is given up."""
    accounts.require_administrator(actor.viewer)
    found = _locked(target_id)
    found.is_active, found.failures, found.problem, found.next_at = on, 0, "", at
    found.save()
    audit.record(actor, "reports.switch_target", found.ref, fields=["is_active"])
    return found


@action
def remove_target(*, actor: Actor, target_id: UUID) -> None:
    """With everything that waits for it, and its log."""
    accounts.require_administrator(actor.viewer)
    found = _locked(target_id)
    audit.record(actor, "reports.remove_target", found.ref)
    found.delete()


@action
def queue_calls(*, actor: Actor, event: Stored) -> int:
    """One waiting message a target, if the report is or was public; told twice it is one."""
    audit.record(actor, "reports.queue_calls", event.ref)
    if not Report.objects.filter(pk=event.ref.id, published_at__isnull=False).exists():
        return 0
    update_id = event.payload.get("update_id")
    calls = [
        WebhookCall(
            target=one, event_id=event.id, name=event.name, report_id=event.ref.id, at=event.at,
            update_id=UUID(update_id) if update_id else None,
        )
        for one in WebhookTarget.objects.filter(is_active=True)
    ]  # fmt: skip
    return len(WebhookCall.objects.bulk_create(calls, ignore_conflicts=True))


@action
def note_call(*, actor: Actor, call_id: UUID, problem: str = "", status: int = 0, at: datetime) -> WebhookCall:
    """It has arrived, or (with a problem) is tried again later, and given up after days."""
    call = lock(WebhookCall.objects.all(), pk=call_id)
    target = _locked(call.target_id)
    call.tries += 1
    call.problem, call.status = problem, status
    if not problem:
        call.state, call.ended_at = WebhookCall.State.SENT, at
        target.failures, target.problem, target.next_at = 0, "", at
    else:
        if call.at + GIVEN_UP_AFTER <= at:
            call.state, call.ended_at = WebhookCall.State.FAILED, at
        target.failures, target.problem = min(target.failures + 1, 10_000), problem
        target.next_at = at + wait(target.failures)
    call.save()
    target.save()
    audit.record(actor, "reports.note_call", target.ref, fields=["calls"], reason=problem)
    return call


@action
def drop_call(*, actor: Actor, call_id: UUID, at: datetime) -> None:  # noqa: ARG001 - shape of actions
    """There is nothing to say any more."""
    call = WebhookCall.objects.select_related("target").filter(pk=call_id).first()
    if call is not None:
        audit.record(actor, "reports.drop_call", call.target.ref, fields=["calls"])
        call.delete()
