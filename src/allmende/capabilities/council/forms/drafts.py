"""What a department writes into a draft paper, and the few words of those who sign it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.council.models import Draft, Organization
from allmende.capabilities.council.queries.drafts import data_of
from allmende.capabilities.council.rules.drafts import MOST_SIGNERS, MOST_STATIONS, DraftData, Way
from allmende.core import city
from allmende.core.errors import DomainError, Invalid
from allmende.ui import forms as ui

SPOKEN = "de"
NOBODY = ("", gettext_lazy("niemand"))
STATION_WORDS = (
    ("Vorberatung", gettext_lazy("berät vor")),
    ("Anhörung", gettext_lazy("wird angehört")),
    ("Kenntnisnahme", gettext_lazy("wird informiert")),
    ("Entscheidung", gettext_lazy("entscheidet")),
)


class DraftForm(ui.Form):
    """Text, way through the organisations, and who signs. `version` is that of the text that the form showed."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=gettext_lazy("Worum geht es?"),
        max_length=300,
        help_text=gettext_lazy("Der Name der Vorlage. So steht er auf der Tagesordnung."),
    )
    department = forms.ChoiceField(label=gettext_lazy("Welches Amt verantwortet die Vorlage?"))
    resolution = ui.LongText(
        label=gettext_lazy("Was soll beschlossen werden?"),
        max_length=6000,
        rows=6,
        required=False,
        help_text=gettext_lazy("Der Beschlussvorschlag, Wort für Wort: „Der Stadtrat beschließt …“"),
    )
    reasons = ui.LongText(label=gettext_lazy("Warum?"), max_length=12000, rows=10, required=False)
    costs = ui.LongText(
        label=gettext_lazy("Was kostet es, und woher kommt das Geld?"), max_length=2000, rows=3, required=False
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("Öffentliche Vorlage"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Alle dürfen sie lesen, sobald sie eingebracht ist. Sonst lesen sie nur die Mitglieder der Gremien."
        ),
    )
    in_order = forms.BooleanField(
        label=gettext_lazy("Nacheinander mitzeichnen"),
        required=False,
        help_text=gettext_lazy(
            "Jedes Amt ist erst dran, wenn das davor mitgezeichnet hat. Sonst sind alle zugleich dran."
        ),
    )

    def __init__(
        self,
        *args: Any,
        language: str,
        writers: Iterable[str] | None,
        organizations: Iterable[Organization],
        **kwargs: Any,
    ) -> None:
        """`writers`: the departments that this person may write for; None: all of them."""
        super().__init__(*args, **kwargs)
        offices = [(slug, one.name(language)) for slug, one in city.current().departments.items()]
        allowed = offices if writers is None else [one for one in offices if one[0] in set(writers)]
        department = self.fields["department"]
        assert isinstance(department, forms.ChoiceField)
        department.choices = allowed if len(allowed) == 1 else [("", gettext_lazy("Bitte wählen")), *allowed]
        deal = [("", gettext_lazy("keines")), *((str(one.pk), one.name) for one in organizations)]
        for place in range(1, MOST_STATIONS + 1):
            label = gettext_lazy("Station %(place)d: Gremium")
            self.fields[f"station{place}"] = forms.ChoiceField(
                label=label % {"place": place}, choices=deal, required=False
            )
            label = gettext_lazy("Station %(place)d: was es tut")
            self.fields[f"role{place}"] = forms.ChoiceField(
                label=label % {"place": place}, choices=STATION_WORDS, required=False
            )
        for place in range(1, MOST_SIGNERS + 1):
            label = gettext_lazy("%(place)d. Amt")
            self.fields[f"signer{place}"] = forms.ChoiceField(
                label=label % {"place": place}, choices=[NOBODY, *offices], required=False
            )
        stations = [f"station{place}" for place in range(1, MOST_STATIONS + 1)]
        for name in ("title", "resolution", "reasons", "costs", *stations):
            self.fields[name].widget.attrs["lang"] = SPOKEN

    @property
    def station_pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"station{place}"], self[f"role{place}"]) for place in range(1, MOST_STATIONS + 1)]

    @property
    def signer_fields(self) -> list[forms.BoundField]:
        return [self[f"signer{place}"] for place in range(1, MOST_SIGNERS + 1)]

    @property
    def data_of_draft(self) -> DraftData:
        """What the action takes; call it on a valid form."""
        told = self.cleaned_data
        stations = [(told[f"station{place}"], told[f"role{place}"]) for place in range(1, MOST_STATIONS + 1)]
        signers = [told[f"signer{place}"] for place in range(1, MOST_SIGNERS + 1)]
        return DraftData(
            told["title"].strip(),
            told["resolution"].strip(),
            told["reasons"].strip(),
            told["costs"].strip(),
            told["department"],
            told["is_public"],
            told["in_order"],
            tuple(slug for slug in signers if slug),
            tuple(Way(UUID(key), role) for key, role in stations if key),
        )

    def add_domain_error(self, error: DomainError) -> None:
        """As everywhere; what the action counted without the empty places is shown where it stands."""
        if isinstance(error, Invalid):
            error.fields = {self._place_of(name): text for name, text in error.fields.items()}
        super().add_domain_error(error)

    def _place_of(self, name: str) -> str:
        for kind, counted, most in (
            ("signer", "signer", MOST_SIGNERS),
            ("station", "station", MOST_STATIONS),
            ("role", "station", MOST_STATIONS),
        ):
            if name.startswith(kind) and name.removeprefix(kind).isdigit():
                filled = [place for place in range(1, most + 1) if self.cleaned_data.get(f"{counted}{place}")]
                return f"{kind}{filled[int(name.removeprefix(kind)) - 1]}"
        return name

    @staticmethod
    def initial_of(one: Draft) -> Mapping[str, Any]:
        data = data_of(one)
        names = ("title", "resolution", "reasons", "costs", "department", "is_public", "in_order")
        return {
            **{name: getattr(data, name) for name in names},
            **{f"signer{place}": slug for place, slug in enumerate(data.signers, 1)},
            **{f"station{place}": str(way.organization) for place, way in enumerate(data.stations, 1)},
            **{f"role{place}": way.role for place, way in enumerate(data.stations, 1)},
            "version": one.version,
        }


class StepForm(ui.Form):
    """A step of the workflow; `ask` is the question to which the words answer, `needed` whether they must be there."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    department = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    reason = ui.LongText(max_length=1000, rows=3)

    def __init__(self, *args: Any, ask: str, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask:
            del self.fields["reason"]
            return
        self.fields["reason"].label = ask
        self.fields["reason"].required = needed
        self.fields["reason"].widget.attrs["lang"] = SPOKEN
