"""The door to other websites: how a feed is fetched. Adapters: `adapters/http.py`, `adapters/demo.py`."""

from dataclasses import dataclass
from typing import Protocol

MAX_BYTES = 2 * 1024 * 1024
"""A feed of more is no feed."""
SECONDS = 20.0
"""For the whole exchange, redirects included."""


@dataclass(frozen=True)
class Fetched:
    """An answer. `body` is None when nothing is new since the last time (HTTP 304)."""

    body: bytes | None
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""


class Unreachable(Exception):
    """Nothing was fetched. `problem` is a word of `rules.exchange.PROBLEMS`; never the other side's own text."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class FeedReader(Protocol):
    """Fetches a feed. Raises Unreachable; never hangs longer than `SECONDS`, never holds more than `MAX_BYTES`."""

    def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched: ...
