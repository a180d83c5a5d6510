"""What of a questionnaire can be counted, and answers as columns of numbers. Pure; numpy comes in when called.

A question becomes one variable; a matrix one per row. Columns: a code per answer (int16, -1 for none) where one option
is chosen; one column per option (1, 0, -1) where several are; a number (NaN for none) for numbers, ranks and amounts.
Words, places and routes are no columns: they are read where they are needed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from allmende.capabilities.surveys.rules.tables import NOTHING
from allmende.engines.questions.interface import OTHER, Definition, Kind, Question, Words

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    type Column = npt.NDArray[np.generic]

MOST_CODES = 32_000


class Form(StrEnum):
    """How a variable is evaluated."""

    CHOICE = "choice"
    """One of several options: shares."""
    SEVERAL = "several"
    """Any of several options: the share that chose each."""
    NUMBERS = "numbers"
    """Mean, middle and classes."""
    MEANS = "means"
    """Ranks and amounts: a mean per option."""
    MAP = "map"
    """Places and routes: hexagons."""
    TOPICS = "topics"
    """Words: topics that a person has confirmed."""
    COUNTED = "counted"
    """Days, files, what is asked several times over: how many answered, nothing else."""


_FORMS: Mapping[Kind, Form] = {
    Kind.SELECT_ONE: Form.CHOICE,
    Kind.RATING: Form.CHOICE,
    Kind.CONSENT: Form.CHOICE,
    Kind.SELECT_MULTIPLE: Form.SEVERAL,
    Kind.INTEGER: Form.NUMBERS,
    Kind.DECIMAL: Form.NUMBERS,
    Kind.RANKING: Form.MEANS,
    Kind.ALLOCATION: Form.MEANS,
    Kind.PLACE: Form.MAP,
    Kind.ROUTE: Form.MAP,
    Kind.TEXT: Form.TOPICS,
    Kind.LONGTEXT: Form.TOPICS,
}
OTHER_LABEL: Words = {"de": "Anderes", "en": "Something else"}
AGREED: Words = {"de": "einverstanden", "en": "agreed"}
COLUMNAR = frozenset({Form.CHOICE, Form.SEVERAL, Form.NUMBERS, Form.MEANS})


@dataclass(frozen=True)
class Variable:
    """Something that is counted. `options` are (name, label)."""

    name: str
    """The question's name; for a row of a matrix `question/row`."""
    question: str
    form: Form
    kind: Kind
    label: Words
    options: tuple[tuple[str, Words], ...] = ()
    ordered: bool = False
    """Neighbouring options may be put together: ratings, rows of a matrix."""
    sensitive: bool = False
    unit: Words = field(default_factory=dict)
    row: str = ""
    part_label: Words = field(default_factory=dict)
    """Of a row of a matrix."""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of its columns."""
        if self.form in {Form.SEVERAL, Form.MEANS}:
            return tuple(f"{self.name}/{option}" for option, _label in self.options)
        return (self.name,) if self.form in COLUMNAR else ()

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Option → code."""
        return {option: place for place, (option, _label) in enumerate(self.options)}

    @property
    def may_group(self) -> bool:
        """Whether results can be told apart by it."""
        return self.form is Form.CHOICE and self.kind is Kind.SELECT_ONE and not self.sensitive


def variables(definition: Definition) -> tuple[Variable, ...]:
    """All that can be counted, in the order of the questionnaire. Notes and calculated texts are left out."""
    found: list[Variable] = []
    for section in definition.sections:
        for question in section.questions:
            if question.kind in {Kind.NOTE, Kind.CALCULATE}:
                continue
            if section.repeat is not None:
                found.append(_variable(question, Form.COUNTED))
            elif question.kind is Kind.MATRIX:
                found += [
                    Variable(
                        name=f"{question.name}/{row.name}",
                        question=question.name,
                        form=Form.CHOICE,
                        kind=question.kind,
                        label=question.label,
                        options=_options(question),
                        ordered=True,
                        sensitive=question.sensitive,
                        row=row.name,
                        part_label=row.label,
                    )
                    for row in question.rows
                ]
            else:
                found.append(_variable(question, _FORMS.get(question.kind, Form.COUNTED)))
    return tuple(found)


def _variable(question: Question, form: Form) -> Variable:
    return Variable(
        name=question.name,
        question=question.name,
        form=form,
        kind=question.kind,
        label=question.label,
        options=_options(question) if form in COLUMNAR else (),
        ordered=question.kind is Kind.RATING,
        sensitive=question.sensitive,
        unit=question.unit,
    )


def _options(question: Question) -> tuple[tuple[str, Words], ...]:
    if question.kind is Kind.RATING:
        return tuple((str(step), {"de": str(step), "en": str(step)}) for step in range(1, question.steps + 1))
    if question.kind is Kind.CONSENT:
        return (("yes", AGREED),)
    labels = {option.name: option.label for option in question.options}
    return tuple(
        (name, labels.get(name, OTHER_LABEL if name == OTHER else {"de": name})) for name in question.option_names
    )


class Collector:
    """Turns answers into columns, one after the other, without keeping the answers."""

    def __init__(self, wanted: Sequence[Variable]) -> None:
        self.wanted = [one for one in wanted if one.form in COLUMNAR]
        self._lists: dict[str, list[Any]] = {name: [] for one in self.wanted for name in one.columns}
        self.answers = 0

    def add(self, values: Mapping[str, Any]) -> None:
        """One person's answers. What no longer fits the questionnaire counts as not answered."""
        self.answers += 1
        for one in self.wanted:
            value = values.get(one.question)
            if one.row:
                value = value.get(one.row) if isinstance(value, Mapping) else None
            _ADD[one.form](self._lists, one, value)

    def add_all(self, many: Iterable[Mapping[str, Any]]) -> "Collector":
        for values in many:
            self.add(values)
        return self

    def columns(self) -> "dict[str, Column]":
        import numpy as np

        numbers = {name for one in self.wanted if one.form in {Form.NUMBERS, Form.MEANS} for name in one.columns}
        return {
            name: np.array(values, dtype=np.float64 if name in numbers else np.int16)
            for name, values in self._lists.items()
        }


def _choice(lists: dict[str, list[Any]], one: Variable, value: Any) -> None:
    if one.kind is Kind.CONSENT:
        lists[one.name].append(0 if value is True else NOTHING)
        return
    key = str(value) if one.kind is Kind.RATING and value is not None else value
    lists[one.name].append(one.places.get(key, NOTHING) if isinstance(key, str) else NOTHING)


def _several(lists: dict[str, list[Any]], one: Variable, value: Any) -> None:
    chosen = set(value) if isinstance(value, list) else None
    for option, _label in one.options:
        lists[f"{one.name}/{option}"].append(NOTHING if chosen is None else int(option in chosen))


def _number(lists: dict[str, list[Any]], one: Variable, value: Any) -> None:
    lists[one.name].append(_float(value))


def _means(lists: dict[str, list[Any]], one: Variable, value: Any) -> None:
    if isinstance(value, list):
        value = {option: place for place, option in enumerate(value, start=1)}
    given = isinstance(value, Mapping)
    for option, _label in one.options:
        missing = 0.0 if given and one.kind is Kind.ALLOCATION else float("nan")
        lists[f"{one.name}/{option}"].append(_float(value.get(option, missing)) if given else float("nan"))


def _float(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


_ADD = {Form.CHOICE: _choice, Form.SEVERAL: _several, Form.NUMBERS: _number, Form.MEANS: _means}
