"""One question: its words, its answers, its limits, when it is asked."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.surveys.forms.builder.conditions import ConditionFields
from allmende.capabilities.surveys.forms.builder.kinds import KINDS, LISTED
from allmende.capabilities.surveys.forms.builder.lines import Lines
from allmende.engines.questions import interface as questions
from allmende.ui import forms as ui

BLANK: Mapping[str, Any] = {
    "label": {}, "hint": {}, "plain": {}, "required": False, "relevant": "", "constraint": "", "constraint_message": {},
    "calculation": "", "default": None, "options": [], "other": False, "exclusive": [], "least": None, "most": None,
    "unit": {}, "step": None, "rows": [], "purpose": {}, "sensitive": False,
}  # fmt: skip
LONGEST_LABEL = 1000
BOUNDS: Mapping[str, tuple[Any, Any]] = {
    "integer": (gettext_lazy("Kleinste Zahl"), gettext_lazy("Größte Zahl")),
    "decimal": (gettext_lazy("Kleinste Zahl"), gettext_lazy("Größte Zahl")),
    "text": (gettext_lazy("Mindestens so viele Zeichen"), gettext_lazy("Höchstens so viele Zeichen")),
    "longtext": (gettext_lazy("Mindestens so viele Zeichen"), gettext_lazy("Höchstens so viele Zeichen")),
    "select_multiple": (gettext_lazy("Mindestens so viele Antworten"), gettext_lazy("Höchstens so viele Antworten")),
    "rating": (None, gettext_lazy("Wie viele Stufen?")),
    "allocation": (None, gettext_lazy("Wie viel ist zu verteilen?")),
}
USUAL = {"rating": 5, "allocation": 100}


class QuestionForm(ui.Form):
    """The fields depend on the kind. `before` is the question as it is kept, {} for a new one."""

    def __init__(
        self, *args: Any, kind: str, definition: questions.Definition, before: Mapping[str, Any], language: str,
        **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **more)
        self.kind, self.definition = kind, definition
        self.before: dict[str, Any] = {**BLANK, **before}
        self.first = definition.languages[0]
        self.auto_id = "id_%s"
        self.lines: dict[str, Lines] = {}
        self._words()
        if kind in LISTED:
            self._options()
        if kind == "matrix":
            self._lines(_("Zeilen der Tabelle"), "rows")
        if kind in BOUNDS:
            self._bounds()
        if kind == "calculate":
            self._text("calculation", _("Rechnung"), longest=4000, required=True, rows=2)
            self.fields["calculation"].help_text = _("Als Ausdruck, zum Beispiel ${breite} * ${hoehe}")
            self.fields["calculation"].initial = self.before["calculation"]
        self.condition = ConditionFields(
            self, definition, self.before.get("name", ""), self.before["relevant"], language
        )
        if kind not in {"note", "calculate"}:
            self._extras()
        self.fields["name"] = forms.CharField(
            label=_("Kurzname"), max_length=41, required=False, initial=self.before.get("name", ""),
            help_text=_("Heißt so in Tabellen und Ausdrücken. Leer: Wir machen einen aus der Frage."),
        )  # fmt: skip
        self.fields["seen"] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=questions.seen(before) if before else "", max_length=40
        )

    # fields

    def _text(self, name: str, label: Any, *, longest: int, required: bool = False, rows: int = 0) -> None:
        initial = self.before[name].get(self.first, "") if isinstance(self.before[name], dict) else ""
        made: forms.Field
        if rows:
            made = ui.LongText(label=label, max_length=longest, required=required, rows=rows, initial=initial)
        else:
            made = forms.CharField(label=label, max_length=longest, required=required, initial=initial)
        self.fields[name] = made

    def _words(self) -> None:
        label = {"note": _("Text"), "consent": _("Wozu wird zugestimmt?"), "calculate": _("Wofür steht der Wert?")}
        needed = self.kind != "calculate"
        self._text("label", label.get(self.kind, _("Frage")), longest=LONGEST_LABEL, required=needed, rows=2)
        if self.kind not in {"note", "calculate"}:
            self._text("hint", _("Hilfe unter der Frage"), longest=LONGEST_LABEL, rows=2)
            self.fields["required"] = forms.BooleanField(
                label=_("Muss beantwortet werden"), required=False, initial=self.before["required"]
            )

    def _lines(self, label: str, key: str) -> None:
        lines = self.lines[key] = Lines(self, key, self.before[key], self.first)
        text = "\n".join(label for _name, label in lines.kept())
        self.fields[key] = ui.LongText(
            label=label, help_text=_("Eine je Zeile."), max_length=20_000, required=lines.as_text, rows=6, initial=text
        )

    def _options(self) -> None:
        label = _("Worauf wird verteilt?") if self.kind == "allocation" else _("Antworten zur Auswahl")
        self._lines(label, "options")
        if self.kind in {"select_one", "select_multiple"}:
            self.fields["other"] = forms.BooleanField(
                label=_("Auch „Etwas anderes“ mit eigenen Worten"), required=False, initial=self.before["other"]
            )
        if self.kind == "select_multiple" and self.before["options"]:
            self.fields["exclusive"] = forms.MultipleChoiceField(
                label=_("Welche Antworten schließen alle anderen aus?"), required=False,
                widget=forms.CheckboxSelectMultiple, initial=self.before["exclusive"],
                help_text=_("Zum Beispiel „nichts davon“."),
                choices=[(one["name"], one["label"].get(self.first, one["name"])) for one in self.before["options"]],
            )  # fmt: skip

    def _bounds(self) -> None:
        least, most = BOUNDS[self.kind]
        decimal = self.kind == "decimal"
        kind: type[forms.Field] = forms.FloatField if decimal else forms.IntegerField
        limits: dict[str, Any] = {"required": False, "min_value": -(10**12), "max_value": 10**12}
        if least is not None:
            self.fields["least"] = kind(label=least, initial=self.before["least"], **limits)
        usual = self.before["most"] if self.before["most"] is not None else USUAL.get(self.kind)
        self.fields["most"] = kind(label=most, initial=usual, **limits)
        if self.kind in {"integer", "decimal", "allocation"}:
            self._text("unit", _("Einheit, zum Beispiel km"), longest=40)

    def _extras(self) -> None:
        self._text("plain", _("Frage in einfachen Worten"), longest=LONGEST_LABEL, rows=2)
        self.fields["plain"].help_text = _("Wer „einfache Worte“ wählt, liest diese Fassung.")
        self._text("purpose", _("Warum fragen wir das?"), longest=LONGEST_LABEL, rows=2)
        self.fields["sensitive"] = forms.BooleanField(
            label=_("Besonders geschützte Angabe"), required=False, initial=self.before["sensitive"],
            help_text=_("Zum Beispiel Gesundheit oder Herkunft."),
        )  # fmt: skip
        if self.kind not in {"consent", "matrix", "file", "place", "route"}:
            self.fields["constraint"] = forms.CharField(
                label=_("Prüfung als Ausdruck"), max_length=4000, required=False, initial=self.before["constraint"],
                help_text=_("Für Geübte. „.“ steht für die Antwort: . > 10"),
            )  # fmt: skip
            self._text("constraint_message", _("Was man liest, wenn die Prüfung nicht passt"), longest=LONGEST_LABEL)

    @property
    def groups(self) -> dict[str, list[Any]]:
        """Fields as the page shows them: at once, under "more", for experts."""
        names = {
            "main": (
                "label", "hint", "options", "other", "exclusive", "rows", "least", "most", "unit", "calculation",
                "required",
            ),
            "more": ("plain", "purpose", "sensitive"),
            "expert": ("name", "constraint", "constraint_message"),
        }  # fmt: skip
        return {
            key: [self.lines.get(name) or self[name] for name in listed if name in self.fields]
            for key, listed in names.items()
        }

    @property
    def kind_label(self) -> Any:
        return KINDS[self.kind][0]

    # what comes out of it

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self.expression = self.condition.read(values)
        self.listed = {key: lines.read() for key, lines in self.lines.items()}
        return values

    @property
    def again(self) -> bool:
        """Whether a button was pressed that only shows the form again, with a line moved, added or taken out."""
        return self.is_bound and bool(self.data.get("again"))

    def question(self, data: questions.Data) -> dict[str, Any]:
        """The question as JSON; names that are not given are made. Call it on a valid form."""
        values, made = self.cleaned_data, json.loads(json.dumps(self.before))
        if made.get("kind", self.kind) != self.kind:
            made["default"] = None
        made["kind"], made["relevant"] = self.kind, self.expression
        for name in ("label", "hint", "plain", "purpose", "unit", "constraint_message"):
            if name in values:
                made[name] = {**made[name], self.first: values[name]}
                if not values[name]:
                    made[name] = {}
        for name in ("required", "other", "sensitive", "least", "most", "constraint", "calculation"):
            if name in values:
                made[name] = values[name]
        for key in ("options", "rows"):
            made[key] = self.lines[key].options(self.listed[key]) if key in self.lines else []
        names = {one["name"] for one in made["options"]}
        chosen = values.get("exclusive", made["exclusive"]) if self.kind == "select_multiple" else []
        made["exclusive"] = [name for name in chosen if name in names]
        made["other"] = made["other"] and self.kind in {"select_one", "select_multiple"}
        made["calculation"] = made["calculation"] if self.kind == "calculate" else ""
        wanted = values.get("name") or self.before.get("name", "")
        made["name"] = wanted or questions.free_name(data, values.get("label") or self.kind, "frage")
        return {"name": made.pop("name"), "kind": made.pop("kind"), **made}
