"""What the worker does for the council by the clock."""

from allmende.capabilities.council.tasks import mirror

__all__ = ["mirror"]
