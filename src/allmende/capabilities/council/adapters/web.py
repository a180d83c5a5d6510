"""OParl over the web, by the guarded way of `core.fetching`."""

from allmende.capabilities.council.ports import MOST_BYTES, MOST_FILE_BYTES, SECONDS
from allmende.core.fetching import Bounds, Fetcher

PROVEN_BY = "capabilities/council/tests/test_mirror.py"


class WebReader(Fetcher):
    """Asks for JSON."""

    def __init__(self, *, allow_private: bool = False, seconds: float = SECONDS, most_bytes: int = MOST_BYTES) -> None:
        bounds = Bounds("Allmende OParl client", "application/json", most_bytes, seconds)
        super().__init__(bounds, allow_private=allow_private)


class FileReader(Fetcher):
    """Asks for a file."""

    def __init__(
        self, *, allow_private: bool = False, seconds: float = SECONDS, most_bytes: int = MOST_FILE_BYTES
    ) -> None:
        bounds = Bounds("Allmende OParl client", "application/pdf", most_bytes, seconds)
        super().__init__(bounds, allow_private=allow_private)
