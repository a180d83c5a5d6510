"""What concerns the whole questionnaire: its beginning, its sections, its languages, its files."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.surveys.forms.builder.conditions import ConditionFields
from allmende.capabilities.surveys.forms.builder.kinds import LANGUAGES, language_name
from allmende.engines.questions import interface as questions
from allmende.ui import forms as ui

LARGEST = 20_000_000
"""Bytes of an upload. The reader refuses less, with a better sentence for files with macros."""


class NewForm(ui.Form):
    """A new questionnaire: its title, and what it starts from."""

    title = forms.CharField(label=gettext_lazy("Worum geht es?"), max_length=160)
    start = forms.ChoiceField(label=gettext_lazy("Womit möchten Sie anfangen?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, starts: Sequence[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["start"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(starts)
        field.initial = starts[0][0]


class SettingsForm(ui.Form):
    """Title, introduction, languages, pages."""

    title = forms.CharField(label=gettext_lazy("Titel"), max_length=300)
    introduction = ui.LongText(label=gettext_lazy("Was man vorher liest"), max_length=5000, rows=5, required=False)
    layout = forms.ChoiceField(
        label=gettext_lazy("Aufteilung"), widget=forms.RadioSelect,
        choices=[
            ("pages", gettext_lazy("Ein Abschnitt nach dem anderen")),
            ("one", gettext_lazy("Alle Fragen auf einer Seite")),
        ],
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Weitere Sprachen"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Die Übersetzung schreiben Sie danach, Text neben Text."),
    )  # fmt: skip

    def __init__(self, *args: Any, data: Mapping[str, Any] | None, before: Mapping[str, Any], **more: Any) -> None:
        self.before = before
        first, *others = before["languages"]
        initial = {
            "title": before["title"].get(first, ""), "introduction": before["introduction"].get(first, ""),
            "layout": before["layout"], "languages": others,
        }  # fmt: skip
        super().__init__(data, *args, initial=initial, **more)
        field = self.fields["languages"]
        assert isinstance(field, forms.MultipleChoiceField)
        listed = dict(LANGUAGES) | {code: code for code in others if code not in dict(LANGUAGES)}
        field.choices = [(code, name) for code, name in listed.items() if code != first]

    def changed_data_of(self, data: questions.Data) -> questions.Data:
        """The definition with these settings; texts of a language that is left out go with it."""
        values, first = self.cleaned_data, data["languages"][0]
        languages = [first, *values["languages"]]
        new = questions.only_languages(data, languages)
        new["title"] = {**new["title"], first: values["title"]}
        introduction = values["introduction"]
        new["introduction"] = {**new["introduction"], first: introduction} if introduction else {}
        return {**new, "layout": values["layout"], "languages": languages}


class SectionForm(ui.Form):
    """A section: title, text, repetition, condition."""

    title = forms.CharField(label=gettext_lazy("Überschrift"), max_length=300, required=False)
    text = ui.LongText(label=gettext_lazy("Text darunter"), max_length=5000, rows=3, required=False)
    repeated = forms.BooleanField(
        label=gettext_lazy("Wird mehrmals ausgefüllt"), required=False,
        help_text=gettext_lazy("Zum Beispiel einmal für jedes Kind."),
    )  # fmt: skip
    most = forms.IntegerField(label=gettext_lazy("Höchstens so oft"), min_value=1, max_value=50, required=False)
    count = forms.CharField(
        label=gettext_lazy("Anzahl als Ausdruck"), max_length=4000, required=False,
        help_text=gettext_lazy("Für Geübte, zum Beispiel ${kinder}. Leer: Man fügt selbst hinzu."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, definition: questions.Definition, before: Mapping[str, Any], language: str, **more: Any
    ) -> None:  # fmt: skip
        self.first = definition.languages[0]
        self.before = {"title": {}, "text": {}, "relevant": "", "repeat": None, **before}
        repeat = self.before["repeat"] or {}
        initial = {
            "title": self.before["title"].get(self.first, ""), "text": self.before["text"].get(self.first, ""),
            "repeated": bool(self.before["repeat"]), "most": repeat.get("most", 10), "count": repeat.get("count", ""),
        }  # fmt: skip
        super().__init__(*args, initial=initial, **more)
        self.condition = ConditionFields(
            self, definition, self.before.get("name", ""), self.before["relevant"], language
        )
        self.fields["seen"] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=section_seen(before) if before else "", max_length=40
        )

    @property
    def groups(self) -> dict[str, list[forms.BoundField]]:
        names = {"main": ("title", "text"), "more": ("repeated", "most"), "expert": ("count",)}
        return {key: [self[name] for name in listed] for key, listed in names.items()}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self.expression = self.condition.read(values)
        return values

    def section(self, data: questions.Data) -> dict[str, Any]:
        """The section as JSON, without its questions where it is there already."""
        values = self.cleaned_data
        made: dict[str, Any] = {}
        for name in ("title", "text"):
            made[name] = {**self.before[name], self.first: values[name]} if values[name] else {}
        repeat = {"count": values["count"], "most": values["most"] or 10} if values["repeated"] else None
        name = self.before.get("name") or questions.free_name(data, values["title"] or "abschnitt", "abschnitt")
        return {"name": name, **made, "relevant": self.expression, "repeat": repeat}


def section_seen(section: Mapping[str, Any]) -> str:
    """A section's own mark: what happens to its questions does not touch it."""
    return questions.seen({key: value for key, value in section.items() if key != "questions"})


class ImportForm(ui.Form):
    """A file with a questionnaire."""

    file = ui.KeptFile(
        label=gettext_lazy("Datei"), max_size=LARGEST,
        accept=".xlsx,.json,application/json,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        help_text=gettext_lazy("XLSForm (.xlsx), JSON aus diesem Portal oder JSON Schema."),
    )  # fmt: skip


class TranslationForm(ui.Form):
    """All texts in one language, beside the first one."""

    def __init__(self, *args: Any, data_of: Mapping[str, Any], language: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.language = language
        first = data_of["languages"][0]
        self.pairs: list[tuple[str, str, str]] = []
        for number, (where, words) in enumerate(questions.texts(dict(data_of))):
            source = words.get(first, "")
            if not source:
                continue
            name = f"t{number}"
            self.fields[name] = ui.LongText(
                label=_("In %(language)s: %(text)s") % {"language": language_name(language), "text": source[:60]},
                required=False, max_length=5000, rows=min(6, 1 + len(source) // 60), initial=words.get(language, ""),
            )  # fmt: skip
            self.fields[name].widget.attrs |= {"lang": language, "dir": "auto"}
            self.pairs.append((name, where, source))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Source, field, and whether it is missing."""
        return [
            {"source": source, "field": self[name], "missing": not self[name].value()}
            for name, _where, source in self.pairs
        ]

    def said(self) -> dict[str, tuple[str, str]]:
        """JSON pointer → (text it was translated from, translation)."""
        return {where: (source, self.cleaned_data[name]) for name, where, source in self.pairs}
