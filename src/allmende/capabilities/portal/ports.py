"""The door to other websites: how a feed is fetched. Adapters: `adapters/http.py`, `adapters/demo.py`."""

from typing import Protocol

from allmende.core.fetching import Fetched, Unreachable

__all__ = ["MAX_BYTES", "SECONDS", "FeedReader", "Fetched", "Unreachable"]

MAX_BYTES = 2 * 1024 * 1024
"""A feed of more is no feed."""
SECONDS = 20.0
"""For the whole exchange, redirects included."""


class FeedReader(Protocol):
    """Fetches a feed. Raises Unreachable; never hangs longer than `SECONDS`, never holds more than `MAX_BYTES`."""

    def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched: ...
