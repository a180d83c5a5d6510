from datetime import time
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.core import city, manifest
from allmende.engines.notify import rules
from allmende.engines.notify.models import Wishes
from allmende.engines.notify.queries.wishes import Wish
from allmende.ui import forms as ui


def _kinds() -> list[tuple[str, Any]]:
    """The kinds that people search for, as they call them; those that have their own page only are left out."""
    found = {kind.kind: kind.label_plural for kind in manifest.index_kinds().values() if kind.listed}
    return [("", gettext_lazy("Alles")), *sorted(found.items(), key=lambda pair: str(pair[1]).casefold())]


def _districts() -> list[tuple[str, Any]]:
    found = sorted(((one.slug, one.name) for one in city.current().districts.values()), key=lambda pair: pair[1])
    return [("", gettext_lazy("Ganze Stadt")), *found]


class SaveSearchForm(ui.Form):
    """What is looked for, under the names of the search's own page."""

    q = forms.CharField(
        label=gettext_lazy("Wörter"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Zum Beispiel Radweg. Ohne Wort sehen wir nach allem Neuen der Art oder des Stadtteils."
        ),
    )
    art = forms.ChoiceField(label=gettext_lazy("Art"), required=False, choices=_kinds)
    stadtteil = forms.ChoiceField(label=gettext_lazy("Stadtteil"), required=False, choices=_districts)


class LookUpForm(ui.Form):
    """Number and code of a receipt."""

    number = forms.CharField(
        label=gettext_lazy("Nummer"),
        max_length=40,
        help_text=gettext_lazy("Zum Beispiel G-2026-000123"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Acht Zeichen, zum Beispiel K7QW-3MXA. Groß und klein ist gleich."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class WishesForm(ui.Form):
    """When we tell of what. One choice per topic; the same words for mail, letter and telephone."""

    def __init__(self, *args: Any, wish: Wish, with_push: bool, **kwargs: Any) -> None:
        given: dict[str, Any] = {f"mail_{topic}": wish.mail(topic) for topic in rules.topics()}
        given |= {f"push_{topic}": wish.push(topic) for topic in rules.topics()}
        quiet = wish.quiet or (None, None)
        given |= {"weekday": wish.weekday, "quiet_from": _hour(quiet[0]), "quiet_until": _hour(quiet[1])}
        super().__init__(*args, initial=given, **kwargs)
        self.with_push, self.wish = with_push, wish
        for topic, label in rules.topics().items():
            self.fields[f"mail_{topic}"] = forms.ChoiceField(label=label, choices=Wishes.When.choices)
            if with_push:
                name = _("Auch als Push-Nachricht")
                self.fields[f"push_{topic}"] = forms.BooleanField(label=name, required=False, help_text=label)
        days = [(number, capfirst(WEEKDAYS[number])) for number in range(7)]
        self.fields["weekday"] = forms.TypedChoiceField(
            label=_("Die wöchentliche Nachricht kommt am"), choices=days, coerce=int
        )
        hours = [("", _("keine Ruhezeit")), *((f"{hour:02}:00", f"{hour:02}:00 Uhr") for hour in range(24))]
        self.fields["quiet_from"] = forms.ChoiceField(label=_("Ruhe ab"), choices=hours, required=False)
        self.fields["quiet_until"] = forms.ChoiceField(label=_("Ruhe bis"), choices=hours, required=False)

    @property
    def topics(self) -> list[list[BoundField]]:
        """The fields of each topic."""
        return [
            [self[name] for name in (f"mail_{topic}", f"push_{topic}") if name in self.fields]
            for topic in rules.topics()
        ]

    def clean(self) -> dict[str, Any]:
        values = cast("dict[str, Any]", super().clean())
        if bool(values.get("quiet_from")) != bool(values.get("quiet_until")):
            missing = "quiet_until" if values.get("quiet_from") else "quiet_from"
            self.add_error(missing, _("Bitte wählen Sie Anfang und Ende der Ruhezeit."))
        return values

    @property
    def wanted(self) -> dict[str, dict[str, Any]]:
        """Topic → wishes, as the action takes them."""
        values = self.cleaned_data
        return {
            topic: {
                "mail": values[f"mail_{topic}"],
                "push": values[f"push_{topic}"] if self.with_push else self.wish.push(topic),
            }
            for topic in rules.topics()
        }

    @property
    def quiet(self) -> tuple[time, time] | None:
        begins, ends = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return (time.fromisoformat(begins), time.fromisoformat(ends)) if begins else None


def _hour(clock: time | None) -> str:
    return f"{clock:%H:%M}" if clock else ""


class DeviceForm(ui.Form):
    """A browser that is to be pushed to. The script fills the hidden fields once the person has agreed."""

    agreed = forms.BooleanField(
        label=gettext_lazy("Ich stimme zu: Sie dürfen meinem Browser Push-Nachrichten über seinen Hersteller senden."),
        error_messages={
            "required": gettext_lazy("Bitte stimmen Sie zu. Ohne Zustimmung senden wir nichts an Ihren Browser.")
        },
    )
    endpoint = forms.CharField(max_length=2000, widget=forms.HiddenInput, required=False)
    p256dh = forms.CharField(max_length=120, widget=forms.HiddenInput, required=False)
    auth = forms.CharField(max_length=40, widget=forms.HiddenInput, required=False)
    label = forms.CharField(max_length=60, widget=forms.HiddenInput, required=False)
