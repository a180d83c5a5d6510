"""The door to other council systems. Adapters: `adapters/web.py`, `adapters/demo.py`."""

from typing import Protocol

from allmende.core.fetching import Fetched, Unreachable

__all__ = ["MOST_BYTES", "MOST_FILE_BYTES", "SECONDS", "Fetched", "Reader", "Unreachable"]

MOST_BYTES = 32 * 1024 * 1024
"""A page of a hundred meetings with all their points and texts is below 5 MB."""
MOST_FILE_BYTES = 64 * 1024 * 1024
"""Building plans and budgets; what is larger is not searched."""
SECONDS = 60.0
"""For one answer: some systems take half a minute for a page."""


class Reader(Protocol):
    """Fetches one address. Raises Unreachable; neither `SECONDS` nor `MOST_BYTES` are ever exceeded."""

    def fetch(self, url: str) -> Fetched: ...
