"""The condition of a question or section: put together from question, comparison and answer, or written by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from allmende.capabilities.surveys.forms.builder.kinds import TESTS
from allmende.engines.questions import interface as questions
from allmende.ui import forms as ui

CLAUSES = 3
WITH_OPTIONS = frozenset({"select_one", "select_multiple"})


def shortened(text: str, most: int = 70) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


class ConditionFields:
    """Adds the fields to a form, fills them from an expression, and makes an expression of them."""

    def __init__(
        self, form: ui.Form, definition: questions.Definition, own: str, expression: str, language: str
    ) -> None:
        self.form, self.definition, self.language = form, definition, language
        self.expression = expression
        numbers = questions.numbers(definition)
        self.others = [
            question
            for question in definition.questions
            if question.name != own and question.kind != "note" and definition.section_of[question.name].name != own
        ]
        labels = {
            one.name: shortened(
                f"{numbers[one.name]}. {questions.say(one.label, language)[0]}"
                if one.name in numbers
                else questions.say(one.label, language)[0] or one.name
            )
            for one in self.others
        }
        self.labels = labels
        asked = [("", _("keine Bedingung")), *((one.name, labels[one.name]) for one in self.others)]
        answers: list[tuple[str, Any]] = [("", _("bitte wählen"))]
        for one in self.others:
            if one.kind in WITH_OPTIONS:
                listed = [(f"{one.name}/{part.name}", questions.say(part.label, language)[0]) for part in one.options]
                if one.other:
                    listed.append((f"{one.name}/{questions.OTHER}", _("Etwas anderes")))
                answers.append((labels[one.name], listed))
        found = questions.simple(expression)
        self.clauses = list(found.clauses)[:CLAUSES] if found and len(found.clauses) <= CLAUSES else []
        self.is_simple = found is not None and len(found.clauses) <= CLAUSES
        for place in range(CLAUSES):
            self._clause(place, asked, answers)
        form.fields["joint"] = forms.ChoiceField(
            label=_("Wenn es mehrere Bedingungen sind"), required=False, initial=found.joint if found else "and",
            choices=[("and", _("alle gelten")), ("or", _("eine davon genügt"))], widget=forms.RadioSelect,
        )  # fmt: skip
        form.fields["relevant"] = ui.LongText(
            label=_("Bedingung als Ausdruck"), required=False, rows=2, max_length=4000,
            initial="" if self.is_simple else expression,
            help_text=_("Für Geübte: die Sprache von XLSForm. Steht hier etwas, gilt nur das."),
        )  # fmt: skip

    def _clause(self, place: int, asked: list[Any], answers: list[Any]) -> None:
        clause = self.clauses[place] if place < len(self.clauses) else None
        n = {"n": place + 1}
        is_choice = clause is not None and f"{clause.question}/{clause.value}" in {
            key for _label, group in answers[1:] for key, _text in group
        }
        fields = self.form.fields
        fields[f"if_{place}"] = forms.ChoiceField(
            label=_("%(n)s. Bedingung: Bei welcher Frage?") % n, choices=asked, required=False,
            initial=clause.question if clause else "",
        )  # fmt: skip
        fields[f"test_{place}"] = forms.ChoiceField(
            label=_("%(n)s. Bedingung: Vergleich") % n, choices=TESTS, required=False,
            initial=clause.test if clause else "is",
        )  # fmt: skip
        fields[f"answer_{place}"] = forms.ChoiceField(
            label=_("%(n)s. Bedingung: Antwort zur Auswahl") % n, choices=answers, required=False,
            initial=f"{clause.question}/{clause.value}" if clause and is_choice else "",
        )  # fmt: skip
        fields[f"value_{place}"] = forms.CharField(
            label=_("%(n)s. Bedingung: Zahl oder Wort") % n, max_length=100, required=False,
            initial=clause.value if clause and not is_choice else "",
        )  # fmt: skip

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields of each clause, for the template; `open` says whether it is in use."""
        form = self.form
        return [
            {
                "fields": [form[f"{name}_{place}"] for name in ("if", "test", "answer", "value")],
                "open": bool(form[f"if_{place}"].value()),
            }
            for place in range(CLAUSES)
        ]

    def read(self, values: dict[str, Any]) -> str:
        """The expression. Adds errors to the form where a clause is not complete."""
        if values.get("relevant", "").strip():
            return str(values["relevant"]).strip()
        if self.expression and not self.is_simple and not any(values.get(f"if_{place}") for place in range(CLAUSES)):
            return ""
        clauses = [clause for place in range(CLAUSES) if (clause := self._read(place, values))]
        return questions.written(questions.Simple(clauses, values.get("joint") or "and"), self.definition)

    def _read(self, place: int, values: dict[str, Any]) -> questions.Clause | None:  # noqa: PLR0911 - a case a line
        name, test = values.get(f"if_{place}"), values.get(f"test_{place}") or "is"
        if not name:
            return None
        if test in {"answered", "unanswered"}:
            return questions.Clause(name, test)
        question = self.definition.by_name[name]
        picked, typed = str(values.get(f"answer_{place}") or ""), str(values.get(f"value_{place}") or "").strip()
        if question.kind in WITH_OPTIONS:
            if test not in {"is", "is_not"}:
                self._wrong(f"test_{place}", _("Eine Auswahl ist etwas oder ist es nicht. Bitte wählen Sie „ist“."))
            owner, _slash, option = picked.partition("/")
            if owner != name:
                message = _("Bitte wählen Sie eine Antwort, die zu „%(question)s“ gehört.")
                self._wrong(f"answer_{place}", message % {"question": self.labels[name]})
                return None
            return questions.Clause(name, test, option)
        if question.kind == "consent":
            return questions.Clause(name, "answered" if test == "is" else "unanswered")
        if not typed:
            self._wrong(f"value_{place}", _("Bitte schreiben Sie, womit verglichen wird."))
            return None
        return questions.Clause(name, test, typed)

    def _wrong(self, name: str, message: str) -> None:
        self.form.add_error(name, forms.ValidationError(message, code="domain"))
