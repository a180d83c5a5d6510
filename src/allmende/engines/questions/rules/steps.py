"""Which pages somebody is led through, and answers in words."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from allmende.engines.questions.rules.answers import shown
from allmende.engines.questions.rules.checking import Checked, instances
from allmende.engines.questions.rules.conditions import INSERTED
from allmende.engines.questions.rules.definition import OTHER, Definition, Kind, Question, Section, Words, say

ALL = "all"
"""The one step of a questionnaire that stands on one page."""


@dataclass(frozen=True)
class Step:
    """A page: its sections, its place among the pages that are asked as far as one knows now."""

    name: str
    sections: tuple[Section, ...]
    number: int = 1
    total: int = 1


def steps(definition: Definition, checked: Checked) -> list[Step]:
    """The pages in order. A section of which nothing is asked, and nothing could be, has none."""
    asked = [section for section in definition.sections if section.name in checked.relevant and _visible(section)]
    if definition.layout == "one":
        shown_now = tuple(section for section in definition.sections if _visible(section))
        return [Step(ALL, shown_now)] if shown_now else []
    return [Step(section.name, (section,), number, len(asked)) for number, section in enumerate(asked, 1)]


def open_step(found: Sequence[Step], checked: Checked, done: Collection[str]) -> Step | None:
    """Where somebody goes on who comes back: the first page that they have not gone on from, or that an answer given
    since makes incomplete; None when all are answered. `done` are pages gone on from.
    """
    wrong = {name.partition("/")[0] for name in checked.faults}
    for step in found:
        names = {one.name for section in step.sections for one in section.questions}
        names |= {section.name for section in step.sections}
        if step.name not in done or wrong & names:
            return step
    return None


def _visible(section: Section) -> bool:
    return any(question.kind != Kind.CALCULATE for question in section.questions)


def inserted(definition: Definition, words: Words, language: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """A text with the answers that it names, and its language."""
    text, code = say(words, language)
    if "${" not in text:
        return text, code

    def answer(found: Any) -> str:
        question = definition.by_name.get(found[1])
        return describe(question, values, language) if question else ""

    return INSERTED.sub(answer, text), code


def describe(question: Question, values: Mapping[str, Any], language: str) -> str:
    """An answer in words; "" for none. What cannot be read is given as it was typed."""
    value = values.get(question.name)
    if value in (None, "", [], {}):
        return ""
    try:
        return _TOLD[question.kind](_Told(question, value, values, language)) if question.kind in _TOLD else str(value)
    except (TypeError, ValueError, AttributeError, KeyError):
        return str(value)[:200]


@dataclass(frozen=True)
class _Told:
    question: Question
    value: Any
    values: Mapping[str, Any]
    language: str

    def label(self, name: str) -> str:
        if name == OTHER and self.question.other:
            said = self.values.get(f"{self.question.name}__{OTHER}")
            return f"{_('Etwas anderes')}: {said}" if said else _("Etwas anderes")
        found = next((one.label for one in self.question.options if one.name == name), {})
        return say(found, self.language)[0] or str(name)

    def row(self, name: str) -> str:
        found = next((one.label for one in self.question.rows if one.name == name), {})
        return say(found, self.language)[0] or str(name)

    def amount(self, value: Any) -> str:
        return _with_unit(self.question, value, self.language)

    def computed(self) -> str:
        if isinstance(self.value, bool):
            return _("ja") if self.value else _("nein")
        return self.amount(self.value)

    def route(self) -> str:
        named = self.values.get(f"{self.question.name}__labels") or []
        if len(named) == len(self.value):
            return " → ".join(map(str, named))
        return _("ein Weg mit %(n)s Punkten") % {"n": len(self.value)}


_TOLD: dict[Kind, Callable[[_Told], str]] = {
    Kind.SELECT_ONE: lambda told: told.label(told.value),
    Kind.SELECT_MULTIPLE: lambda told: "; ".join(map(told.label, told.value)),
    Kind.RANKING: lambda told: "; ".join(f"{at}. {told.label(name)}" for at, name in enumerate(told.value, 1)),
    Kind.MATRIX: lambda told: "; ".join(f"{told.row(row)}: {told.label(name)}" for row, name in told.value.items()),
    Kind.ALLOCATION: lambda told: "; ".join(f"{told.label(name)}: {told.amount(n)}" for name, n in told.value.items()),
    Kind.RATING: lambda told: _("%(n)s von %(most)s") % {"n": told.value, "most": told.question.steps},
    Kind.INTEGER: lambda told: told.amount(told.value),
    Kind.DECIMAL: lambda told: told.amount(told.value),
    Kind.CALCULATE: lambda told: told.computed(),
    Kind.DATE: lambda told: formats.date_format(date.fromisoformat(told.value), "DATE_FORMAT"),
    Kind.DATETIME: lambda told: formats.date_format(datetime.fromisoformat(told.value), "DATETIME_FORMAT"),
    Kind.PLACE: lambda told: str(told.value.get("label") or f"{told.value['lat']}, {told.value['lon']}"),
    Kind.ROUTE: _Told.route,
    Kind.FILE: lambda _told: _("ein Bild"),
    Kind.CONSENT: lambda _told: _("ja"),
}


def _with_unit(question: Question, value: Any, language: str) -> str:
    number = shown(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    return f"{number} {say(question.unit, language)[0]}".strip()


@dataclass(frozen=True)
class Line:
    """One answer on the page before sending."""

    name: str
    label: str
    label_language: str
    text: str
    fault: str
    free: bool
    """Whether the words are the person's own."""
    language: str = ""
    """Of the text, where it is words of the questionnaire."""


def overview(
    definition: Definition, checked: Checked, answers: Mapping[str, Any], language: str
) -> list[tuple[Step, list[tuple[Section, list[Line]]]]]:
    """Everything that was asked with what was answered, page by page."""
    lines: dict[str, list[Line]] = {}
    own = {Kind.TEXT, Kind.LONGTEXT, Kind.PLACE}
    for name, question in instances(definition, checked):
        if not question.asked:
            continue
        section = definition.section_of[question.name]
        around = _around(name, checked.values)
        text = describe(question, {**_around(name, answers), **around}, language)
        if question.name not in around and name not in checked.faults:
            text = ""
        label, code = inserted(definition, question.label, language, {**checked.values, **around})
        if "/" in name:
            label = f"{int(name.split('/')[1]) + 1}. {label}"
        spoken = say(question.options[0].label, language)[1] if question.options and text else ""
        line = Line(name, label, code, text, checked.faults.get(name, ""), question.kind in own, spoken)
        lines.setdefault(section.name, []).append(line)
    return [
        (step, [(section, lines[section.name]) for section in step.sections if section.name in lines])
        for step in steps(definition, checked)
    ]


def _around(name: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answers among which this one stands: of all, or of its repetition."""
    section, slash, rest = name.partition("/")
    if not slash:
        return values
    rounds, number = values.get(section), int(rest.partition("/")[0])
    one = rounds[number] if isinstance(rounds, list) and number < len(rounds) else {}
    return one if isinstance(one, Mapping) else {}
