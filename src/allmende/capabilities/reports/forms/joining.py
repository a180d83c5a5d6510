"""Somebody else has the same fault before their eyes."""

from django import forms
from django.utils.translation import gettext_lazy

from allmende.ui import forms as ui


class JoinForm(ui.Form):
    """Nothing is asked but how to hear of it, and that is up to them."""

    proof = True
    email = forms.EmailField(
        label=gettext_lazy("E-Mail-Adresse"),
        required=False,
        help_text=gettext_lazy("Dann schreiben wir Ihnen bei jedem Schritt. Sie wird nicht veröffentlicht."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
