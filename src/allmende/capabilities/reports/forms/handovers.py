"""Handing a report to somebody outside, and their answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.handovers import LONGEST, MESSAGE_LIMIT
from allmende.capabilities.reports.actions.rows import STEP_LIMIT
from allmende.capabilities.reports.models import Handover
from allmende.engines.media import interface as media
from allmende.ui import forms as ui


class HandoverForm(ui.Form):
    """To whom, and all that they read."""

    party = forms.CharField(
        label=gettext_lazy("Wer bekommt es?"), max_length=120,
        help_text=gettext_lazy("Zum Beispiel: Stadtwerke, Störungsstelle. Der Name steht im Verlauf."),
    )  # fmt: skip
    email = forms.EmailField(label=gettext_lazy("E-Mail-Adresse der Stelle"))
    message = ui.LongText(
        label=gettext_lazy("Was die Stelle liest"),
        max_length=MESSAGE_LIMIT,
        rows=5,
        help_text=gettext_lazy("Art und Ort stehen schon dabei. Wer es gemeldet hat, erfährt die Stelle nicht."),
    )
    with_images = forms.BooleanField(
        label=gettext_lazy("Die Stelle sieht auch das Foto"), required=False,
        help_text=gettext_lazy("Nur ohne Gesichter und Kennzeichen."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=gettext_lazy("So viele Tage gilt der Link"), min_value=1, max_value=LONGEST, initial=30,
        widget=forms.NumberInput(attrs={"class": "kern-form-input__input--short"}),
    )  # fmt: skip

    def __init__(self, *args: Any, has_image: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_image:
            del self.fields["with_images"]


class OutsideForm(ui.Form):
    """How it stands, as those outside say it."""

    state = forms.ChoiceField(
        label=gettext_lazy("Wie steht es?"),
        widget=forms.RadioSelect,
        choices=[
            (Handover.State.IN_WORK.value, gettext_lazy("Wir arbeiten daran")),
            (Handover.State.DONE.value, gettext_lazy("Es ist erledigt")),
            (Handover.State.NOT_OURS.value, gettext_lazy("Wir sind nicht zuständig")),
        ],
    )
    words = ui.LongText(
        label=gettext_lazy("Was möchten Sie dazu sagen?"), max_length=STEP_LIMIT, rows=4, required=False,
        help_text=gettext_lazy("Wenn Sie nicht zuständig sind: Wer ist es?"),
    )  # fmt: skip
    photo = media.PictureField(label=gettext_lazy("Foto"), required=False)
