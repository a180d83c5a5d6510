"""What the council's office enters by hand: who there is, and who sits where from when to when."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from allmende.capabilities.council.models import Membership, Thing
from allmende.capabilities.council.queries.register import Choices
from allmende.capabilities.council.rules.register import TYPES
from allmende.capabilities.council.rules.values import words
from allmende.ui import forms as ui

SPOKEN = "de"
MARKLESS = frozenset({"website", "contact_email", "ags", "postal_code"})
"""Texts without a language."""
CHOOSE = gettext_lazy("Bitte wählen")
LAST_DAY = gettext_lazy("Leer, solange kein Ende feststeht. Dieser Tag gehört noch dazu.")


class EntryForm(ui.Form):
    """Fields are named like our columns; links are chosen by key."""

    links: ClassVar[tuple[str, ...]] = ()
    """Fields that hold the key of something."""
    lists: ClassVar[tuple[str, ...]] = ()
    """Fields that hold several words, with commas between them."""

    def __init__(self, *args: Any, row: Thing | None, choices: Choices, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {name: self._typed(row, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.offer(choices, row)
        for name, field in self.fields.items():
            is_spoken = isinstance(field, forms.CharField) and name not in MARKLESS
            if is_spoken or name in self.links:
                field.widget.attrs["lang"] = SPOKEN

    def _typed(self, row: Thing, name: str) -> Any:
        if name in self.links:
            return str(getattr(row, f"{name}_id") or "")
        value = getattr(row, name)
        return ", ".join(value) if name in self.lists else value

    def offer(self, choices: Choices, row: Thing | None) -> None:
        """Fills the fields from which something is chosen. Where there is one body, it is that one."""
        if "body" in self.fields:
            self.one_body = choices.bodies[0][0] if len(choices.bodies) == 1 and row is None else None
            if self.one_body is not None or row is not None:
                del self.fields["body"]
            else:
                self.choose("body", choices.bodies)

    def choose(self, name: str, found: Any, *, none: Any = CHOOSE) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", none), *((str(key), label) for key, label in found)]

    def columns(self, row: Thing | None) -> dict[str, Any]:
        """What the action takes; call it on a valid form."""
        told: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if name in self.links:
                told[f"{name}_id"] = UUID(value) if value else None
            else:
                told[name] = words([one.strip() for one in value.split(",")]) if name in self.lists else value
        if "body" in self.links and "body_id" not in told:
            told["body_id"] = row.body_id if row is not None else self.one_body  # type: ignore[attr-defined]
        return told


def _text(label: Any, longest: int, hint: Any = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=required, help_text=hint)


def _body() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("Zu welcher Stadt gehört es?"))


def _website() -> forms.CharField:
    return _text(gettext_lazy("Website"), 300, gettext_lazy("Sie beginnt mit https://."))


class BodyForm(EntryForm):
    """The city whose council it is."""

    links = ("location",)
    name = _text(gettext_lazy("Name der Stadt"), 200, required=True)
    short_name = _text(gettext_lazy("Kurzer Name"), 80)
    ags = _text(gettext_lazy("Amtlicher Gemeindeschlüssel"), 8, gettext_lazy("Acht Ziffern, für Gera 16052000."))
    website = _website()
    contact_name = _text(gettext_lazy("Wer beantwortet Fragen?"), 200, gettext_lazy("Eine Stelle, keine Person."))
    contact_email = forms.EmailField(label=gettext_lazy("E-Mail dieser Stelle"), required=False)
    location = forms.ChoiceField(label=gettext_lazy("Sitz der Verwaltung"), required=False)

    def offer(self, choices: Choices, row: Thing | None) -> None:
        super().offer(choices, row)
        self.choose("location", choices.locations, none=gettext_lazy("kein Ort"))


class TermForm(EntryForm):
    """For how long a council is elected."""

    links = ("body",)
    body = _body()
    name = _text(
        gettext_lazy("Name der Wahlperiode"), 200, gettext_lazy("Zum Beispiel: Wahlperiode 2024–2029"), required=True
    )
    start_date = ui.DateField(label=gettext_lazy("Erster Tag"), required=False)
    end_date = ui.DateField(label=gettext_lazy("Letzter Tag"), required=False, help_text=LAST_DAY)


class OrganizationForm(EntryForm):
    """The council, a committee, a group of members, an office."""

    links = ("body", "sub_organization_of", "location")
    body = _body()
    organization_type = forms.ChoiceField(label=gettext_lazy("Was ist es?"))
    name = _text(gettext_lazy("Name"), 300, required=True)
    short_name = _text(gettext_lazy("Kurzer Name"), 80)
    sub_organization_of = forms.ChoiceField(
        label=gettext_lazy("Gehört zu"), required=False, help_text=gettext_lazy("Bei einem Ausschuss: der Rat.")
    )
    start_date = ui.DateField(label=gettext_lazy("Besteht seit"), required=False)
    end_date = ui.DateField(label=gettext_lazy("Letzter Tag"), required=False, help_text=LAST_DAY)
    website = _website()
    location = forms.ChoiceField(label=gettext_lazy("Ort"), required=False)

    def offer(self, choices: Choices, row: Thing | None) -> None:
        super().offer(choices, row)
        self.choose("organization_type", TYPES.items())
        above = [(key, name) for key, name, _type in choices.organizations if row is None or key != row.pk]
        self.choose("sub_organization_of", above, none=gettext_lazy("zu keinem anderen"))
        self.choose("location", choices.locations, none=gettext_lazy("kein Ort"))


class PersonForm(EntryForm):
    """Somebody who sits in something, under the name by which the council knows them."""

    links = ("body",)
    lists = ("title", "status")
    body = _body()
    name = _text(
        gettext_lazy("Name, wie er öffentlich steht"), 200, gettext_lazy("Mit Titel, zum Beispiel: Dr. Maria Beispiel"),
        required=True,
    )  # fmt: skip
    given_name = _text(gettext_lazy("Vorname"), 120)
    family_name = _text(gettext_lazy("Nachname"), 120, gettext_lazy("Danach wird die Liste geordnet."))
    title = _text(gettext_lazy("Akademischer Titel"), 200, gettext_lazy("Mehrere mit Komma dazwischen."))
    status = _text(
        gettext_lazy("Funktionen"), 400, gettext_lazy("Zum Beispiel: Mitglied des Stadtrats. Mehrere mit Komma.")
    )


class MembershipForm(EntryForm):
    """A seat: who sits where, as what, from when to when."""

    links = ("person", "organization", "on_behalf_of")
    person = forms.ChoiceField(label=gettext_lazy("Wer?"))
    organization = forms.ChoiceField(label=gettext_lazy("Sitzt worin?"))
    role = _text(gettext_lazy("Als was?"), 120, gettext_lazy("Zum Beispiel: Mitglied, Vorsitz, sachkundige Bürgerin"))
    voting_right = forms.ChoiceField(
        label=gettext_lazy("Stimmt mit ab?"),
        choices=(("true", gettext_lazy("ja")), ("false", gettext_lazy("nein, berät nur")), ("", gettext_lazy("offen"))),
        required=False,
        initial="true",
    )
    on_behalf_of = forms.ChoiceField(
        label=gettext_lazy("Entsandt von"), required=False, help_text=gettext_lazy("Meist die Fraktion.")
    )
    start_date = ui.DateField(label=gettext_lazy("Erster Tag"), required=False)
    end_date = ui.DateField(label=gettext_lazy("Letzter Tag"), required=False, help_text=LAST_DAY)

    def _typed(self, row: Thing, name: str) -> Any:
        if name == "voting_right":
            assert isinstance(row, Membership)
            return {True: "true", False: "false", None: ""}[row.voting_right]
        return super()._typed(row, name)

    def offer(self, choices: Choices, row: Thing | None) -> None:
        super().offer(choices, row)
        senders = [(key, name) for key, name, kind in choices.organizations if kind in {"Fraktion", "Partei"}]
        self.choose("on_behalf_of", senders, none=gettext_lazy("niemandem"))
        if row is not None:
            del self.fields["person"], self.fields["organization"]
            return
        self.choose("person", choices.people)
        self.choose("organization", [(key, name) for key, name, _type in choices.organizations])

    def columns(self, row: Thing | None) -> dict[str, Any]:
        told = super().columns(row)
        told["voting_right"] = {"true": True, "false": False}.get(told["voting_right"])
        if isinstance(row, Membership):
            told |= {"person_id": row.person_id, "organization_id": row.organization_id}
        return told


class LocationForm(EntryForm):
    """A place: of a meeting, of an organisation, or one that papers speak of."""

    links = ("body",)
    body = _body()
    description = _text(gettext_lazy("Wie heißt der Ort?"), 500, gettext_lazy("Zum Beispiel: Rathaus"), required=True)
    room = _text(pgettext_lazy("building", "Raum"), 200)
    street_address = _text(gettext_lazy("Straße und Hausnummer"), 300)
    postal_code = _text(gettext_lazy("Postleitzahl"), 10)
    locality = _text(gettext_lazy("Stadt"), 120)
    latitude = forms.FloatField(
        label=gettext_lazy("Geografische Breite"), required=False, help_text=gettext_lazy("Für die Karte: 50.8788")
    )
    longitude = forms.FloatField(
        label=gettext_lazy("Geografische Länge"), required=False, help_text=gettext_lazy("Für die Karte: 12.0825")
    )


FORMS: Mapping[str, Callable[..., EntryForm]] = {
    "body": BodyForm,
    "term": TermForm,
    "organization": OrganizationForm,
    "person": PersonForm,
    "membership": MembershipForm,
    "location": LocationForm,
}


class RemoveForm(ui.Form):
    """Why something is taken back."""

    reason = _text(
        gettext_lazy("Warum?"), 300, gettext_lazy("Zum Beispiel: doppelt eingetragen. Das liest nur die Verwaltung."),
        required=True,
    )  # fmt: skip
