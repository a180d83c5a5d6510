"""Who was there. Names stand in a table beside it, read by the view."""

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.council.rules.attendance import QUORA
from allmende.ui import forms as ui


class AttendanceForm(ui.Form):
    """By which rule the council may decide."""

    quorum = forms.ChoiceField(
        label=gettext_lazy("Wann darf der Rat beschließen?"),
        choices=[(code, one.label) for code, one in QUORA.items()],
    )
