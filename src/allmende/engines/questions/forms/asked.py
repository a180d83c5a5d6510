"""A question as the template draws it: words in the reader's language, choices, what was answered."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from allmende.core import city
from allmende.engines.questions.forms.fields import places_of
from allmende.engines.questions.forms.live import mark
from allmende.engines.questions.rules.answers import MOST_POINTS
from allmende.engines.questions.rules.definition import OTHER, Kind, Option, Question, Row, Words, say
from allmende.engines.questions.rules.steps import inserted
from allmende.ui import forms as ui

if TYPE_CHECKING:
    from allmende.engines.questions.forms.step import StepForm

FEW = 12
"""So many choices stand as radio buttons; more are a list to open."""
TYPES = {Kind.DATE: "date", Kind.TIME: "time", Kind.DATETIME: "datetime-local"}


@dataclass(frozen=True)
class Choice:
    """One choice of a question, or one cell of a table."""

    name: str
    label: str
    language: str
    id: str
    chosen: bool
    offered: bool = True
    value: str = ""
    is_other: bool = False
    mark: str = ""


class Asked(ui.BoundField):
    """A field of a question. `key` is its full name, `answers` those among which it stands."""

    @property
    def owner(self) -> "StepForm":
        form: Any = self.form
        owner: StepForm = form
        return owner

    @property
    def question(self) -> Question:
        return self.owner.asked[self.name]

    def words(self, words: Words) -> tuple[str, str]:
        return inserted(self.owner.definition, words, self.owner.language, self.owner.values_for(self.name))

    @property
    def text(self) -> str:
        return self._label[0]

    @property
    def language(self) -> str:
        return self._label[1]

    @property
    def _label(self) -> tuple[str, str]:
        question = self.question
        return self.words(question.plain if self.owner.plain and question.plain else question.label)

    @property
    def label_mark(self) -> str:
        question = self.question
        return mark(question.plain if self.owner.plain and question.plain else question.label, self.name, "label")

    @property
    def hint_mark(self) -> str:
        return mark(self.question.hint, self.name, "hint")

    @property
    def purpose_mark(self) -> str:
        return mark(self.question.purpose, self.name, "purpose")

    @property
    def hint_text(self) -> tuple[str, str]:
        return self.words(self.question.hint)

    @property
    def purpose(self) -> tuple[str, str]:
        return self.words(self.question.purpose)

    @property
    def unit(self) -> tuple[str, str]:
        return say(self.question.unit, self.owner.language)

    @property
    def kind(self) -> str:
        return self.question.kind.value

    @property
    def hidden(self) -> bool:
        """Not asked as things stand; the script shows it when that changes."""
        return self.name not in self.owner.shown

    @property
    def first_id(self) -> str:
        """Where the link of the summary leads."""
        first = next(iter(self.choices), None) if self.kind not in {"ranking", "allocation", "matrix"} else None
        if self.kind == Kind.SELECT_ONE and self.is_long:
            return self.auto_id
        if first is not None:
            return first.id
        if self.kind == Kind.MATRIX:
            return f"{self.auto_id}-{self.question.rows[0].name}-0"
        if self.kind in {Kind.RANKING, Kind.ALLOCATION}:
            return f"{self.auto_id}-{self.question.options[0].name}"
        return self.auto_id

    @property
    def aria_describedby(self) -> str | None:
        ids = [self.hint_id] if self.has_hint else []
        return " ".join([*ids, self.error_id] if self.errors else ids) or None

    @property
    def has_hint(self) -> bool:
        return bool(self.hint_text[0] or self.purpose[0] or self.bounds)

    @property
    def bounds(self) -> str:
        """What fits, said before one types."""
        question = self.question
        least, most = question.least, question.most
        if question.kind == Kind.SELECT_MULTIPLE and most:
            return _("Höchstens %(n)s Antworten.") % {"n": int(most)}
        if question.kind == Kind.ALLOCATION:
            return _("Insgesamt gibt es %(n)s zu verteilen.") % {"n": f"{question.total} {self.unit[0]}".strip()}
        if question.kind == Kind.RANKING:
            return _("Platz 1 ist Ihnen am wichtigsten.")
        if question.kind in {Kind.INTEGER, Kind.DECIMAL} and least is not None and most is not None:
            return _("Von %(least)s bis %(most)s.") % {"least": f"{least:g}", "most": f"{most:g}"}
        return ""

    @property
    def input_type(self) -> str:
        """A browser's picker would drop what was typed wrong, so then it is a plain text field."""
        return "text" if self.errors else TYPES.get(self.question.kind, "text")

    @property
    def raw(self) -> Any:
        return self.value()

    @property
    def is_long(self) -> bool:
        return len(self.question.options) > FEW

    @property
    def choices(self) -> list[Choice]:
        """Of a choice, a ranking or an allocation; the steps of a rating."""
        question, value = self.question, self.value()
        if question.kind == Kind.RATING:
            return [
                Choice(str(n), str(n), "", f"{self.auto_id}_{n}", str(value) == str(n))
                for n in range(1, question.steps + 1)
            ]
        offered = self.owner.checked.offered.get(self.name, question.option_names)
        places = places_of(value) if question.kind == Kind.RANKING else {}
        amounts: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        chosen = value if isinstance(value, list) else [value]
        numbered = [*question.options, *([Option(OTHER, {})] if question.other else [])]
        found: list[Choice] = []
        for at, one in enumerate(numbered):
            label, language = (_("Etwas anderes"), "") if not one.label else self.words(one.label)
            is_other = question.other and one.name == OTHER
            numbered_by = places if question.kind == Kind.RANKING else amounts
            by_name = question.kind in {Kind.RANKING, Kind.ALLOCATION}
            found.append(
                Choice(
                    one.name,
                    label,
                    language,
                    f"{self.auto_id}-{one.name}" if by_name else f"{self.auto_id}_{at}",
                    one.name in chosen,
                    one.name in offered,
                    str(numbered_by.get(one.name, "")),
                    is_other,
                    mark(one.label, self.name, f"option-{one.name}"),
                )
            )
        if places:
            found.sort(key=lambda choice: int(choice.value) if choice.value.isdigit() else len(found) + 1)
        return found

    @property
    def places(self) -> range:
        return range(1, len(self.question.options) + 1)

    @property
    def rows(self) -> Iterator[tuple[Row, str, str, list[Choice], str]]:
        """Of a table: each row with its label, its cells and its mark."""
        value = self.value()
        given: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        for row in self.question.rows:
            label, language = self.words(row.label)
            chosen, cells = given.get(row.name), []
            for at, one in enumerate(self.question.options):
                words = self.words(one.label)
                cells.append(Choice(one.name, *words, f"{self.auto_id}-{row.name}-{at}", chosen == one.name))
            yield row, label, language, cells, mark(row.label, self.name, f"row-{row.name}")

    @property
    def heads(self) -> list[tuple[str, str]]:
        """Of a table: what stands above its columns, with its language."""
        return [self.words(one.label) for one in self.question.options]

    @property
    def other_words(self) -> str:
        form = self.owner
        if form.is_bound:
            return str(form.data.get(f"{self.html_name}__{OTHER}") or "")[:1000]
        return str(form.around(self.name).get(f"{self.question.name}__{OTHER}") or "")

    @property
    def spent(self) -> int:
        """Of an allocation: what is given out so far."""
        return sum(int(choice.value) for choice in self.choices if choice.value.isascii() and choice.value.isdigit())

    @property
    def left(self) -> int:
        return self.question.total - self.spent

    @property
    def stored(self) -> bool:
        """Whether a file was kept before."""
        return bool(self.owner.around(self.name).get(self.question.name))

    @property
    def points(self) -> list[list[Any]]:
        """Of a route: [[lon, lat, words], …]."""
        value = self.value()
        return value if isinstance(value, list) else []

    @property
    def points_json(self) -> str:
        return json.dumps(self.points, ensure_ascii=False)

    @property
    def most_points(self) -> int:
        return MOST_POINTS

    @property
    def centre(self) -> str:
        """Where a map begins: "lon,lat"."""
        return "{},{}".format(*city.current().centre)

    @property
    def via(self) -> str:
        return self.owner.via(self.name)
