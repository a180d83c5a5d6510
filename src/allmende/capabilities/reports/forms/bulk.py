"""What is done with many reports at once."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.rows import STEP_LIMIT
from allmende.capabilities.reports.rules.answers import Answer
from allmende.capabilities.reports.workflow import STEPS
from allmende.core import city
from allmende.ui import forms as ui

MERGE = "merge"
VERBS = ("check", "begin", "finish", "plan", "forward", "decline")
"""Steps that make sense for many; a question and a refusal are for one person."""


class BulkForm(ui.Form):
    """The step's own words; `{nummer}`, `{art}` and `{ort}` are filled for each."""

    department = forms.ChoiceField(label=gettext_lazy("Welches Amt bekommt es?"))
    main = forms.IntegerField(
        label=gettext_lazy("Nummer der Meldung, mit der alle zusammengelegt werden"), min_value=1, max_value=2**62,
        widget=forms.NumberInput(attrs={"class": "kern-form-input__input--short", "inputmode": "numeric"}),
    )  # fmt: skip
    template = forms.ChoiceField(label=gettext_lazy("Mit einer Vorlage"), required=False)
    words = ui.LongText(label="", max_length=STEP_LIMIT, rows=3, required=False)
    note = ui.LongText(
        label=gettext_lazy("Notiz für die Ämter"), max_length=STEP_LIMIT, rows=2, required=False,
        help_text=gettext_lazy("Das liest sonst niemand."),
    )  # fmt: skip
    publish = forms.BooleanField(
        label=gettext_lazy("Alle dürfen diese Meldungen lesen, wie sie sind"), required=False,
        help_text=gettext_lazy("Nur wenn Sie jede gelesen haben. Fotos bleiben verborgen."),
    )  # fmt: skip

    def __init__(self, *args: Any, verb: str, templates: Sequence[Answer], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.templates = templates
        step = STEPS[verb]
        wanted = {"main"} if verb == MERGE else {"template", "words", "note"}
        wanted |= {"department"} if step.to_office else set()
        wanted |= {"publish"} if verb == "check" else set()
        for name in set(self.fields) - wanted:
            del self.fields[name]
        self.needs_words = step.required
        if "words" in self.fields:
            self.fields["words"].label = step.ask
            self.fields["words"].help_text = _(
                "Das lesen, wer es gemeldet hat, und alle, wenn die Meldung öffentlich ist. "
                "{nummer}, {art} und {ort} werden eingesetzt."
            )
            cast("forms.ChoiceField", self.fields["template"]).choices = [
                ("", _("ohne")), *((str(number), one.title) for number, one in enumerate(templates, start=1))
            ]  # fmt: skip
        if step.to_office:
            cast("forms.ChoiceField", self.fields["department"]).choices = [
                (one.slug, one.name(language)) for one in city.current().departments.values()
            ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("template") and not values.get("words"):
            values["words"] = self.templates[int(values["template"]) - 1].text
        if self.needs_words and "words" in self.fields and not values.get("words") and "words" not in self.errors:
            self.add_error("words", _("Bitte schreiben Sie dazu ein, zwei Sätze."))
        return values
