"""Whom an administrator has told of every step."""

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.webhooks import LABEL_LIMIT
from allmende.ui import forms as ui


class TargetForm(ui.Form):
    """An address for signed messages."""

    label = forms.CharField(label=gettext_lazy("Wer bekommt die Nachrichten?"), max_length=LABEL_LIMIT)
    url = forms.CharField(
        label=gettext_lazy("Adresse"),
        max_length=500,
        help_text=gettext_lazy("Sie beginnt mit https:// und nimmt Nachrichten als JSON an."),
    )
