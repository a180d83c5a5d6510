"""What the worker does for the council by the clock."""

from allmende.capabilities.council.tasks import mirror, reminders, texts

__all__ = ["mirror", "reminders", "texts"]
