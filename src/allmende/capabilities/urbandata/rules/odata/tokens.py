"""Text of a `$filter` or `$orderby` cut into words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

LONGEST = 4000
MOST = 400


class BadQuery(ValueError):
    """The query is no query; the message says where, for whoever wrote the program."""


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: string, number, time, geography, name, or the sign itself; `value` as Python has it."""

    kind: str
    value: Any
    at: int


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<geography>geography'(?:[^']|'')*')
    | (?P<string>'(?:[^']|'')*')
    | (?P<time>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?)
    | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)
    | (?P<name>[A-Za-z_@][\w.@]*(?:/[A-Za-z_@][\w.@-]*)*)
    | (?P<sign>[(),])
    )""",
    re.VERBOSE | re.ASCII,
)


def tokens(text: str) -> Sequence[Token]:
    """Raises BadQuery."""
    if len(text) > LONGEST:
        raise BadQuery(f"An expression has at most {LONGEST} characters.")
    found: list[Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.end() == place:
            raise BadQuery(f"Not understood at character {place + 1}: {text[place : place + 20]!r}")
        kind = match.lastgroup or ""
        found.append(_token(kind, match[kind], place))
        place = match.end()
        if len(found) > MOST:
            raise BadQuery(f"An expression has at most {MOST} parts.")
    return found


def _token(kind: str, word: str, at: int) -> Token:
    if kind == "string":
        return Token(kind, word[1:-1].replace("''", "'"), at)
    if kind == "geography":
        return Token(kind, word[len("geography'") : -1], at)
    if kind == "number":
        number = float(word) if set(word) & set(".eE") else int(word)
        if abs(number) > 1e300:  # noqa: PLR2004 - beyond it a float ends
            raise BadQuery(f"The number at character {at + 1} is too large.")
        return Token(kind, number, at)
    if kind == "time":
        return Token(kind, read_time(word), at)
    return Token(word if kind == "sign" else kind, word, at)


def read_time(word: str) -> datetime:
    """ISO 8601; without an offset UTC is meant. Raises BadQuery."""
    try:
        made = datetime.fromisoformat(word)
        return made.replace(tzinfo=UTC) if made.tzinfo is None else made.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadQuery(f"{word!r} is not a time.") from None
