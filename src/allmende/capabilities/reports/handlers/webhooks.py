"""Each step of a public report waits as a message for whoever wants to be told."""

from allmende.capabilities.reports.actions.webhooks import queue_calls
from allmende.capabilities.reports.events import ReportChanged, ReportMoved
from allmende.capabilities.reports.models import WebhookTarget
from allmende.core.actor import SYSTEM
from allmende.core.events import DomainEvent, Stored

EVENTS = frozenset({ReportMoved.name, ReportChanged.name})


def is_wanted(event: DomainEvent) -> bool:  # noqa: ARG001 - shape of `wants`
    """Nothing is queued in a city that tells nobody."""
    return WebhookTarget.objects.filter(is_active=True).exists()


def note(event: Stored) -> None:
    queue_calls(actor=SYSTEM, event=event)
