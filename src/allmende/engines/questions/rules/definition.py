"""A questionnaire as data: immutable values, made from JSON and written back to it.

The words of a form's author are `Words`: texts by language code. Reading finds all faults at once (`reading.py`); what
comes out of it is well-formed, so nothing later has to ask again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from typing import Any

type Words = Mapping[str, str]
"""A text by language code, {"de": "…", "en": "…"}; empty: there is none."""

OTHER = "other"
"""Name of the option "something else" where a question has `other`; its words are under `<name>__other`."""
RATING = 5
"""Steps of a rating that does not say how many."""


class Kind(StrEnum):
    """What is answered."""

    TEXT = "text"
    LONGTEXT = "longtext"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    MATRIX = "matrix"
    RANKING = "ranking"
    RATING = "rating"
    ALLOCATION = "allocation"
    FILE = "file"
    PLACE = "place"
    ROUTE = "route"
    CONSENT = "consent"
    NOTE = "note"
    CALCULATE = "calculate"


CHOOSES = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE})
WITH_OPTIONS = CHOOSES | {Kind.MATRIX, Kind.RANKING, Kind.ALLOCATION}
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
UNASKED = frozenset({Kind.NOTE, Kind.CALCULATE})
"""Kinds that nobody fills in."""


@dataclass(frozen=True)
class Option:
    """Something to choose. `filter`: the condition under which it can be chosen."""

    name: str
    label: Words
    filter: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a matrix."""

    name: str
    label: Words


@dataclass(frozen=True)
class Question:
    """One question. `least` and `most` bound numbers, how many are chosen, characters of a text; `most` is also the
    steps of a rating and the total of an allocation. Expressions are texts, empty where there are none.
    """

    name: str
    kind: Kind
    label: Words
    hint: Words = field(default_factory=dict)
    plain: Words = field(default_factory=dict)
    required: bool = False
    relevant: str = ""
    constraint: str = ""
    constraint_message: Words = field(default_factory=dict)
    calculation: str = ""
    default: Any = None
    options: tuple[Option, ...] = ()
    other: bool = False
    exclusive: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    unit: Words = field(default_factory=dict)
    step: float | None = None
    rows: tuple[Row, ...] = ()
    purpose: Words = field(default_factory=dict)
    sensitive: bool = False

    @property
    def asked(self) -> bool:
        """Whether people fill it in; notes and calculated values are not asked."""
        return self.kind not in UNASKED

    @property
    def option_names(self) -> tuple[str, ...]:
        """What can be chosen, in order, with "other" at the end where there is such an option."""
        return tuple(option.name for option in self.options) + ((OTHER,) if self.other else ())

    @property
    def steps(self) -> int:
        """Of a rating: answers are 1 to this."""
        return int(self.most) if self.most else RATING

    @property
    def total(self) -> int:
        """Of an allocation: what there is to give out."""
        return int(self.most or 100)


@dataclass(frozen=True)
class Repeat:
    """Asked several times over: `count` says how often (an expression), or people add as they need, up to `most`."""

    count: str = ""
    most: int = 10


@dataclass(frozen=True)
class Section:
    """What stands on one page."""

    name: str
    title: Words = field(default_factory=dict)
    text: Words = field(default_factory=dict)
    relevant: str = ""
    repeat: Repeat | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Definition:
    """The whole questionnaire. The first language is the one every text has."""

    title: Words
    languages: tuple[str, ...]
    introduction: Words = field(default_factory=dict)
    layout: str = "pages"
    """"pages": one section after the other; "one": all of it on one page."""
    sections: tuple[Section, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Question]:
        """All questions by name."""
        return {question.name: question for question in self.questions}

    @cached_property
    def questions(self) -> Sequence[Question]:
        """All questions in order, those of repeat groups too."""
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        """The section of each question, by the question's name."""
        return {question.name: section for section in self.sections for question in section.questions}

    def section(self, name: str) -> Section:
        """Raises KeyError."""
        return next((one for one in self.sections if one.name == name), None) or _missing(name)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a definition: `where` is a JSON pointer into it (RFC 6901), `message` a sentence."""

    where: str
    message: str


class DefinitionError(ValueError):
    """A definition that cannot be used; holds all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{fault.where}: {fault.message}" for fault in self.faults[:5]))


def say(words: Words, language: str) -> tuple[str, str]:
    """The text in this language, or in the first there is, with the language it is in ("" and "" for none)."""
    if words.get(language):
        return words[language], language
    return next(((text, code) for code, text in words.items() if text), ("", ""))


def definition_to_json(definition: Definition) -> dict[str, Any]:
    """As `Version.definition` stores it: every key is there, so that editors need not know what may be absent."""
    written = _plain(definition)
    assert isinstance(written, dict)
    return written


def walk(definition: Definition) -> Iterator[tuple[str, Section, Question]]:
    """Each question with its section and its JSON pointer."""
    for at, section in enumerate(definition.sections):
        for number, question in enumerate(section.questions):
            yield f"/sections/{at}/questions/{number}", section, question


def _missing(name: str) -> Section:
    raise KeyError(name)


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if hasattr(value, "__dataclass_fields__"):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
