"""What an old system hands over: a table with a mapping of its columns, or an Open311 export (GeoReport v2).

Fields are named as Open311 names them; a mapping says which column of a table is which. Rows that cannot be used are
told with their line; nothing is fetched, no address in a file is followed.
"""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import ParseError, XMLPullParser
from zoneinfo import ZoneInfo

from allmende.capabilities.reports.adapters.asset_files import MOST_FAULTS, Fault

MOST_BYTES = 500 * 1024 * 1024
FIELDS = (
    "service_request_id", "description", "service_code", "service_name", "lat", "long", "address", "status",
    "requested_datetime", "updated_datetime", "status_notes",
)  # fmt: skip
GERMAN_DATES = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")


class NotReadable(Exception):
    """The file as a whole cannot be read; the message is one sentence."""


@dataclass(frozen=True)
class OldReport:
    """One report as the old system had it. Times with offset; `closed_at` is its last change where it is closed."""

    line: int
    foreign_id: str
    words: str
    kind: str
    place: str
    point: tuple[float, float] | None
    received_at: datetime
    closed_at: datetime | None
    result: str = ""


@dataclass
class Old:
    """All that a file holds. `left_out` counts every faulty row, `faults` tells of the first ones."""

    rows: list[OldReport] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: int = 0

    def fault(self, line: int, words: str) -> None:
        self.left_out += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(line, words))


def read(
    content: bytes, *, zone: ZoneInfo, mapping: Mapping[str, str] | None = None, closed: frozenset[str] = frozenset()
) -> Old:
    """The rows of a file. `mapping`: field of Open311 → column; `closed`: words that mean a report has ended.

    Raises NotReadable.
    """
    if len(content) > MOST_BYTES:
        raise NotReadable("The file is larger than 500 MB: please divide it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    start = text.lstrip()[:1]
    if start == "<":
        found: Iterator[tuple[int, Mapping[str, Any]]] = _xml(text)
    elif start in {"[", "{"}:
        found = _json(text)
    else:
        found = _table(text, mapping or {})
    old, seen = Old(), set[str]()
    ended = {"closed", *(word.casefold() for word in closed)}
    for line, row in found:
        one = _one(line, row, zone, ended)
        if isinstance(one, str):
            old.fault(line, one)
        elif one.foreign_id in seen:
            old.fault(line, f"{one.foreign_id} occurs twice")
        else:
            seen.add(one.foreign_id)
            old.rows.append(one)
    if not old.rows and not old.left_out:
        raise NotReadable("There are no reports in this file.")
    return old


def _one(line: int, row: Mapping[str, Any], zone: ZoneInfo, ended: set[str]) -> OldReport | str:
    """The report, or what is wrong with it."""
    said = {name: _text(row.get(name)) for name in FIELDS}
    if not said["service_request_id"]:
        return "no id (service_request_id)"
    if not said["description"] and not said["service_name"]:
        return "no words (description)"
    received = _time(said["requested_datetime"], zone)
    if received is None:
        return "no time that can be read (requested_datetime)"
    is_closed = said["status"].casefold() in ended
    changed = _time(said["updated_datetime"], zone) if is_closed else None
    if is_closed and said["updated_datetime"] and changed is None:
        return "no time that can be read (updated_datetime)"
    point = _point(said["long"], said["lat"])
    if point is None and not said["address"]:
        return "no place (lat and long, or address)"
    closed_at = max(changed or received, received) if is_closed else None
    return OldReport(
        line, said["service_request_id"][:100], said["description"] or said["service_name"],
        said["service_code"] or said["service_name"], said["address"][:200], point, received, closed_at,
        said["status_notes"][:2000],
    )  # fmt: skip


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value).replace("\0", "").strip()[:4000]


def _point(longitude: str, latitude: str) -> tuple[float, float] | None:
    try:
        found = float(longitude.replace(",", ".")), float(latitude.replace(",", "."))
    except ValueError:
        return None
    fits = all(map(math.isfinite, found)) and abs(found[0]) <= 180 and abs(found[1]) <= 90  # noqa: PLR2004 - degrees
    return found if fits and found != (0.0, 0.0) else None


def _time(text: str, zone: ZoneInfo) -> datetime | None:
    """ISO 8601 or as Germans write it; without an offset in the city's own time."""
    for form in ("", *GERMAN_DATES):
        try:
            found = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - see below
            found = found if found.tzinfo else found.replace(tzinfo=zone)
        except (ValueError, OverflowError):
            continue
        return found if 1970 < found.year < 2200 else None  # noqa: PLR2004 - what a database and a person mean
    return None


def _json(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotReadable("This is no complete JSON: perhaps only a part of the file was transferred.") from error
    if isinstance(document, dict):
        document = next((value for value in document.values() if isinstance(value, list)), None)
    if not isinstance(document, list):
        raise NotReadable("This JSON holds no list of requests.")
    for line, row in enumerate(document, start=1):
        yield line, row if isinstance(row, dict) else {}


def _xml(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Request after request; a document type is refused, since entities can grow without end."""
    if "<!DOCTYPE" in text[:10_000].upper() or "<!ENTITY" in text.upper():
        raise NotReadable("XML with a document type is not read.")
    parser: Any = XMLPullParser(["end"])
    line = 0
    try:
        for start in range(0, len(text), 1 << 16):
            parser.feed(text[start : start + (1 << 16)])
            for _event, node in parser.read_events():
                if node.tag == "request":
                    line += 1
                    yield line, {child.tag: child.text or "" for child in node}
                    node.clear()
        parser.close()
    except (ParseError, ValueError) as error:
        raise NotReadable("This XML is not complete or damaged.") from error


def _table(text: str, mapping: Mapping[str, str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text.replace("\0", "")), delimiter=max(";,\t|", key=head.count))
    try:
        columns = {str(name).strip().casefold(): name for name in rows.fieldnames or [] if name}
        known = {name: columns.get(mapping.get(name, name).strip().casefold()) for name in FIELDS}
        missing = [mapping[name] for name in mapping if known.get(name) is None]
        if missing:
            raise NotReadable(f"There is no column {missing[0]}.")
        if known["service_request_id"] is None or known["requested_datetime"] is None:
            raise NotReadable("Please map at least service_request_id and requested_datetime to columns.")
        for row in rows:
            yield rows.line_num, {name: row.get(column) for name, column in known.items() if column}
    except csv.Error as error:
        raise NotReadable("This table is damaged.") from error
