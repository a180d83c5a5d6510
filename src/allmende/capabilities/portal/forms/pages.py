"""What editors decide at their desk."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from allmende.ui.forms import Form


class StepForm(Form):
    """A step with its reason; whether one is needed, the action says."""

    reason = forms.CharField(
        label=_("Grund"),
        help_text=_("Nötig, wenn Sie einen eigenen Text allein prüfen. Der Grund steht im Protokoll."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PreviewForm(Form):
    """As whom and when a page is looked at."""

    als = forms.ChoiceField(
        label=_("Wer schaut"),
        choices=[("visitor", _("Besucherin oder Besucher")), ("editor", _("Redaktion, mit Entwurf"))],
        required=False,
    )
    am = forms.DateTimeField(
        label=_("Wann"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )

    def moment(self, at: datetime) -> datetime:
        """The instant asked for, else now."""
        given: Any = self.cleaned_data.get("am") if self.is_valid() else None
        return given or at
