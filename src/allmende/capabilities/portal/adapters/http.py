"""Feeds from the web, by the guarded way of `core.fetching`."""

from allmende.capabilities.portal.ports import MAX_BYTES, SECONDS
from allmende.core.fetching import Bounds, Fetcher

ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.8"


class HttpReader(Fetcher):
    """A feed is asked for as such, and is never more than `MAX_BYTES`."""

    def __init__(self, *, allow_private: bool = False, seconds: float = SECONDS) -> None:
        super().__init__(Bounds("Allmende feed reader", ACCEPT, MAX_BYTES, seconds), allow_private=allow_private)
