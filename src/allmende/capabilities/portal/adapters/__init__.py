"""How feeds of other websites are fetched."""

from allmende.capabilities.portal.adapters.demo import DemoReader
from allmende.capabilities.portal.adapters.http import HttpReader
from allmende.capabilities.portal.ports import FeedReader, Unreachable


def reader_for(url: str) -> FeedReader:
    """The adapter for an address: „demo:…“ is a feed of the demonstration, http and https are the web."""
    from django.conf import settings

    if url.startswith("demo:"):
        if not settings.DEMO:
            raise Unreachable("address")
        return DemoReader()
    return HttpReader(allow_private=settings.FEEDS_FROM_PRIVATE_NETWORK)
