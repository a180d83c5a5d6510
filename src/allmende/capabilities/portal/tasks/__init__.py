"""What the worker does for the portal by the clock; one file for each part, all imported here."""

from allmende.capabilities.portal.tasks import calendar, exchange, official, pages

__all__ = ["calendar", "exchange", "official", "pages"]
