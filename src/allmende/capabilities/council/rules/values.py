"""Values that another system sends, read without trust: what does not fit is cut to size or left out. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from django.utils.dateparse import parse_date, parse_datetime

LONGEST_TEXT = 100_000
LONGEST_ADDRESS = 500
LARGEST_COUNT = 2**31 - 1
LARGEST_SIZE = 2**53
EARLIEST, LATEST = 1800, 2999
"""Years: no council met before, none after."""
MOST_EXTRA = 20_000
"""Letters of JSON that are kept of what the standard does not know."""


def plain(value: str) -> str:
    """Without what a database cannot hold: NUL, and halves of signs."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()


def text(length: int) -> Callable[[object], str]:
    """Reads a text of at most so many characters; a number counts as one."""

    def read(value: object) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        return plain(value).strip()[:length] if isinstance(value, str) else ""

    return read


def address(longest: int = LONGEST_ADDRESS) -> Callable[[object], str]:
    """Reads an address of the web; everything else, such as a script, is none."""

    def read(value: object) -> str:
        if not isinstance(value, str) or len(value) > longest or any(sign <= " " for sign in value):
            return ""
        try:
            parts = urlsplit(plain(value))
            found = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
        except ValueError:
            return ""
        return plain(value) if found else ""

    return read


def truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def flag(value: object) -> bool:
    return value is True


def count(largest: int) -> Callable[[object], int | None]:
    def read(value: object) -> int | None:
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest
        return value if fits else None  # type: ignore[return-value]

    return read


def words(value: object) -> list[str]:
    """A list of texts; a single text counts as one of one."""
    found = value if isinstance(value, list) else [value]
    return [one for one in map(text(200), found[:50]) if one]


def day(value: object) -> date | None:
    """A day; of an instant its day."""
    try:
        found = parse_date(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and EARLIEST <= found.year <= LATEST else None


def instant(value: object) -> datetime | None:
    """An instant with its offset; without one it is nobody's."""
    try:
        found = parse_datetime(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None or found.utcoffset() is None or not EARLIEST <= found.year <= LATEST:
        return None
    return found.astimezone(UTC)


def point(value: object) -> tuple[float, float] | None:
    """Longitude and latitude of a GeoJSON feature or geometry (RFC 7946); of a line or an area its middle."""
    if isinstance(value, Mapping) and value.get("type") == "Feature":
        value = value.get("geometry")
    pairs: list[tuple[float, float]] = []
    _collect(value.get("coordinates") if isinstance(value, Mapping) else None, pairs, 4)
    if not pairs:
        return None
    east, north = (sum(pair[axis] for pair in pairs) / len(pairs) for axis in (0, 1))
    return (east, north) if -180 <= east <= 180 and -90 <= north <= 90 else None  # noqa: PLR2004 - the globe


def _collect(value: object, pairs: list[tuple[float, float]], deeper: int) -> None:
    if not isinstance(value, list) or not deeper or len(pairs) > LONGEST_ADDRESS:
        return
    numbers = [float(one) for one in value[:2] if isinstance(one, int | float) and not isinstance(one, bool)]
    if len(numbers) == 2:  # noqa: PLR2004 - a position
        pairs.append((numbers[0], numbers[1]))
        return
    for one in value:
        _collect(one, pairs, deeper - 1)


def own_words(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Whatever it is, as far as a database can hold it; None when it is too much."""
    kept = {plain(key): clean(value) for key, value in values.items()}
    return kept if len(json.dumps(kept)) <= MOST_EXTRA else None


def clean(value: object) -> Any:
    """JSON without NUL and halves of signs, not nested without end."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {plain(str(key)): clean(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [clean(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value
