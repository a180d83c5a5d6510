"""What the office writes into the minutes itself, and where they stand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from allmende.ui import forms as ui


class MinutesForm(ui.Form):
    """A note and the state; all else follows from what was recorded of the meeting."""

    note = ui.LongText(
        label=gettext_lazy("Was sonst noch festzuhalten ist"),
        max_length=5000,
        rows=8,
        required=False,
        help_text=gettext_lazy("Nur aus dem öffentlichen Teil. Gründe, warum jemand fehlt, gehören nicht hinein."),
    )
    is_released = forms.BooleanField(
        label=gettext_lazy("Alle dürfen die Niederschrift lesen"),
        required=False,
        help_text=gettext_lazy("Bis zur Genehmigung steht darüber, dass sie noch nicht genehmigt ist."),
    )
    approved_on = ui.DateField(label=gettext_lazy("Vom Rat genehmigt am"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].widget.attrs["lang"] = "de"
