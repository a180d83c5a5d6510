"""GeoReport as it goes over the wire: XML and JSON from the same records, and the instants that programs send."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from pydantic_core import to_json

type Record = Mapping[str, Any]
PROLOG = '<?xml version="1.0" encoding="utf-8"?>\n'
CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
"""UTF-8 is said twice: here and in the prolog, as the standard asks."""
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for."""
SINGULAR = {"media_urls": "media_url", "attributes": "attribute", "values": "value", "formats": "format",
            "endpoints": "endpoint"}  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1900, 2999
SECOND = timedelta(seconds=1)


class Refused(Exception):
    """Ends a request with an error as the standard words it. `status` is the one of HTTP."""

    def __init__(self, status: int, description: str) -> None:
        self.status, self.description = status, description
        super().__init__(description)


def text(value: object) -> str:
    """Text of an element, without what XML cannot hold."""
    found = str(value)
    if ILLEGAL.search(found):
        found = ILLEGAL.sub("", found)
    return found.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def element(name: str, value: Any) -> str:
    """One element with whatever it holds; nothing is an empty element."""
    if value is None or value in ("", [], ()):
        return f"<{name}/>"
    if isinstance(value, str):
        return f"<{name}>{text(value)}</{name}>"
    if isinstance(value, bool):
        return f"<{name}>{'true' if value else 'false'}</{name}>"
    if isinstance(value, Mapping):
        return f"<{name}>{''.join([element(key, one) for key, one in value.items()])}</{name}>"
    if isinstance(value, (list, tuple)):
        inner = SINGULAR.get(name, "item")
        return f"<{name}>{''.join([element(inner, one) for one in value])}</{name}>"
    return f"<{name}>{text(value)}</{name}>"


def listed(form: str, root: str, item: str, records: Sequence[Record]) -> bytes:
    """A list: `<root><item>…` or a JSON array."""
    if form == "json":
        return to_json(records)
    return f"{PROLOG}<{root}>{''.join([element(item, one) for one in records])}</{root}>".encode()


def single(form: str, root: str, record: Record) -> bytes:
    """One object that is no list: discovery, the definition of a service."""
    return to_json(record) if form == "json" else (PROLOG + element(root, record)).encode()


def error(form: str, status: int, description: str) -> bytes:
    """Code and description, in a list of one (GeoReport v2, „Errors“)."""
    return listed(form, "errors", "error", [{"code": status, "description": description}])


def instant(value: datetime | None, zone: tzinfo) -> str | None:
    """With offset, to the second."""
    return None if value is None else value.astimezone(zone).isoformat(timespec="seconds")


def read_instant(name: str, words: str, zone: tzinfo, *, end: bool = False) -> datetime:
    """An instant that a program sent: with its offset, or a bare day of the city. Raises Refused.

    What was said is told to the second: an `end` includes its own second (a bare day: all of it), so that windows
    which touch leave nothing out between them. The value returned for an end is exclusive.
    """
    words = words.strip().replace(" ", "+")  # a plus that nobody has escaped
    try:
        day = parse_date(words) if len(words) == 10 else None  # noqa: PLR2004 - 2026-01-31
        if day is not None:
            found = datetime.combine(day + timedelta(days=1) if end else day, time(), zone)
        else:
            parsed = parse_datetime(words)
            if parsed is None or parsed.utcoffset() is None:
                raise ValueError(words)  # noqa: TRY301
            found = parsed.astimezone(UTC).replace(microsecond=0) + (SECOND if end else timedelta())
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(
            400, f"{name} needs date, time and offset, such as 2026-01-31T12:00:00+01:00, or a bare day."
        ) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Refused(400, f"{name} is out of range.")
    return found


def read_number(name: str, words: str, least: float, most: float) -> float:
    """Raises Refused for what is no number, or none between the two."""
    try:
        found = float(words) if len(words) < 40 else math.nan  # noqa: PLR2004 - no coordinate is that long
    except ValueError:
        found = math.nan
    if not least <= found <= most:  # false for NaN
        raise Refused(400, f"{name} needs a number between {least:g} and {most:g}.")
    return found


def read_flag(words: str) -> bool:
    return words.strip().lower() in {"true", "1", "yes"}


def read_list(words: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(part for part in (one.strip() for one in words.split(",")) if part)
