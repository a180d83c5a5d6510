"""The small parts that schemas are read with: each takes anything and gives what can be used of it."""

import re
from collections.abc import Mapping
from typing import Any

from allmende.engines.questions.rules.reading import MOST_OPTIONS

type Schema = Mapping[str, Any]

LABEL, HINT, LARGEST = 1000, 10_000, 10**9
NOTHING: Schema = {"not": {}}
"""Says the same as `false`: nothing fits."""


def mapping(data: object) -> Schema:
    return data if isinstance(data, Mapping) else {}


def text_of(data: object, most: int) -> str:
    return data.strip()[:most] if isinstance(data, str) else ""


def number_of(data: object) -> float | None:
    if isinstance(data, bool) or not isinstance(data, int | float):
        return None
    return data if -LARGEST < data < LARGEST else None


def whole(data: object) -> int | None:
    """A bound that says something: a positive whole number."""
    number = number_of(data)
    return int(number) if number is not None and number > 0 and number == int(number) else None


def listed(schema: Schema) -> list[tuple[Any, Any]]:
    """The values that a schema lists, each with its title; nothing where it lists none."""
    values = schema.get("enum")
    if isinstance(values, list):
        titles, values = schema.get("enumNames"), values[: MOST_OPTIONS + 1]
        titles = titles[: len(values)] if isinstance(titles, list) and len(titles) >= len(values) else values
        return [(one, title) for one, title in zip(values, titles, strict=True) if one is not None and one != ""]
    several = schema.get("oneOf") or schema.get("anyOf")
    several = [mapping(one) for one in several[: MOST_OPTIONS + 1]] if isinstance(several, list) else []
    several = [one for one in several if one.get("type") != "null"]
    if not all("const" in one for one in several):
        return []
    return [(one["const"], one.get("title") or one["const"]) for one in several]


def names_of(data: object) -> set[str]:
    return {one for one in data if isinstance(one, str)} if isinstance(data, list) else set()


def type_of(schema: Schema) -> str:
    """The type, "null" aside; of a schema that only lists properties, the obvious one."""
    told = schema.get("type")
    if isinstance(told, list):
        told = next((one for one in told if one != "null"), None)
    if told is None and "properties" in schema:
        return "object"
    return told if isinstance(told, str) else ""


def title_of(schema: Schema, name: str) -> str:
    return text_of(schema.get("title"), LABEL) or re.sub(r"[_-]+", " ", name).strip() or name or "?"


def last(place: str) -> str:
    return place.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
