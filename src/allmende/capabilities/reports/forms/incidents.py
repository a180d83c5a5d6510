"""One answer for all reports of an incident."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.incidents import VERBS
from allmende.capabilities.reports.actions.rows import STEP_LIMIT
from allmende.capabilities.reports.workflow import STEPS
from allmende.ui import forms as ui


class AnswerForm(ui.Form):
    """What happens now, in words that everybody reads who reported it."""

    verb = forms.ChoiceField(label=gettext_lazy("Was geschieht?"), widget=forms.RadioSelect, initial="begin")
    words = ui.LongText(
        label=gettext_lazy("Was sagen Sie allen, die es gemeldet haben?"),
        max_length=STEP_LIMIT,
        rows=4,
        required=False,
        help_text=gettext_lazy("Bei „Prüfen“ und „In Arbeit nehmen“ darf es leer bleiben."),
    )
    note = ui.LongText(
        label=gettext_lazy("Notiz für die Ämter"),
        max_length=STEP_LIMIT,
        rows=2,
        required=False,
        help_text=gettext_lazy("Das liest sonst niemand."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["verb"]).choices = [(verb, STEPS[verb].label) for verb in VERBS]
