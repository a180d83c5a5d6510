"""SPSS system files of the plain kind: uncompressed, UTF-8, numbers and texts up to 255 bytes. Pure.

Layout after „System File Format“ of the PSPP developers' guide (GNU PSPP 2.0, appendix B). Libraries write the format
only from data frames, whose packages the platform does not need otherwise; the tests read what comes out with one.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

LONGEST = 255
"""Bytes of a text."""
LABEL = 250
MISSING = -1.7976931348623157e308
"""What SPSS calls system-missing."""
_TEXT, _NUMBER = 1, 5
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Variable:
    """A column: its name (letters, digits, underscores; at most 64), its label, and whether it holds texts."""

    name: str
    label: str
    is_text: bool
    decimals: int = 0


def _cut(text: str, most: int) -> bytes:
    """At most so many bytes, no letter torn apart."""
    return text.encode(errors="replace")[:most].decode(errors="ignore").encode()


def _filled(text: bytes, size: int) -> bytes:
    return text[:size].ljust(size)


def sav(
    variables: Sequence[Variable], rows: Iterable[Sequence[str | float | None]], *, title: str, at: datetime
) -> bytes:
    """The file. A number that is None is system-missing, a text that is None is empty."""
    cases = [
        [_cut(str(value or ""), LONGEST) if one.is_text else value for one, value in zip(variables, row, strict=True)]
        for row in rows
    ]
    widths = [
        max([1, *(len(case[place]) for case in cases)]) if one.is_text else 0  # type: ignore[arg-type]  # texts are bytes
        for place, one in enumerate(variables)
    ]
    parts = [_header(sum(_segments(width) for width in widths), len(cases), title, at)]
    short = [f"V{place}" for place in range(1, len(variables) + 1)]
    for name, one, width in zip(short, variables, widths, strict=True):
        parts.append(_variable(name, one, width))
    parts += [
        _integers(),
        _floats(),
        _long_names(short, variables),
        _extension(20, 1, b"UTF-8"),
        struct.pack("<ii", 999, 0),
    ]
    for case in cases:
        for value, width in zip(case, widths, strict=True):
            if isinstance(value, bytes):
                parts.append(_filled(value, 8 * _segments(width)))
            else:
                parts.append(struct.pack("<d", MISSING if value is None else float(value)))
    return b"".join(parts)


def _segments(width: int) -> int:
    return -(-width // 8) if width else 1


def _header(segments: int, cases: int, title: str, at: datetime) -> bytes:
    day = f"{at.day:02d} {_MONTHS[at.month - 1]} {at.year % 100:02d}".encode()
    return b"".join((
        b"$FL2", _filled(b"@(#) SPSS DATA FILE - Allmende", 60), struct.pack("<iiiii", 2, segments, 0, 0, cases),
        struct.pack("<d", 100.0), day, f"{at:%H:%M:%S}".encode(), _filled(_cut(title, 64), 64), b"\0\0\0",
    ))  # fmt: skip


def _variable(name: str, one: Variable, width: int) -> bytes:
    shown = (_TEXT << 16) | (width << 8) if width else (_NUMBER << 16) | (12 << 8) | one.decimals
    label = _cut(one.label, LABEL)
    found = struct.pack("<iiiiii", 2, width, 1 if label else 0, 0, shown, shown) + _filled(name.encode(), 8)
    if label:
        found += struct.pack("<i", len(label)) + label + b" " * (-len(label) % 4)
    rest = struct.pack("<iiiiii", 2, -1, 0, 0, 0, 0) + b" " * 8
    return found + rest * (_segments(width) - 1)


def _extension(subtype: int, size: int, data: bytes) -> bytes:
    return struct.pack("<iiii", 7, subtype, size, len(data) // size) + data


def _integers() -> bytes:
    """Version 1.0.0, no machine, IEEE numbers, no compression, little endian, UTF-8 (code page 65001)."""
    return _extension(3, 4, struct.pack("<iiiiiiii", 1, 0, 0, -1, 1, 1, 2, 65001))


def _floats() -> bytes:
    return _extension(4, 8, struct.pack("<ddd", MISSING, -MISSING, -1.7976931348623155e308))


def _long_names(short: Sequence[str], variables: Sequence[Variable]) -> bytes:
    pairs = (f"{name}={one.name}" for name, one in zip(short, variables, strict=True))
    return _extension(13, 1, "\t".join(pairs).encode())
