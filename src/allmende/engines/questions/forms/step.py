"""One page of questions as a form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from allmende.engines.media import interface as media
from allmende.engines.places.interface import LINE, PlaceField, Said
from allmende.engines.questions.forms.asked import Asked
from allmende.engines.questions.forms.fields import field_for, html_name, initial_of, place_answer
from allmende.engines.questions.forms.live import mark
from allmende.engines.questions.rules.checking import Checked, check
from allmende.engines.questions.rules.definition import OTHER, Definition, Kind, Question, Section
from allmende.engines.questions.rules.steps import Step, inserted
from allmende.ui import forms as ui

AGAIN = "again"
"""Buttons of this name show the page again: another round, a point more, a place up."""


@dataclass(frozen=True)
class Round:
    """One repetition as the template draws it; `number` from 1, 0 where nothing repeats."""

    number: int
    asked: list["Asked | Note"]


@dataclass(frozen=True)
class Note:
    """A text between the questions."""

    name: str
    text: str
    language: str
    hidden: bool
    mark: str


@dataclass(frozen=True)
class Part:
    """A section as the template draws it."""

    section: Section
    title: tuple[str, str]
    text: tuple[str, str]
    title_mark: str
    text_mark: str
    rounds: list[Round]
    hidden: bool
    may_add: bool


def _picker() -> forms.Widget:
    """The picker beside a route."""
    return cast("forms.Widget", PlaceField(required=False).widget)


class StepForm(ui.Form):
    """The questions of a step, with what was answered before; `answers` hold all of the questionnaire.

    After `is_valid()`: `changes` is what this page says (None: taken away), `checked` all answers with it. A question
    that became relevant by an answer on this very page is not an error: `more` is true, and the page is shown again.
    """

    bound_field_class = Asked
    use_required_attribute = False

    class Media:
        js = (forms.Script("questions/answering.js", type="module"),)
        css = {"all": ("questions/questions.css",)}

    def __init__(
        self,
        definition: Definition,
        step: Step,
        answers: Mapping[str, Any],
        *,
        at: datetime,
        language: str,
        plain: bool = False,
        seen: int = 0,
        data: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data=data, files=files, auto_id="id_%s")
        self.definition, self.step, self.answers, self.at = definition, step, dict(answers), at
        self.language, self.plain, self.seen = language, plain, seen
        self.asked: dict[str, Question] = {}
        self.notes: dict[str, Question] = {}
        self.changes: dict[str, Any] = {}
        self.more = False
        self.checked: Checked = check(definition, self.answers, at=at, language=language)
        self.counts = {section.name: self._rounds(section) for section in step.sections if section.repeat}
        for section in step.sections:
            for prefix in self._prefixes(section):
                self._add_round(section, prefix)

    def _add_round(self, section: Section, prefix: str) -> None:
        for question in section.questions:
            if question.asked:
                self._add(prefix + question.name, question)
            elif question.kind == Kind.NOTE:
                self.notes[prefix + question.name] = question

    def _add(self, name: str, question: Question) -> None:
        self.asked[name] = question
        field = self.fields[name] = field_for(question)
        field.label = inserted(self.definition, question.label, self.language, self.checked.values)[0]
        if not self.is_bound or isinstance(field, PlaceField):
            self.initial[name] = initial_of(question, self.around(name))

    def _rounds(self, section: Section) -> int:
        """How many repetitions the page shows."""
        assert section.repeat
        rounds = self.answers.get(section.name)
        given = len(rounds) if isinstance(rounds, list) else 0
        sent = str(self.data.get(f"{html_name(section.name)}-n") or "") if self.is_bound else ""
        drawn = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else None  # noqa: PLR2004
        if section.repeat.count:
            return max(len(self.checked.values.get(section.name, ())), min(section.repeat.most, drawn or 0))
        if self.is_bound:
            given = self._after_button(section, given if drawn is None else drawn)
        return max(1, min(section.repeat.most, given))

    def _after_button(self, section: Section, given: int) -> int:
        return given + 1 if self.again == f"add:{section.name}" else given

    def _prefixes(self, section: Section) -> list[str]:
        if not section.repeat:
            return [""]
        return [f"{section.name}/{at}/" for at in range(self.counts[section.name])]

    def add_prefix(self, field_name: str) -> str:
        return html_name(field_name)

    @property
    def window(self) -> str:
        """Names this page in this window, also when it comes back."""
        sent = str(self.data.get("window") or "")
        return sent if sent.isalnum() and len(sent) == len(self.made) else self.made

    @property
    def again(self) -> str:
        """The button that shows the page again; "" for another one."""
        return str(self.data.get(AGAIN) or "")[:120] if self.is_bound else ""

    @cached_property
    def shown(self) -> frozenset[str]:
        """Names of what is asked as the page shows it: a repetition that is still empty is asked too."""
        repeats = [section.name for section in self.step.sections if section.repeat and not section.repeat.count]
        if not repeats:
            return self.checked.relevant
        answers = dict(self.answers)
        for name in repeats:
            rounds = answers.get(name)
            given = list(rounds) if isinstance(rounds, list) else []
            given += [{}] * (self.counts[name] - len(given))
            answers[name] = [{**one, "": "here"} if isinstance(one, Mapping) else {"": "here"} for one in given]
        return check(self.definition, answers, at=self.at, language=self.language).relevant

    # where a question stands

    def around(self, name: str) -> Mapping[str, Any]:
        """The answers among which it stands."""
        section, slash, rest = name.partition("/")
        if not slash:
            return self.answers
        rounds, number = self.answers.get(section), int(rest.partition("/")[0])
        one = rounds[number] if isinstance(rounds, list) and number < len(rounds) else {}
        return one if isinstance(one, Mapping) else {}

    def values_for(self, name: str) -> Mapping[str, Any]:
        """What texts may name: all values, and those of the own repetition."""
        return {**self.checked.values, **self.around(name)} if "/" in name else self.checked.values

    # what was sent

    def was_shown(self, name: str) -> bool:
        return f"{html_name(name)}-here" in self.data

    def clean(self) -> dict[str, Any]:
        sent: dict[str, dict[str, Any]] = {}
        for name, question in self.asked.items():
            if self.was_shown(name):
                sent.setdefault(name.rpartition("/")[0], {}).update(self._said(name, question))
        changes = dict(sent.pop("", {}))
        for section in self.step.sections:
            if section.repeat:
                changes[section.name] = self._merged(section, sent)
        self.changes = changes
        shown_before = set(self.checked.relevant)
        self.answers.update(changes)
        self.__dict__.pop("shown", None)
        self.checked = check(self.definition, self.answers, at=self.at, language=self.language)
        self._grow()
        fresh = {name for name in self.asked if name in self.checked.relevant and not self.was_shown(name)}
        self.more = bool(fresh - shown_before) and not self.again
        for name, message in self.checked.faults.items():
            if name in self.fields and name not in self.errors and name not in fresh and not self.again:
                self.add_error(name, ValidationError(message, code="domain"))
        return self.cleaned_data

    def _grow(self) -> None:
        """Repetitions that a number on this very page asks for: they are drawn, and asked before one goes on."""
        for section in self.step.sections:
            if section.repeat and section.repeat.count:
                before = len(self._prefixes(section))
                self.counts[section.name] = max(before, len(self.checked.values.get(section.name, ())))
                for prefix in self._prefixes(section)[before:]:
                    self._add_round(section, prefix)

    def _said(self, name: str, question: Question) -> dict[str, Any]:
        """What the page says of one question, as drafts keep it: right or wrong."""
        key, value = question.name, self.cleaned_data.get(name)
        if isinstance(value, Said):
            value = place_answer(value)
        elif isinstance(value, UploadedFile):
            value = self.around(name).get(key)  # until it is stored
        elif question.kind == Kind.FILE:
            gone = f"{html_name(name)}-remove" in self.data
            value = None if gone else self.around(name).get(key)
        found: dict[str, Any] = {}
        if question.kind == Kind.ROUTE:
            points = self._route(name, value if isinstance(value, list) else [])
            found = {f"{key}__labels": [point[2] for point in points] or None}
            value = [[point[0], point[1]] for point in points]
        if question.kind == Kind.RANKING and name in self.errors:
            return {}
        if question.other:
            words = str(self.data.get(f"{html_name(name)}__{OTHER}") or "")[:1000].replace("\0", "")
            found[f"{key}__{OTHER}"] = words.strip() or None
        if isinstance(value, str):
            value = value.replace("\0", "").encode("utf-8", "ignore").decode()
        return {**found, key: value if value not in ("", [], {}, False) else None}

    def _route(self, name: str, points: list[list[Any]]) -> list[list[Any]]:
        """The points after the button that was pressed: one more from the picker, or one less."""
        what, _colon, rest = self.again.partition(":")
        key, _colon, number = rest.rpartition(":")
        if what == "unpoint" and key == name and number.isdigit():
            return [point for at, point in enumerate(points) if at != int(number)]
        if what == "point" and rest == name:
            picked = self._picked(name)
            if picked is not None and picked.place is not None:
                return [*points, [picked.place.longitude, picked.place.latitude, picked.text]]
        return points

    def _picked(self, name: str) -> Said | None:
        """What the picker beside a route names just now."""
        field, html = _picker(), f"{html_name(name)}-via"
        try:
            found = PlaceField(required=False).clean(field.value_from_datadict(self.data, MultiValueDict(), html))
        except ValidationError:
            return None
        return found if isinstance(found, Said) else None

    def _merged(self, section: Section, sent: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        rounds: list[dict[str, Any]] = []
        for at in range(self.counts[section.name]):
            name = f"{section.name}/{at}"
            one = {**self.around(f"{name}/"), **sent.get(name, {})}
            if self.again != f"remove:{section.name}:{at}":
                rounds.append({key: value for key, value in one.items() if value not in (None, "", [], {})})
        return rounds

    def moved(self) -> dict[str, str] | None:
        """After „nach oben“ or „nach unten“ in a ranking: what the form then says; None for no such button."""
        what, _colon, rest = self.again.partition(":")
        name, _colon, option = rest.rpartition(":")
        question = self.asked.get(name)
        if what not in {"up", "down"} or question is None or question.kind != Kind.RANKING:
            return None
        names = [one.name for one in question.options]
        if option not in names:
            return None

        def place(one: str) -> tuple[int, int]:
            said = str(self.data.get(f"{html_name(name)}-{one}") or "")
            return (int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 999, names.index(one))  # noqa: PLR2004

        order = sorted(names, key=place)
        at = order.index(option)
        to = max(0, min(len(order) - 1, at + (1 if what == "down" else -1)))
        order.insert(to, order.pop(at))
        return {f"{html_name(name)}-{one}": str(number) for number, one in enumerate(order, 1)}

    def stored_files(self, actor: Any) -> dict[str, Any]:
        """Keeps uploads that are in order, whatever else is wrong; by name, the medium's id. Changes `changes` too."""
        found: dict[str, Any] = {}
        for name, question in self.asked.items():
            file = self.cleaned_data.get(name) if question.kind == Kind.FILE else None
            if isinstance(file, UploadedFile) and not self._was_removed(name):
                file.seek(0)
                medium = media.take_image(file, alt=str(self.fields[name].label or name)[:300], actor=actor, field=name)
                found[name] = medium.id
                section, _slash, rest = name.partition("/")
                if rest:
                    self.changes[section][self._place_now(section, int(rest.partition("/")[0]))][question.name] = str(
                        medium.id
                    )
                else:
                    self.changes[name] = str(medium.id)
        self.answers.update(self.changes)
        return found

    def _was_removed(self, name: str) -> bool:
        """Whether the repetition around a question goes by the button that was pressed."""
        section, slash, rest = name.partition("/")
        return bool(slash) and self.again == f"remove:{section}:{rest.partition('/')[0]}"

    def _place_now(self, section: str, at: int) -> int:
        """Where a repetition stands after the button that was pressed."""
        what, _colon, gone = self.again.rpartition(":")
        return at - 1 if what == f"remove:{section}" and gone.isdigit() and int(gone) < at else at

    # what the template draws

    @property
    def parts(self) -> Iterator[Part]:
        for section in self.step.sections:
            title = inserted(self.definition, section.title, self.language, self.checked.values)
            text = inserted(self.definition, section.text, self.language, self.checked.values)
            rounds = [
                Round(number if section.repeat else 0, list(self._drawn(section, prefix)))
                for number, prefix in enumerate(self._prefixes(section), 1)
            ]
            repeat = section.repeat
            may_add = repeat is not None and not repeat.count and len(rounds) < repeat.most
            hidden = section.name not in self.checked.relevant
            title_mark, text_mark = mark(section.title, section.name, "title"), mark(section.text, section.name, "text")
            yield Part(section, title, text, title_mark, text_mark, rounds, hidden, may_add)

    def _drawn(self, section: Section, prefix: str) -> Iterator[Asked | Note]:
        for question in section.questions:
            if question.asked:
                field: Any = self[prefix + question.name]
                yield field
            elif question.kind == Kind.NOTE:
                name = prefix + question.name
                words = question.plain if self.plain and question.plain else question.label
                text, language = inserted(self.definition, words, self.language, self.values_for(name))
                yield Note(name, text, language, name not in self.shown, mark(words, name, "label"))

    def via(self, name: str) -> str:
        """The picker beside a route, drawn."""
        html = f"{html_name(name)}-via"
        field = _picker()
        value: Any = field.value_from_datadict(self.data, MultiValueDict(), html) if self.is_bound else Said()
        taken = self.again == f"point:{name}" and self._picked(name) is not None
        attrs = {"id": f"id_{html}", "class": "kern-form-input__input", "autocomplete": "off"}
        return field.render(html, Said() if taken else value, attrs)

    @property
    def media_all(self) -> forms.Media:
        """Scripts and styles of the page, the picker's where a route stands on it."""
        routes = any(question.kind == Kind.ROUTE for question in self.asked.values())
        return self.media + (_picker().media + LINE if routes else forms.Media())
