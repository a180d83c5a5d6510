"""What stands around the questions: beginning, sending, going on with what was begun, entering papers."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.surveys.forms.invitations import CodeForm
from allmende.ui import forms as ui


class BeginForm(ui.Form):
    """Before the first question: the code from the letter and the consent, where they are asked for."""

    def __init__(self, *args: Any, needs_code: bool, consent: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_code:
            self.fields["code"] = CodeForm.base_fields["code"]
        if consent:
            self.fields["consents"] = forms.BooleanField(label=consent, required=True)


class SendForm(ui.Form):
    """The last button. The browser works for it while one reads; whoever came by a resume code types the letter's."""

    proof = True

    def __init__(self, *args: Any, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_code:
            self.fields["code"] = CodeForm.base_fields["code"]


class ResumeForm(ui.Form):
    """The code under which what was begun is found again."""

    code = forms.CharField(
        label=gettext_lazy("Code zum Fortsetzen"),
        max_length=60,
        help_text=gettext_lazy("Er stand unter den Fragen. Groß oder klein, mit oder ohne Bindestrich ist gleich."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                   "class": "kern-form-input__input--medium"}
        ),
    )  # fmt: skip


class PaperForm(ui.Form):
    """What stands on a paper beside the answers, and on the identity card where only residents answer."""

    def __init__(self, *args: Any, needs_code: bool, consent: str, residents: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if residents:
            self._residents()
        if needs_code:
            self.fields["code"] = forms.CharField(
                label=gettext_lazy("Code auf dem Bogen"), max_length=60,
                widget=forms.TextInput(attrs={"autocomplete": "off", "class": "kern-form-input__input--medium"}),
            )  # fmt: skip
        if consent:
            self.fields["consents"] = forms.BooleanField(
                label=gettext_lazy("Die Einwilligung auf dem Bogen ist angekreuzt"), required=True
            )

    def _residents(self) -> None:
        self.fields["email"] = forms.EmailField(
            label=gettext_lazy("E-Mail-Adresse des Kontos, wenn es hier eines gibt"), required=False, max_length=254,
            help_text=gettext_lazy("Damit niemand auf Papier und im Portal antwortet."),
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        )  # fmt: skip
        self.fields["name"] = forms.CharField(
            label=gettext_lazy("Sonst: Vorname und Nachname wie im Ausweis"), required=False, max_length=200,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )  # fmt: skip
        self.fields["born"] = forms.DateField(
            label=gettext_lazy("Geburtsdatum"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
            help_text=gettext_lazy("Name und Datum werden nicht gespeichert, nur ein Prüfwert bis zum Ende."),
        )  # fmt: skip
        self.fields["seen_card"] = forms.BooleanField(
            label=gettext_lazy("Ich habe am Ausweis gesehen, dass dieser Mensch hier wohnt."), required=True
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "seen_card" not in self.fields or values.get("email") or self.errors:
            return values
        for name in ("name", "born"):
            if not values.get(name):
                self.add_error(name, _("Bitte geben Sie das an, oder oben die Adresse des Kontos."))
        return values
