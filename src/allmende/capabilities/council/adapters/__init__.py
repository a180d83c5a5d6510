"""How other council systems are asked."""

from django.conf import settings

from allmende.capabilities.council.adapters.demo import DemoReader
from allmende.capabilities.council.adapters.web import FileReader, WebReader
from allmende.capabilities.council.ports import Reader, Unreachable


def reader_for(url: str) -> Reader:
    """The adapter for an address: „demo:…“ is a council of the demonstration, http and https are the web."""
    if url.startswith("demo:"):
        if not settings.DEMO:
            raise Unreachable("address")
        return DemoReader()
    return WebReader(allow_private=settings.FEEDS_FROM_PRIVATE_NETWORK)


def file_reader() -> Reader:
    """How a file of another system is fetched."""
    return FileReader(allow_private=settings.FEEDS_FROM_PRIVATE_NETWORK)
