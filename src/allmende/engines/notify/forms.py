from django import forms
from django.utils.translation import gettext_lazy as _

from allmende.ui import forms as ui


class LookUpForm(ui.Form):
    """Number and code of a receipt."""

    number = forms.CharField(
        label=_("Nummer"),
        max_length=40,
        help_text=_("Zum Beispiel G-2026-000123"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Acht Zeichen, zum Beispiel K7QW-3MXA. Groß und klein ist gleich."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
