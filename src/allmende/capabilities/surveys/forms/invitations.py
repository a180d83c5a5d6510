"""Codes: the one from a letter, how many to print, whom to write to."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.surveys.actions.invitations import MOST_IN_A_RUN
from allmende.ui import forms as ui

MOST_ADDRESSES = 500
FEWEST_LINES, MOST_LINES = 2, 6
"""Of an address on a letter (DIN 5008)."""


class CodeForm(ui.Form):
    """The code from the letter or the e-mail."""

    code = forms.CharField(
        label=gettext_lazy("Code aus Ihrem Brief oder Ihrer E-Mail"),
        max_length=60,
        help_text=gettext_lazy("Zwölf Zeichen. Groß oder klein, mit oder ohne Bindestrich ist gleich."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                   "class": "kern-form-input__input--medium"}
        ),
    )  # fmt: skip


class LettersForm(ui.Form):
    """How many codes to print."""

    number = forms.IntegerField(
        label=gettext_lazy("Wie viele Briefe?"),
        min_value=1,
        max_value=500,
        help_text=gettext_lazy(
            "Höchstens 500 auf einmal. Die Codes sehen Sie nur ein einziges Mal: in der Datei, die Sie jetzt bekommen."
        ),
    )


class AddressesForm(ui.Form):
    """Whom to invite by e-mail, one address a line."""

    addresses = ui.LongText(
        label=gettext_lazy("E-Mail-Adressen"),
        max_length=50_000,
        rows=6,
        help_text=gettext_lazy("Eine Adresse je Zeile, höchstens 500 auf einmal."),
    )

    def clean_addresses(self) -> list[str]:
        """The addresses, each once. Raises ValidationError that names the first line that is none."""
        found = []
        for number, line in enumerate(self.cleaned_data["addresses"].splitlines(), 1):
            address = line.strip().strip(",;")
            if not address:
                continue
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(_("In Zeile %(n)s steht keine E-Mail-Adresse.") % {"n": number}) from None
            found.append(address.lower())
        if not 0 < len(found) <= min(MOST_ADDRESSES, MOST_IN_A_RUN):
            raise ValidationError(_("Bitte geben Sie 1 bis %(n)s Adressen an.") % {"n": MOST_ADDRESSES})
        return list(dict.fromkeys(found))


class PostForm(ui.Form):
    """Whom to write to by letter, one address a line, as it is copied from a table."""

    addresses = ui.LongText(
        label=gettext_lazy("Anschriften"),
        max_length=100_000,
        rows=6,
        help_text=gettext_lazy(
            "Eine je Zeile, höchstens 500 auf einmal: Erika Beispiel; Markt 1; 07545 Gera. "
            "Oder aus einer Tabelle kopiert."
        ),
    )

    def clean_addresses(self) -> list[tuple[str, ...]]:
        """The lines of each letter's address, each once. Raises ValidationError that names the first that is none."""
        found = []
        for number, line in enumerate(self.cleaned_data["addresses"].splitlines(), 1):
            parts = tuple(part.strip()[:80] for part in line.replace("\t", ";").split(";") if part.strip())
            if not parts:
                continue
            if not FEWEST_LINES <= len(parts) <= MOST_LINES:
                message = _("Zeile %(n)s ist keine Anschrift. Bitte trennen Sie Name, Straße und Ort mit „;“.")
                raise ValidationError(message % {"n": number})
            found.append(parts)
        if not 0 < len(found) <= min(MOST_ADDRESSES, MOST_IN_A_RUN):
            raise ValidationError(_("Bitte geben Sie 1 bis %(n)s Anschriften an.") % {"n": MOST_ADDRESSES})
        return list(dict.fromkeys(found))
