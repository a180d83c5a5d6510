"""Bodies of SensorThings 1.1 as drafts: columns of ours, and links to what is there or comes with them.

What clients send back as they read it (`@iot.id`, `@iot.selfLink`, navigation links) is left aside, also in a PATCH.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from allmende.capabilities.urbandata.actions.observing import MOST, Reading
from allmende.capabilities.urbandata.models.things import NAME_LIMIT
from allmende.capabilities.urbandata.queries.sensorthings.kinds import KINDS, Column, Kind
from allmende.core.errors import Invalid

DEEPEST = 5
MOST_INSIDE = 1000
LONGEST_TEXT = 20_000
SHORT = {"name": NAME_LIMIT, "encoding_type": 200, "observation_type": 200, "definition": 1000}
DERIVED = {("Datastreams", "phenomenonTime"), ("Datastreams", "resultTime")}
"""Follow from the values; what is sent for them is left aside."""


@dataclass
class Draft:
    """An entity to be made or changed."""

    kind: Kind
    fields: dict[str, Any] = field(default_factory=dict)
    links: "dict[str, list[int | Draft]]" = field(default_factory=dict)
    """Name of a link → numbers of what is there, or drafts."""


def read_json(data: bytes) -> Any:
    """Raises Invalid."""
    try:
        return json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Invalid("The body is not JSON.") from None


def _no_number(word: str) -> Any:
    raise ValueError(word)


def read_entity(kind: Kind, body: Any, *, whole: bool = True, depth: int = 0) -> Draft:
    """`whole`: everything that must be there is (POST, PUT). Raises Invalid."""
    if not isinstance(body, Mapping):
        raise Invalid(f"{kind.single}: a JSON object is wanted.")
    if depth > DEEPEST:
        raise Invalid(f"Entities are at most {DEEPEST} deep in one another.")
    made = Draft(kind)
    for name, column in kind.columns.items():
        if name in body and (kind.name, name) not in DERIVED:
            made.fields |= _read(kind, name, column, body[name])
        elif whole and name in kind.required:
            raise Invalid(f"{kind.single}: {name} is missing.")
    for name, link in kind.links.items():
        if name in body and body[name] is not None:
            given = body[name] if link.many else [body[name]]
            if not isinstance(given, list) or len(given) > MOST_INSIDE:
                raise Invalid(f"{kind.single}: {name} is a list of at most {MOST_INSIDE}.")
            made.links[name] = [_linked(KINDS[link.kind], one, depth) for one in given]
    return made


def _linked(kind: Kind, body: Any, depth: int) -> "int | Draft":
    if isinstance(body, Mapping) and set(body) <= {"@iot.id", "@iot.selfLink"} and "@iot.id" in body:
        return read_key(body["@iot.id"])
    return read_entity(kind, body, depth=depth + 1)


def read_key(value: Any) -> int:
    """An `@iot.id`, as a number or as its text. Raises Invalid."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 18:  # noqa: PLR2004
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise Invalid("@iot.id is a number that one of our answers has named.")
    return value


def _read(kind: Kind, name: str, column: Column, value: Any) -> dict[str, Any]:
    if column.type == "text":
        if not isinstance(value, str) or "\0" in value or len(value) > SHORT.get(column.name, LONGEST_TEXT):
            raise Invalid(f"{kind.single}: {name} is a text of at most {SHORT.get(column.name, LONGEST_TEXT)} signs.")
        return {column.name: value}
    if column.type == "time":
        return {column.name: None if value is None else read_instant(value)}
    if column.type == "interval":
        start, end = read_span(value) if value is not None else (None, None)
        return {column.name: start, column.end: end}
    check_json(value)
    if column.type == "result":
        return {"result": value}
    if name == "properties" and value is not None and not isinstance(value, dict):
        raise Invalid("properties is a JSON object.")
    return {column.name: {} if name == "properties" and value is None else value}


def check_json(value: Any) -> None:
    """What PostgreSQL's jsonb cannot hold: null characters, lone surrogates, numbers that are none."""
    if isinstance(value, (int, bool)) or value is None:
        if isinstance(value, int) and abs(value) > 10**300:
            raise Invalid("A number is too large.")
        return
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Invalid("A number is none.")
        return
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid("A text holds a sign that is none.") from None
    if "\0" in text or "\\u0000" in text:
        raise Invalid("A text holds no null character.")


def read_instant(value: Any) -> datetime:
    """ISO 8601; without an offset UTC is meant. Raises Invalid."""
    try:
        made = datetime.fromisoformat(value)
        return made.replace(tzinfo=UTC) if made.tzinfo is None else made.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        raise Invalid("A time is written like 2026-05-31T12:00:00Z.") from None


def read_span(value: Any) -> tuple[datetime, datetime | None]:
    """An instant, or two with a stroke between. Raises Invalid."""
    first, stroke, last = value.partition("/") if isinstance(value, str) else (value, "", "")
    start = read_instant(first)
    if not stroke:
        return start, None
    end = read_instant(last)
    if end < start:
        raise Invalid("A span of time ends before it begins.")
    return start, end


def reading_of(draft: Draft, series: int, at: datetime) -> Reading:
    """An observation as a value to be kept. Without a time it was measured now."""
    fields = draft.fields
    features = draft.links.get("FeatureOfInterest", [])
    valid = fields.get("valid_from")
    return Reading(
        series,
        fields.get("time") or at,
        fields["result"],
        fields.get("time_end"),
        fields.get("result_time"),
        (valid, fields.get("valid_until") or valid) if valid is not None else None,
        features[0] if features and isinstance(features[0], int) else None,
        fields.get("quality"),
        fields.get("parameters"),
    )


def read_arrays(body: Any, known: Sequence[int], at: datetime) -> list[Reading | None]:
    """`CreateObservations` (18-088, section 12.2): a reading per row, None for a row that cannot be read."""
    if not isinstance(body, list):
        raise Invalid("CreateObservations wants a list.")
    there = set(known)
    found: list[Reading | None] = []
    for group in body:
        if not isinstance(group, Mapping) or not isinstance(group.get("dataArray"), list):
            raise Invalid("Each group has Datastream, components and dataArray.")
        names = group.get("components")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or "result" not in names:
            raise Invalid("components are names of properties, result among them.")
        series = _series_of(group)
        rows = group["dataArray"]
        if len(found) + len(rows) > MOST:
            raise Invalid(f"A batch holds at most {MOST} observations.")
        found += [_row(names, row, series, at) if series in there else None for row in rows]
    return found


def _series_of(group: Mapping[str, Any]) -> int:
    given = group.get("Datastream")
    return read_key(given.get("@iot.id")) if isinstance(given, Mapping) else -1


def series_named(body: Any) -> list[int]:
    """The series that `CreateObservations` is about."""
    groups = [group for group in body if isinstance(group, Mapping)] if isinstance(body, list) else []
    return sorted({_series_of(group) for group in groups})


def _row(names: Sequence[str], row: Any, series: int, at: datetime) -> Reading | None:
    try:
        if not isinstance(row, list) or len(row) != len(names):
            return None
        given = dict(zip(names, row, strict=True))
        result = given.get("result")
        if len(given) == 2 and type(result) in (int, float) and "phenomenonTime" in given:  # noqa: PLR2004
            start, end = read_span(given["phenomenonTime"])
            check_json(result)
            return Reading(series, start, result, end)
        if "FeatureOfInterest/id" in given:
            given["FeatureOfInterest"] = {"@iot.id": given["FeatureOfInterest/id"]}
        return reading_of(read_entity(KINDS["Observations"], given), series, at)
    except Invalid:
        return None
