"""Tables as German offices make them: semicolons, decimal commas, Windows-1252, local time. Pure.

Nothing is guessed from the first rows: types are read from the whole column. Day and month are never swapped: a day is
`31.12.2024` or `2024-12-31`, anything else is told as a fault with its line.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from allmende.capabilities.urbandata.rules.clock import read_local

MOST_BYTES = 50_000_000
MOST_ROWS = 1_000_000
MOST_COLUMNS = 500
LONGEST_CELL = 100_000
DELIMITERS = ";\t|,"
SAMPLE = 50
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,6})\d*)?)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_GERMAN = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4})[T ,]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,6})\d*)?)?(?: Uhr)?()", re.ASCII
)
_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+", re.ASCII)
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_EMPTY = {"", "-", "–", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "k.A.", "k. A."}


class UnreadableTable(ValueError):
    """The file as a whole is no table. `problem` is a word: empty, too-big, too-many, no-columns, binary."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be read. `line` counts from 1 with the heading; `problem` is a word for `FAULTS`."""

    line: int
    column: str
    cell: str
    problem: str


FAULTS = {
    "time": "is not a time that we know (31.12.2024 14:00 or 2024-12-31 14:00)",
    "skipped": "never was on any clock: summer time began",
    "number": "is not a number",
    "columns": "has another number of columns than the heading",
}


@dataclass(frozen=True)
class Table:
    """A file taken apart: names of columns and cells, without the heading."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """(line, cells)."""
    delimiter: str
    encoding: str
    faults: tuple[Fault, ...] = ()


@dataclass
class Series:
    """One column of numbers along the times of the file; what cannot be read is missing and told."""

    times: list[datetime] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    marked: list[bool] = field(default_factory=list)


def decode(data: bytes) -> tuple[str, str]:
    """The text and its encoding: by its byte order mark, as UTF-8, else as Windows-1252, which reads any byte."""
    if len(data) > MOST_BYTES:
        raise UnreadableTable("too-big")
    for mark, encoding in BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError:
                raise UnreadableTable("binary") from None
    if b"\0" in data:
        raise UnreadableTable("binary")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "cp1252"


def delimiter_of(text: str) -> str:
    """What cuts the first lines into the same number of cells, more than one; the semicolon wins over the comma."""
    lines = [line for line in text.splitlines()[:SAMPLE] if line.strip()]
    best, most = ";", 0
    for mark in DELIMITERS:
        counts = Counter(len(next(csv.reader([line], delimiter=mark), [])) for line in lines)
        columns, agreed = max(counts.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
        if columns > 1 and agreed * 2 > len(lines) and (agreed > most or mark == ";"):
            best, most = mark, agreed
            if mark == ";":
                break
    return best


def read_table(data: bytes) -> Table:
    """Raises UnreadableTable. Rows that are longer or shorter than the heading are faults; the others stay."""
    text, encoding = decode(data)
    if not text.strip():
        raise UnreadableTable("empty")
    csv.field_size_limit(LONGEST_CELL)
    try:
        mark = delimiter_of(text)
        lines = list(_lines(text, mark))
    except csv.Error:
        raise UnreadableTable("binary") from None
    (_first, columns), *found = lines
    if not 2 <= len(columns) <= MOST_COLUMNS:  # noqa: PLR2004 - a time and a value
        raise UnreadableTable("no-columns" if len(columns) < MOST_COLUMNS else "too-many")
    rows = tuple((line, row) for line, row in found if len(row) == len(columns))
    faults = tuple(Fault(line, "", mark.join(row)[:80], "columns") for line, row in found if len(row) != len(columns))
    return Table(columns, rows, mark, encoding, faults)


def _lines(text: str, mark: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Lines that hold anything, the heading first."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    count = 0
    for cells in reader:
        row = tuple(cell.strip() for cell in cells)
        if any(row):
            yield reader.line_num, row
            count += 1
            if count > MOST_ROWS:
                raise UnreadableTable("too-many")


def has_decimal_comma(cells: Sequence[str], delimiter: str) -> bool:
    """Of a whole column. `1.234` alone could be both: in a file with semicolons the point groups thousands."""
    given = [cell for cell in cells if cell not in _EMPTY]
    if any(_COMMA.fullmatch(cell) for cell in given):
        return True
    if any("." in cell and not _GROUPED.fullmatch(cell) for cell in given):
        return False
    return delimiter == ";" and any(_GROUPED.fullmatch(cell) for cell in given)


def read_number(cell: str, *, comma: bool) -> float | None:
    """None for an empty cell. Raises ValueError."""
    if cell in _EMPTY:
        return None
    words = cell.replace("\u00a0", "").replace("\u202f", "").replace("−", "-")
    if comma and (_COMMA.fullmatch(words) or _GROUPED.fullmatch(words)):
        words = words.replace(".", "").replace(",", ".")
    elif not _PLAIN.fullmatch(words) or (comma and "." in words):
        raise ValueError(cell)
    number = float(words)
    if number in (float("inf"), float("-inf")):
        raise ValueError(cell)
    return number


def read_time(cell: str) -> datetime:
    """Naive where the cell names no offset. Raises ValueError."""
    found = _ISO.fullmatch(cell)
    if found:
        year, month, day, *rest, offset = found.groups()
    elif found := _GERMAN.fullmatch(cell):
        day, month, year, *rest, offset = found.groups()
    else:
        raise ValueError(cell)
    hour, minute, second, part = rest
    made = datetime(  # noqa: DTZ001 - the cell decides
        int(year), int(month), int(day), int(hour), int(minute), int(second or 0), int((part or "0").ljust(6, "0"))
    )
    if not offset:
        return made
    return datetime.fromisoformat(f"{made.isoformat()}{'+00:00' if offset == 'Z' else offset}").astimezone(UTC)


def instants(table: Table, column: int, zone: ZoneInfo) -> tuple[list[datetime | None], list[Fault]]:
    """The instant of each row, None where it cannot be told, and why."""
    read: list[datetime | None] = []
    faults: list[Fault] = []
    for line, row in table.rows:
        try:
            read.append(read_time(row[column]))
        except (ValueError, OverflowError):
            faults.append(Fault(line, table.columns[column], row[column][:80], "time"))
            read.append(None)
    local = [(place, at) for place, at in enumerate(read) if at is not None and at.tzinfo is None]
    for (place, _at), instant in zip(local, read_local([at for _place, at in local], zone), strict=True):
        read[place] = instant.at
        if instant.at is None:
            line, row = table.rows[place]
            faults.append(Fault(line, table.columns[column], row[column][:80], "skipped"))
    return read, faults


def series(
    table: Table, times: Sequence[datetime | None], column: int, mark: int | None = None
) -> tuple[Series, list[Fault]]:
    """The numbers of a column. `mark` is the column whose cells say of each value whether the source doubts it."""
    comma = has_decimal_comma([row[column] for _line, row in table.rows], table.delimiter)
    found, faults = Series(), []
    for at, (line, row) in zip(times, table.rows, strict=True):
        try:
            number = read_number(row[column], comma=comma)
        except (ValueError, OverflowError):
            faults.append(Fault(line, table.columns[column], row[column][:80], "number"))
            continue
        if at is None or number is None:
            continue
        found.times.append(at)
        found.numbers.append(number)
        found.marked.append(mark is not None and row[mark] not in {"", "0"})
    return found, faults
