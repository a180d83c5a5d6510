"""What the single answers are needed for."""

from django import forms
from django.utils.translation import gettext_lazy

from allmende.ui import forms as ui


class ResearchForm(ui.Form):
    reason = forms.CharField(
        label=gettext_lazy("Wofür brauchen Sie die Antworten?"),
        max_length=300,
        help_text=gettext_lazy("Ein Satz. Er wird mit Ihrer Kennung und dem Tag festgehalten."),
    )
