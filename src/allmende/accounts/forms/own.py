"""The account's own forms and those of the staff pages."""

import json
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.accounts import queries, rules
from allmende.accounts.forms.signing_in import email_field, new_password_field
from allmende.accounts.models import Person
from allmende.core.actor import Role
from allmende.core.manifest import SettingSpec
from allmende.ui.forms import DateField, Form, LongText

BAND = 3
"""Years of birth that are told apart."""
WHOLE_CITY = "*"
"""The whole city in a form, where an empty choice would look like none."""


class DetailsForm(Form):
    """What people say of themselves."""

    display_name = forms.CharField(
        label=gettext_lazy("Anzeigename"),
        max_length=60,
        help_text=gettext_lazy("So steht Ihr Name bei Ihren Beiträgen. Ein erfundener Name ist gut."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Sprache für Nachrichten"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    contact_kind = forms.ChoiceField(
        label=gettext_lazy("Wie erreichen wir Sie?"),
        choices=[(kind.value, kind.label) for kind in Person.ContactKind if kind != Person.ContactKind.NUMBER],
        widget=forms.RadioSelect,
    )
    telephone = forms.CharField(
        label=gettext_lazy("Telefonnummer"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Nur nötig, wenn wir Sie anrufen sollen."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    postal_address = LongText(
        label=gettext_lazy("Anschrift"),
        max_length=400,
        rows=3,
        required=False,
        help_text=gettext_lazy("Nur nötig, wenn wir Briefe senden sollen."),
    )

    is_under_16 = forms.BooleanField(
        label=gettext_lazy("Ich bin noch nicht 16 Jahre alt"),
        required=False,
        help_text=gettext_lazy("Dann zeigen wir keinen Namen und sprechen mit einem Erwachsenen, dem Sie vertrauen."),
    )
    birth_band = forms.TypedChoiceField(
        label=gettext_lazy("Geboren"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("Nur wenn Sie noch nicht 16 sind. Genauer müssen wir es nicht wissen."),
    )
    adult_name = forms.CharField(
        label=gettext_lazy("Name des Erwachsenen, den wir ansprechen dürfen"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Nur wenn Sie noch nicht 16 sind. Er unterschreibt auch die Einwilligung auf Papier."),
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = year - year % BAND
        bands = [(first, f"{first}–{first + BAND - 1}") for first in range(newest, year - 16 - BAND, -BAND)]
        cast("forms.ChoiceField", self.fields["birth_band"]).choices = [("", _("keine Angabe")), *bands]

    def clean(self) -> dict[str, Any]:
        values = cast("dict[str, Any]", super().clean())
        require_contact(self, values)
        if not values.get("is_under_16"):
            values["birth_band"], values["adult_name"] = None, ""
        elif not values.get("adult_name"):
            self.add_error("adult_name", _("Bitte nennen Sie einen Erwachsenen, den wir ansprechen dürfen."))
        return values


def require_contact(form: Form, values: dict[str, Any]) -> None:
    """Only the field of the chosen way is required (practice.md 5); what was typed elsewhere is dropped."""
    needed = {
        Person.ContactKind.EMAIL: ("email", _("Bitte geben Sie eine E-Mail-Adresse an.")),
        Person.ContactKind.LETTER: ("postal_address", _("Bitte geben Sie Ihre Anschrift an.")),
        Person.ContactKind.TELEPHONE: ("telephone", _("Bitte geben Sie Ihre Telefonnummer an.")),
    }
    chosen = values.get("contact_kind")
    for kind, (name, sentence) in needed.items():
        if name not in form.fields:
            continue
        if kind != chosen:
            values[name] = ""
            form.errors.pop(name, None)
        elif not values.get(name) and name not in form.errors:
            form.add_error(name, sentence)


class TokenForm(Form):
    """A token for programs."""

    label = forms.CharField(
        label=gettext_lazy("Wofür?"),
        max_length=80,
        help_text=gettext_lazy("Ein Wort, an dem Sie den Zugang wiedererkennen, zum Beispiel „Vereinsseite“."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Was darf das Programm?"), widget=forms.CheckboxSelectMultiple, choices=[]
    )
    expires_on = DateField(label=gettext_lazy("Gilt bis einschließlich"), help_text=gettext_lazy("Höchstens ein Jahr."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["scopes"]).choices = [
            (scope, queries.token_scope_label(scope)) for scope in queries.token_scopes()
        ]


class EraseForm(Form):
    """The two ways of leaving."""

    keep_texts = forms.ChoiceField(
        label=gettext_lazy("Was soll mit Ihren Beiträgen geschehen?"),
        choices=[
            ("keep", gettext_lazy("Sie bleiben stehen, ohne meinen Namen. Antworten anderer bleiben verständlich.")),
            ("remove", gettext_lazy("Ihre Texte und Bilder werden entfernt. Nur „gelöscht“ bleibt stehen.")),
        ],
        widget=forms.RadioSelect,
        initial="keep",
    )
    sure = forms.BooleanField(label=gettext_lazy("Ich möchte mein Konto löschen. Das lässt sich nicht zurücknehmen."))


class FirstAdministratorForm(Form):
    email = email_field()
    password1 = new_password_field(label=gettext_lazy("Passwort"))

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        password_validation.validate_password(password)
        return password


class GrantForm(Form):
    """Gives a role to the person with this address."""

    email = email_field(help_text=gettext_lazy("Die Person muss schon ein Konto haben."))
    role = forms.ChoiceField(label=gettext_lazy("Rolle"), choices=[])
    scope = forms.ChoiceField(label=gettext_lazy("Bereich"), choices=[])

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [role for role in Role if rules.SCOPES_OF[role]]
        cast("forms.ChoiceField", self.fields["role"]).choices = [(role.value, role.label) for role in roles]
        scopes = dict(pair for role in roles for pair in queries.scopes_for(role, language))
        cast("forms.ChoiceField", self.fields["scope"]).choices = [
            (scope or WHOLE_CITY, label) for scope, label in scopes.items()
        ]

    def clean_scope(self) -> str:
        scope: str = self.cleaned_data["scope"]
        return "" if scope == WHOLE_CITY else scope

    def clean_email(self) -> Person:
        person = Person.objects.filter(email=self.cleaned_data["email"].lower(), is_guest=False).first()
        if person is None:
            raise forms.ValidationError(_("Zu dieser Adresse gibt es kein bestätigtes Konto."), code="unknown")
        return person


class ReasonForm(Form):
    reason = forms.CharField(label=gettext_lazy("Grund"), max_length=200, required=False)


class AuditFilter(Form):
    """Filters of the audit; by GET, nothing required."""

    action = forms.CharField(
        label=gettext_lazy("Vorgang"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("zum Beispiel participation"),
    )
    since = DateField(label=gettext_lazy("von"), required=False)
    until = DateField(label=gettext_lazy("bis einschließlich"), required=False)
    key = forms.UUIDField(label=gettext_lazy("Personenschlüssel"), required=False)
    object_id = forms.UUIDField(label=gettext_lazy("Kennung der Sache"), required=False)

    def values(self) -> dict[str, Any]:
        """What was chosen; a field that does not fit counts as empty."""
        found = (
            dict(self.cleaned_data) if self.is_bound and self.is_valid() else dict(getattr(self, "cleaned_data", {}))
        )
        if found.get("until"):
            found["until"] += timedelta(days=1)
        return found


class SettingForm(Form):
    """One setting, by its kind."""

    value = forms.CharField(required=False)

    def __init__(self, *args: Any, spec: SettingSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = self._field(spec)

    @staticmethod
    def _field(spec: SettingSpec) -> forms.Field:
        common: dict[str, Any] = {"label": spec.label, "help_text": spec.hint, "required": False}
        if spec.kind == "boolean":
            return forms.BooleanField(**common)
        if spec.kind == "number":
            return forms.IntegerField(**{**common, "required": True}, min_value=0, max_value=1_000_000)
        if spec.kind == "lines":
            return LongText(max_length=10_000, **common)
        return forms.CharField(max_length=500, **common)

    @staticmethod
    def shown(spec: SettingSpec, value: Any) -> Any:
        """A stored value as the field shows it."""
        if spec.kind == "lines":
            return "\n".join(str(line) for line in value) if isinstance(value, list) else str(value or "")
        return value if isinstance(value, (str, int, bool)) else json.dumps(value, ensure_ascii=False)

    def stored(self, spec: SettingSpec) -> Any:
        """The typed value as it is stored."""
        value = self.cleaned_data["value"]
        if spec.kind == "lines":
            return [line.strip() for line in str(value).splitlines() if line.strip()]
        return value
