"""What a form says when something is missing: sentences that tell what to do, in place of Django's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from allmende.core.texts import Text

SENTENCES: dict[str, Text] = {
    "required": gettext_lazy("Bitte füllen Sie das Feld „%(label)s“ aus."),
    "required choice": gettext_lazy("Bitte wählen Sie bei „%(label)s“ etwas aus."),
    "required file": gettext_lazy("Bitte wählen Sie bei „%(label)s“ eine Datei aus."),
    "required check": gettext_lazy("Bitte bestätigen Sie: %(label)s"),
    "invalid": gettext_lazy("Bitte prüfen Sie Ihre Angabe bei „%(label)s“."),
    "invalid email": gettext_lazy(
        "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@beispiel.de."
    ),
    "invalid date": gettext_lazy("Bitte geben Sie bei „%(label)s“ ein Datum ein, zum Beispiel 24.02.2027."),
    "invalid number": gettext_lazy("Bitte geben Sie bei „%(label)s“ eine Zahl ein."),
    "invalid_choice": gettext_lazy("Bitte wählen Sie bei „%(label)s“ einen Eintrag aus der Liste."),
    "invalid_list": gettext_lazy("Bitte wählen Sie bei „%(label)s“ einen Eintrag aus der Liste."),
    "max_length": gettext_lazy(
        "Bitte kürzen Sie „%(label)s“ auf %(limit_value)s Zeichen. Jetzt sind es %(show_value)s."
    ),
    "min_length": gettext_lazy("Bitte schreiben Sie bei „%(label)s“ mindestens %(limit_value)s Zeichen."),
    "max_value": gettext_lazy("Bitte geben Sie bei „%(label)s“ höchstens %(limit_value)s ein."),
    "min_value": gettext_lazy("Bitte geben Sie bei „%(label)s“ mindestens %(limit_value)s ein."),
    "empty": gettext_lazy("Die Datei ist leer. Bitte wählen Sie eine andere."),
    "null_characters_not_allowed": gettext_lazy("Bei „%(label)s“ stehen Zeichen, die sich nicht speichern lassen."),
}
"""What to do, for each code of Django's; a more exact sentence stands under "code kind"."""


def _kind(field: forms.Field) -> str:
    kinds: tuple[tuple[tuple[type[forms.Field], ...], str], ...] = (
        ((forms.BooleanField,), "check"),
        ((forms.FileField,), "file"),
        ((forms.ChoiceField, forms.ModelChoiceField), "choice"),
        ((forms.EmailField,), "email"),
        ((forms.DateField, forms.DateTimeField), "date"),
        ((forms.IntegerField,), "number"),
    )
    return next((name for types, name in kinds if isinstance(field, types)), "")


def in_plain_words(error: forms.ValidationError, field: forms.Field) -> None:
    """Puts our sentence in place of Django's, unless the room gave one of its own for this code."""
    code = error.code or ""
    default: Any = None
    for kind in type(field).__mro__:
        default = default or getattr(kind, "default_error_messages", {}).get(code)
    if field.error_messages.get(code) != default:
        return
    sentence = SENTENCES.get(f"{code} {_kind(field)}") or (SENTENCES.get(code) if error.params or default else None)
    if sentence:
        error.message = sentence
        error.params = {**(error.params or {}), "label": field.label}
