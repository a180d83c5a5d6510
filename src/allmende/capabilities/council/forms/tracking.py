"""Who does what by when, and what is reported back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from allmende.core import city
from allmende.ui import forms as ui

SPOKEN = "de"
"""The language in which a council's texts are."""


class TaskForm(ui.Form):
    """What follows from a resolution."""

    text = ui.LongText(
        label=gettext_lazy("Was ist zu tun?"),
        max_length=600,
        rows=3,
        help_text=gettext_lazy("Ein Satz, den alle verstehen. Namen von Menschen gehören nicht hinein."),
    )
    department = forms.ChoiceField(label=gettext_lazy("Welches Amt sieht danach?"))
    due = ui.DateField(label=gettext_lazy("Bis wann?"))
    is_public = forms.BooleanField(
        label=gettext_lazy("Alle dürfen es lesen"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Sonst steht es nur in Ihrer eigenen Liste und in der des Amtes."),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["lang"] = SPOKEN
        offices = [(slug, one.name(language)) for slug, one in city.current().departments.items()]
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext_lazy("Bitte wählen")), *offices]


class ReportForm(ui.Form):
    """What a department has done."""

    text = ui.LongText(
        label=gettext_lazy("Was wurde getan?"),
        max_length=1500,
        rows=5,
        help_text=gettext_lazy("Drei oder vier kurze Sätze. Wenn es länger dauert: warum, und wann es weitergeht."),
    )
    day = ui.DateField(label=gettext_lazy("Stand vom"))
    is_done = forms.BooleanField(label=gettext_lazy("Damit ist der Auftrag erledigt"), required=False)
    is_public = forms.BooleanField(label=gettext_lazy("Alle dürfen es lesen"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["lang"] = SPOKEN
