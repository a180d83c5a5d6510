"""What the worker does for reports by the clock."""

from allmende.capabilities.reports.tasks import learning, letters, partners, routing, webhooks
from allmende.capabilities.reports.tasks.handovers import watch_handovers

__all__ = ["learning", "letters", "partners", "routing", "watch_handovers", "webhooks"]
