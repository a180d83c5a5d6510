"""The web, by the guarded way of `core.fetching`."""

from allmende.core.fetching import Bounds, Fetcher

PROVEN_BY = "capabilities/reports/tests/test_georeport_sending.py"
MOST_PICTURE_BYTES = 15 * 1024 * 1024
"""As much as a resident may send."""
PICTURE_SECONDS = 30.0


class PictureReader(Fetcher):
    """Asks for a picture."""

    def __init__(self, *, allow_private: bool = False, seconds: float = PICTURE_SECONDS) -> None:
        bounds = Bounds("Allmende Open311", "image/*", MOST_PICTURE_BYTES, seconds)
        super().__init__(bounds, allow_private=allow_private)
