"""One question of a kind of fault, as the desk writes it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.asking import LABEL_LIMIT, OPTION_LIMIT
from allmende.capabilities.reports.rules.asking import MOST_OPTIONS, QuestionData
from allmende.ui import forms as ui

KINDS = [
    ("select_one", gettext_lazy("Eine Antwort auswählen")),
    ("select_multiple", gettext_lazy("Mehrere Antworten auswählen")),
    ("text", gettext_lazy("Kurzer Text")),
    ("integer", gettext_lazy("Ganze Zahl")),
    ("date", gettext_lazy("Datum")),
]


class QuestionForm(ui.Form):
    """Words, way to answer, choices: one in each line, in the same order in both languages."""

    label_de = forms.CharField(label=gettext_lazy("Frage"), max_length=LABEL_LIMIT)
    label_en = forms.CharField(label=gettext_lazy("Frage auf Englisch"), max_length=LABEL_LIMIT, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Wie wird geantwortet?"), choices=KINDS, widget=forms.RadioSelect)
    options_de = ui.LongText(
        label=gettext_lazy("Antworten zur Auswahl"),
        max_length=MOST_OPTIONS * OPTION_LIMIT,
        rows=5,
        required=False,
        help_text=gettext_lazy("Eine in jeder Zeile."),
    )
    options_en = ui.LongText(
        label=gettext_lazy("Dieselben Antworten auf Englisch"),
        max_length=MOST_OPTIONS * OPTION_LIMIT,
        rows=5,
        required=False,
        help_text=gettext_lazy("Eine in jeder Zeile, in derselben Reihenfolge."),
    )
    required = forms.BooleanField(label=gettext_lazy("Ohne Antwort geht es nicht weiter"), required=False)
    public = forms.BooleanField(
        label=gettext_lazy("Alle dürfen die Antwort lesen"),
        required=False,
        help_text=gettext_lazy("Kurze Texte bleiben immer beim Amt: Darin können Namen stehen."),
    )

    def __init__(self, *args: Any, before: QuestionData | None = None, **kwargs: Any) -> None:
        self.before = before
        if before is not None:
            kwargs["initial"] = {
                "label_de": before.labels.get("de", ""),
                "label_en": before.labels.get("en", ""),
                "kind": before.kind,
                "options_de": "\n".join(one.get("de", "") for one in before.options),
                "options_en": "\n".join(one.get("en", "") for one in before.options).strip(),
                "required": before.required,
                "public": before.public,
            }
        else:
            kwargs["initial"] = {"kind": "select_one"}
        super().__init__(*args, **kwargs)

    def question(self) -> QuestionData:
        """Of a valid form."""
        values = self.cleaned_data
        german, english = (
            [line.strip() for line in values[f"options_{code}"].splitlines() if line.strip()] for code in ("de", "en")
        )
        english += [""] * (len(german) - len(english))
        known = self.before
        return QuestionData(
            labels={"de": values["label_de"], "en": values["label_en"]},
            kind=values["kind"],
            name=known.name if known else "",
            options=[{"de": de, "en": en} for de, en in zip(german, english, strict=False)],
            required=values["required"],
            public=values["public"],
            option_names=_kept_names(german, known),
        )


def _kept_names(german: list[str], before: QuestionData | None) -> list[str]:
    """Codes of the options whose German words stay; made anew for the others."""
    if before is None:
        return []
    known = {option.get("de", ""): name for option, name in zip(before.options, before.option_names, strict=False)}
    return [known.get(words, "") for words in german]
