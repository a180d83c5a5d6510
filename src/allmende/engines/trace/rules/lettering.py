"""Words on several lines: a picture made on the server does not know where a browser would break them."""

from collections.abc import Iterator

NARROW, CAPITAL, WIDE, MIDDLE = 0.31, 0.66, 0.9, 0.57
"""Widths of letters of Fira Sans in parts of the size, each rounded up: a line may end early, never too late."""
_KNOWN = dict.fromkeys(" ijlfrtI.,:;!|'()[]-‚‘’„“”", NARROW) | dict.fromkeys("mwMW—…@%&", WIDE)
FIRST_SQUARE = "\u2e80"
"""From there on, writings whose signs fill a square."""
MORE, BROKEN = "…", "-"


class _Widths(dict[str, float]):
    """Sign → its width, remembered: a picture measures the same few thousands of times."""

    MOST = 5_000

    def __missing__(self, sign: str) -> float:
        width = CAPITAL if sign.isupper() else MIDDLE if sign < FIRST_SQUARE else 1.0
        if len(self) < self.MOST:
            self[sign] = width
        return width


_width = _Widths(_KNOWN).__getitem__


def width_of(text: str) -> float:
    """How wide a text is at most, in parts of its size."""
    return sum(map(_width, text))


def wrapped(text: str, width: float, lines: int) -> list[str]:
    """At most that many lines of at most that width (in parts of the size); „…“ ends what is longer.

    Words are broken only where one alone is wider than a line. Never empty for a text with a letter in it.
    """
    found: list[str] = []
    line = ""
    for word in _pieces(text, width):
        longer = f"{line} {word}".lstrip()
        if width_of(longer) <= width:
            line = longer
        else:
            found.append(line)
            line = word
    if line:
        found.append(line)
    if len(found) <= lines:
        return found
    last = found[lines - 1]
    while last and width_of(last + MORE) > width:
        last = last[:-1].rstrip()
    return [*found[: lines - 1], last + MORE]


def _pieces(text: str, width: float) -> Iterator[str]:
    """The words, those that are wider than a line in parts."""
    for whole in text.split():
        word = whole
        while width_of(word) > width and len(word) > 1:
            size = max(1, next(n for n in range(1, len(word) + 1) if width_of(word[:n] + BROKEN) > width) - 1)
            yield word[:size] + BROKEN
            word = word[size:]
        yield word
