"""What the worker does for reports by the clock."""

from allmende.capabilities.reports.tasks import letters, partners, routing, webhooks
from allmende.capabilities.reports.tasks.handovers import watch_handovers

__all__ = ["letters", "partners", "routing", "watch_handovers", "webhooks"]
