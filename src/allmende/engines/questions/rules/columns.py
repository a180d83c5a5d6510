"""Answers as flat columns, for tables, statistics and downloads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from allmende.engines.questions.rules.definition import OTHER, Definition, Kind, Option, Question, Words

PART = "/"
"""Between the name of a question and what it is divided into."""


class ColumnKind(StrEnum):
    """What a column holds: text, int, float, bool, ISO 8601 texts, the name of one option, or a list of points."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    CHOICE = "choice"
    LINE = "line"


@dataclass(frozen=True)
class Column:
    """One flat value. `options` are those of a choice, in order; `part` is the option or row within the question.

    In a repeat group `round` counts from 1 and the name is `section/round/question`.
    """

    name: str
    kind: ColumnKind
    label: Words
    question: str
    asked_as: Kind
    options: tuple[Option, ...] = ()
    part: str = ""
    part_label: Words | None = None
    round: int = 0
    sensitive: bool = False


_SIMPLE = {
    Kind.TEXT: ColumnKind.TEXT,
    Kind.LONGTEXT: ColumnKind.TEXT,
    Kind.INTEGER: ColumnKind.INTEGER,
    Kind.DECIMAL: ColumnKind.DECIMAL,
    Kind.DATE: ColumnKind.DATE,
    Kind.TIME: ColumnKind.TIME,
    Kind.DATETIME: ColumnKind.DATETIME,
    Kind.SELECT_ONE: ColumnKind.CHOICE,
    Kind.RATING: ColumnKind.INTEGER,
    Kind.FILE: ColumnKind.TEXT,
    Kind.ROUTE: ColumnKind.LINE,
    Kind.CONSENT: ColumnKind.BOOLEAN,
    Kind.CALCULATE: ColumnKind.TEXT,
}
_DIVIDED = {
    Kind.SELECT_MULTIPLE: ColumnKind.BOOLEAN,
    Kind.MATRIX: ColumnKind.CHOICE,
    Kind.RANKING: ColumnKind.INTEGER,
    Kind.ALLOCATION: ColumnKind.INTEGER,
}
_PLACE = (
    ("lon", ColumnKind.DECIMAL),
    ("lat", ColumnKind.DECIMAL),
    ("label", ColumnKind.TEXT),
    ("how", ColumnKind.TEXT),
)
SOMETHING_ELSE: Words = {"de": "Etwas anderes", "en": "Something else"}
HOW_MANY: Words = {"de": "Anzahl", "en": "Number"}


def columns(definition: Definition) -> list[Column]:
    """All columns, in the order of the questionnaire. A repeat group has its number first, then each round."""
    kept = vars(definition)
    if "_columns" not in kept:
        kept["_columns"] = tuple(_all(definition))
    return list(kept["_columns"])


def _all(definition: Definition) -> Iterator[Column]:
    for section in definition.sections:
        if section.repeat:
            yield Column(section.name, ColumnKind.INTEGER, section.title or HOW_MANY, section.name, Kind.INTEGER)
        for number in range(1, section.repeat.most + 1) if section.repeat else (0,):
            prefix = f"{section.name}{PART}{number}{PART}" if number else ""
            for question in section.questions:
                yield from _of(question, prefix, number)


def _of(question: Question, prefix: str, number: int) -> Iterator[Column]:
    name, kind = prefix + question.name, question.kind

    def column(
        kind: ColumnKind, part: str = "", label: Words | None = None, options: tuple[Option, ...] = ()
    ) -> Column:
        full = f"{name}{PART}{part}" if part else name
        return Column(
            full, kind, question.label, question.name, question.kind, options, part, label, number, question.sensitive
        )

    choices = question.options + ((Option(OTHER, SOMETHING_ELSE),) if question.other else ())
    if kind == Kind.MATRIX:
        for row in question.rows:
            yield column(ColumnKind.CHOICE, row.name, row.label, question.options)
    elif kind in _DIVIDED:
        for option in choices:
            yield column(_DIVIDED[kind], option.name, option.label)
    elif kind == Kind.PLACE:
        for part, flat in _PLACE:
            yield column(flat, part)
    elif kind in _SIMPLE:
        yield column(_SIMPLE[kind], options=choices if kind == Kind.SELECT_ONE else ())
    if question.other:
        label = question.label
        yield Column(
            f"{name}__{OTHER}", ColumnKind.TEXT, label, question.name, kind, (), OTHER, SOMETHING_ELSE, number,
            question.sensitive,
        )  # fmt: skip


def flatten(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    """A value for each column that was answered; what is absent was not asked or not answered.

    Of several choices each option is True or False once one is chosen; so a False is an answer, and None is none.
    """
    flat: dict[str, Any] = {}
    for section in definition.sections:
        if section.repeat is None:
            _flatten(section.questions, values, "", flat)
            continue
        rounds = values.get(section.name)
        if isinstance(rounds, list):
            flat[section.name] = len(rounds)
            for number, one in enumerate(rounds[: section.repeat.most], 1):
                _flatten(section.questions, one, f"{section.name}{PART}{number}{PART}", flat)
    return flat


def _flatten(questions: tuple[Question, ...], values: Mapping[str, Any], prefix: str, flat: dict[str, Any]) -> None:
    for question in questions:
        value = values.get(question.name)
        if value is None:
            continue
        name, kind = prefix + question.name, question.kind
        if kind == Kind.SELECT_MULTIPLE:
            chosen = set(value)
            flat.update((f"{name}{PART}{option}", option in chosen) for option in question.option_names)
        elif kind == Kind.RANKING:
            flat.update((f"{name}{PART}{option}", rank) for rank, option in enumerate(value, 1))
        elif kind in {Kind.MATRIX, Kind.ALLOCATION, Kind.PLACE}:
            flat.update((f"{name}{PART}{part}", one) for part, one in value.items())
        elif kind == Kind.CALCULATE:
            flat[name] = _written(value)
        else:
            flat[name] = value
        said = values.get(f"{question.name}__{OTHER}")
        if question.other and said is not None:
            flat[f"{name}__{OTHER}"] = said


def _written(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
