"""The answers of a questionnaire as a JSON Schema (draft 2020-12), for whoever sends or reads them by program.

Source: https://json-schema.org/draft/2020-12. Conditions are not part of it: what is asked only sometimes is never
required here, and a text is checked by its length alone. What the check accepts is valid; not the other way round.
"""

from collections.abc import Callable, Mapping
from typing import Any

from allmende.engines.questions.rules.definition import OTHER, UNASKED, Definition, Kind, Question, say

DRAFT = "https://json-schema.org/draft/2020-12/schema"
KIND = "x-kind"
"""Says which kind of question it is, for whoever reads it back; a validator passes over it."""
SHAPES: "Mapping[Kind, str]" = {
    Kind.DATE: r"^\d{4}-\d{2}-\d{2}$",
    Kind.TIME: r"^\d{2}:\d{2}$",
    Kind.DATETIME: r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$",
}
_COORDINATE: Mapping[str, Any] = {
    "lon": {"type": "number", "minimum": -180, "maximum": 180},
    "lat": {"type": "number", "minimum": -90, "maximum": 90},
}


def schema(definition: Definition, *, language: str = "") -> dict[str, Any]:
    """The schema; titles and descriptions in `language`, else in the first one."""
    spoken = language or definition.languages[0]
    properties: dict[str, Any] = {}
    required: list[str] = []
    for section in definition.sections:
        inner, needed = _properties(section.questions, spoken)
        if section.repeat is None:
            properties |= inner
            required += needed if not section.relevant else []
            continue
        one = {"type": "object", "properties": inner, "additionalProperties": False}
        properties[section.name] = {
            "type": "array", "items": one | ({"required": needed} if needed else {}),
            **_titled(say(section.title, spoken)[0], ""),
        }  # fmt: skip
    return {
        "$schema": DRAFT,
        **_titled(say(definition.title, spoken)[0], say(definition.introduction, spoken)[0]),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _properties(questions: tuple[Question, ...], language: str) -> tuple[dict[str, Any], list[str]]:
    found: dict[str, Any] = {}
    required: list[str] = []
    for question in questions:
        if question.kind == Kind.NOTE:
            continue
        titles = _titled(say(question.label, language)[0], say(question.hint, language)[0])
        found[question.name] = {**titles, **_KINDS[question.kind](question, language), KIND: question.kind.value}
        if question.other:
            found[f"{question.name}__{OTHER}"] = {"type": "string"}
        if question.required and not question.relevant and question.kind not in UNASKED:
            required.append(question.name)
    return found, required


def _titled(title: str, description: str) -> dict[str, str]:
    return {key: text for key, text in (("title", title), ("description", description)) if text}


def _text(question: Question, _language: str) -> dict[str, Any]:
    limits = {"minLength": question.least, "maxLength": question.most}
    return {"type": "string", **{key: int(value) for key, value in limits.items() if value}}


def _number(question: Question, _language: str) -> dict[str, Any]:
    limits = {"minimum": question.least, "maximum": question.most}
    kind = "integer" if question.kind == Kind.INTEGER else "number"
    return {"type": kind, **{key: value for key, value in limits.items() if value is not None}}


def _shaped(pattern: str) -> "Callable[[Question, str], dict[str, Any]]":
    return lambda _question, _language: {"type": "string", "pattern": pattern}


def _options(question: Question, language: str) -> dict[str, Any]:
    """`oneOf` with a title each: the common way to give the words of an enumeration."""
    listed = [{"const": one.name, "title": say(one.label, language)[0]} for one in question.options]
    return {"oneOf": [*listed, {"const": OTHER}] if question.other else listed}


def _several(question: Question, language: str) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "array", "items": _options(question, language), "uniqueItems": True}
    if question.kind == Kind.SELECT_MULTIPLE:
        limits = {"minItems": question.least, "maxItems": question.most}
        found |= {key: int(value) for key, value in limits.items() if value}
    return found


def _matrix(question: Question, language: str) -> dict[str, Any]:
    rows = {row.name: {**_options(question, language), "title": say(row.label, language)[0]} for row in question.rows}
    return {"type": "object", "properties": rows, "additionalProperties": False}


def _rating(question: Question, _language: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": question.steps}


def _allocation(question: Question, language: str) -> dict[str, Any]:
    share = {"type": "integer", "minimum": 0, "maximum": question.total}
    parts = {one.name: {**share, "title": say(one.label, language)[0]} for one in question.options}
    return {"type": "object", "properties": parts, "additionalProperties": False}


def _place(_question: Question, _language: str) -> dict[str, Any]:
    more = {"label": {"type": "string"}, "how": {"enum": ["map", "address", "landmark"]}}
    return {"type": "object", "properties": {**_COORDINATE, **more}, "additionalProperties": False}


def _route(_question: Question, _language: str) -> dict[str, Any]:
    point = {"type": "array", "prefixItems": [_COORDINATE["lon"], _COORDINATE["lat"]], "items": False, "minItems": 2}
    return {"type": "array", "items": point}


def _consent(_question: Question, _language: str) -> dict[str, Any]:
    return {"const": True}


def _calculated(_question: Question, _language: str) -> dict[str, Any]:
    return {"type": ["string", "number", "boolean", "null"]}


_KINDS: "Mapping[Kind, Callable[[Question, str], dict[str, Any]]]" = {
    Kind.TEXT: _text, Kind.LONGTEXT: _text, Kind.INTEGER: _number, Kind.DECIMAL: _number,
    **{kind: _shaped(shape) for kind, shape in SHAPES.items()}, Kind.SELECT_ONE: _options,
    Kind.SELECT_MULTIPLE: _several, Kind.RANKING: _several, Kind.MATRIX: _matrix, Kind.RATING: _rating,
    Kind.ALLOCATION: _allocation, Kind.PLACE: _place, Kind.ROUTE: _route, Kind.CONSENT: _consent,
    Kind.CALCULATE: _calculated,
    Kind.FILE: lambda _question, _language: {"type": "string"},
}  # fmt: skip
