"""From when to when."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.ui import forms as ui

LONGEST = timedelta(days=366 * 5)


class PeriodForm(ui.Form):
    """Both days belong to it."""

    von = ui.DateField(label=gettext_lazy("Von"))
    bis = ui.DateField(label=gettext_lazy("Bis"))
    nach = forms.ChoiceField(
        label=gettext_lazy("Gruppieren"), choices=[
            ("art", gettext_lazy("Nach Art")), ("stadtteil", gettext_lazy("Nach Stadtteil")),
            ("amt", gettext_lazy("Nach Amt")),
        ],
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        start, end = values.get("von"), values.get("bis")
        if start and end and not date(2000, 1, 1) <= start <= end <= date(2200, 1, 1):
            self.add_error("bis", _("Bitte wählen Sie ein Ende, das nach dem Anfang liegt."))
        elif start and end and end - start > LONGEST:
            self.add_error("von", _("Bitte wählen Sie höchstens fünf Jahre."))
        return values
