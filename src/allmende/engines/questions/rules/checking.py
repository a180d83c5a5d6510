"""Answers against their questionnaire: what is asked, what fits, what is wrong in words.

One pass in the order of dependencies, so that a value is known before a condition asks for it. Answers to questions
that are not asked are left out; so are those to questions that this version does not have.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.engines.questions.rules.answers import LONGEST_WORD, AnswerError, read_answer, words
from allmende.engines.questions.rules.definition import OTHER, Definition, Kind, Question, Section, say
from allmende.engines.questions.rules.expressions import (
    ExpressionError,
    Scope,
    Value,
    answer_value,
    compute,
    number,
    truth,
)
from allmende.engines.questions.rules.plan import plan

MOST_UNKNOWN = 1000
EXACT = 1e15
"""Up to here a float holds every whole number."""


@dataclass(frozen=True)
class Checked:
    """Answers after the check.

    `values`: in the types of their kinds, only what was asked and can be read. `faults`: a sentence by name; in a
    repeat group the name is `section/0/question`, counted from 0. `relevant`: names of sections and questions that are
    asked, those of repetitions in both forms. `unknown`: names in the answers that this questionnaire does not have.
    `offered`: for questions whose options have conditions, the options that can be chosen, by the same names.
    """

    values: dict[str, Any]
    faults: dict[str, str]
    relevant: frozenset[str]
    unknown: frozenset[str] = frozenset()
    offered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def check(definition: Definition, answers: object, *, at: datetime, language: str = "") -> Checked:
    """Checks all of it; `language` is that of messages which the questionnaire brings."""
    return _Check(definition, answers, at, language or definition.languages[0]).run()


@dataclass
class _Round:
    """One set of answers: those of the questionnaire, or of one repetition."""

    prefix: str = ""
    position: int = 1
    raw: Mapping[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


class _Check:
    def __init__(self, definition: Definition, answers: object, at: datetime, language: str) -> None:
        self.definition, self.language = definition, language
        self.at = timezone.localtime(at) if timezone.is_aware(at) else at
        self.top = _Round(raw=answers if isinstance(answers, Mapping) else {})
        self.rounds: dict[str, list[_Round]] = {}
        self.faults: dict[str, str] = {}
        self.relevant: set[str] = set()
        self.offered: dict[str, tuple[str, ...]] = {}
        self.sections = {section.name: section for section in definition.sections}

    def run(self) -> Checked:
        for name in plan(self.definition).order:
            if name in self.sections:
                self.section(self.sections[name])
            else:
                self.question(self.definition.by_name[name])
        for section in self.definition.sections:
            for around in self.rounds.get(section.name, [self.top] if section.name in self.relevant else []):
                for question in section.questions:
                    self.judge(question, around)
        return Checked(self.values(), self.ordered(), frozenset(self.relevant), self.unknown(), self.offered)

    def values(self) -> dict[str, Any]:
        """In the order of the questionnaire."""
        found: dict[str, Any] = {}
        for section in self.definition.sections:
            if section.repeat:
                if rounds := self.rounds.get(section.name):
                    found[section.name] = [_in_order(section, around.values) for around in rounds]
            else:
                found |= _in_order(section, self.top.values)
        return found

    def ordered(self) -> dict[str, str]:
        order = {name: at for at, name in enumerate(self.definition.by_name)}
        firsts = {section.name: section.questions[0].name for section in self.definition.sections if section.questions}

        def place(name: str) -> tuple[int, int]:
            section, _slash, rest = name.partition("/")
            number, _slash, inner = rest.partition("/")
            if inner:
                return order[firsts[section]], int(number) * len(order) + order[inner] + 1
            return order.get(name, order.get(firsts.get(name, ""), 0)), 0

        return {name: self.faults[name] for name in sorted(self.faults, key=place)}

    def unknown(self) -> frozenset[str]:
        names = self.definition.by_name
        repeats = {section.name for section in self.definition.sections if section.repeat}
        return frozenset(
            str(name)
            for name in islice(self.top.raw, MOST_UNKNOWN)
            if name not in names and name not in repeats and str(name).partition("__")[0] not in names
        )

    # what is asked

    def section(self, section: Section) -> None:
        if not self.true(section.relevant, self.top):
            return
        self.relevant.add(section.name)
        if section.repeat is None:
            return
        sent = self.top.raw.get(section.name)
        given = (
            [one if isinstance(one, Mapping) else {} for one in sent[:1000]] if isinstance(sent, list | tuple) else []
        )
        if section.repeat.count:
            counted = _number(self.value(section.repeat.count, self.top))
            wanted = max(0, min(section.repeat.most, int(counted)))
            given = (given + [{}] * wanted)[:wanted]
        else:
            while given and not any(value not in (None, "", [], {}) for value in given[-1].values()):
                given.pop()
            if len(given) > section.repeat.most:
                message = _("Bitte geben Sie höchstens %(n)s an.") % {"n": section.repeat.most}
                self.faults[section.name] = message
                given = given[: section.repeat.most]
        self.rounds[section.name] = [_Round(f"{section.name}/{at}/", at + 1, one) for at, one in enumerate(given)]

    def question(self, question: Question) -> None:
        section = self.definition.section_of[question.name]
        if section.name not in self.relevant:
            return
        for around in self.rounds.get(section.name, [] if section.repeat else [self.top]):
            if not self.true(question.relevant, around):
                continue
            self.relevant |= {question.name, around.prefix + question.name}
            if question.kind == Kind.CALCULATE:
                value = _kept(self.value(question.calculation, around))
            else:
                value = self.read(question, around)
            if value is not None:
                around.values[question.name] = value

    def read(self, question: Question, around: _Round) -> Any:
        try:
            value = read_answer(question, around.raw.get(question.name))
            if question.other and value is not None and (value == OTHER or OTHER in value):
                said = words(around.raw.get(f"{question.name}__{OTHER}") or "", LONGEST_WORD)
                if said:
                    around.values[f"{question.name}__{OTHER}"] = said
        except AnswerError as error:
            self.faults[around.prefix + question.name] = str(error)
            return None
        return value

    # what is wrong

    def judge(self, question: Question, around: _Round) -> None:
        name = around.prefix + question.name
        if name not in self.relevant or not question.asked:
            return
        value = around.values.get(question.name)
        self.filter(question, around, value)
        if name in self.faults:
            return
        if value is None:
            if question.required:
                self.faults[name] = _missing(question)
            return
        if question.required and question.kind == Kind.MATRIX and len(value) < len(question.rows):
            self.faults[name] = _("Bitte wählen Sie in jeder Zeile eine der Antworten.")
        elif question.required and question.kind == Kind.RANKING and _partial(question, value):
            self.faults[name] = _("Bitte geben Sie jeder Antwort einen Platz.")
        elif not self.true(question.constraint, around, answer_value(question, value)):
            message, _language = say(question.constraint_message, self.language)
            self.faults[name] = message or _("Diese Antwort passt hier nicht. Bitte prüfen Sie sie noch einmal.")

    def filter(self, question: Question, around: _Round, value: Any) -> None:
        if not any(option.filter for option in question.options):
            return
        shut = {one.name for one in question.options if one.filter and not self.true(one.filter, around)}
        name = around.prefix + question.name
        self.offered[name] = tuple(one for one in question.option_names if one not in shut)
        chosen = (
            [value]
            if isinstance(value, str)
            else list((value or {}).values() if question.kind == Kind.MATRIX else value or ())
        )
        if shut.intersection(chosen) and name not in self.faults:
            self.faults[name] = _("Eine Ihrer Antworten steht hier nicht mehr zur Auswahl. Bitte wählen Sie neu.")

    # computing

    def true(self, expression: str, around: _Round, here: Value = "") -> bool:
        """A condition that cannot be read is met: nothing that somebody might answer is hidden by it."""
        if not expression:
            return True
        try:
            return truth(compute(expression, self.scope(around, here)))
        except ExpressionError:
            return True

    def value(self, expression: str, around: _Round) -> Value:
        try:
            return compute(expression, self.scope(around))
        except ExpressionError:
            return ""

    def scope(self, around: _Round, here: Value = "") -> Scope:
        def look(name: str, part: str) -> Value:
            question = self.definition.by_name.get(name)
            if question is None:
                return ""
            section = self.definition.section_of[name]
            if not section.repeat:
                return answer_value(question, self.top.values.get(name), part)
            if around.prefix.startswith(f"{section.name}/"):
                return answer_value(question, around.values.get(name), part)
            return tuple(
                answer_value(question, one.values.get(name), part) for one in self.rounds.get(section.name, ())
            )

        return Scope(look, self.at, here, around.position)


def _in_order(section: Section, values: Mapping[str, Any]) -> dict[str, Any]:
    names = (name for question in section.questions for name in (question.name, f"{question.name}__{OTHER}"))
    return {name: values[name] for name in names if name in values}


def _number(value: Value) -> float:
    found = number(value)
    return 0 if math.isnan(found) else min(max(found, -1), 1e6)


def _partial(question: Question, value: list[str]) -> bool:
    return question.least is None and question.most is None and len(value) < len(question.options)


def _missing(question: Question) -> str:
    if question.kind == Kind.CONSENT:
        return _("Ohne Ihre Zustimmung geht es hier nicht weiter.")
    return _("Bitte beantworten Sie diese Frage.")


def _kept(value: Value) -> Any:
    """A computed value as answers hold it; None for nothing."""
    if isinstance(value, tuple):
        value = value[0] if value else ""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < EXACT else value
    return value if not isinstance(value, tuple) and value != "" else None


def instances(definition: Definition, checked: Checked) -> Iterator[tuple[str, Question]]:
    """Each question that is asked with its full name, in the order of the questionnaire."""
    for section in definition.sections:
        if section.name not in checked.relevant:
            continue
        prefixes = [""]
        if section.repeat:
            prefixes = [f"{section.name}/{at}/" for at in range(len(checked.values.get(section.name, ())))]
        for prefix in prefixes:
            for question in section.questions:
                if prefix + question.name in checked.relevant:
                    yield prefix + question.name, question
