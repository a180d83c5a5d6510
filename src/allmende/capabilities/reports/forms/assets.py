"""A file with numbered things, and what they are."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.assets import KindData
from allmende.capabilities.reports.adapters.asset_files import MEGABYTES
from allmende.capabilities.reports.models import Category
from allmende.ui import forms as ui


class AssetsForm(ui.Form):
    """Looked at first, taken in by a second press."""

    file = ui.KeptFile(
        label=gettext_lazy("Datei"),
        max_size=MEGABYTES * 1024 * 1024,
        accept=".csv,.txt,.json,.geojson",
        help_text=gettext_lazy("Tabelle (CSV) mit den Spalten nummer, lon und lat, oder GeoJSON mit Punkten."),
    )
    name = forms.CharField(
        label=gettext_lazy("Was ist es?"),
        max_length=80,
        help_text=gettext_lazy("Zum Beispiel: Laterne, Bank, Container."),
    )
    name_en = forms.CharField(label=gettext_lazy("Auf Englisch"), max_length=80, required=False)
    slug = forms.SlugField(
        label=gettext_lazy("Kurzname"),
        max_length=40,
        help_text=gettext_lazy("Er steht in den Adressen der QR-Codes und bleibt. Zum Beispiel: laterne."),
    )
    keywords = forms.CharField(
        label=gettext_lazy("Wie nennt man es noch?"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Mit Komma getrennt, zum Beispiel: Lampe, Leuchte, Mast."),
    )
    category = forms.ChoiceField(label=gettext_lazy("Welche Art von Schaden wird gemeldet?"), required=False)
    owner = forms.CharField(
        label=gettext_lazy("Wem gehört es?"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Wenn es nicht in der Datei steht."),
    )

    def __init__(self, *args: Any, offered: Sequence[Category], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((one.slug, one.name(language)) for one in offered if not one.elsewhere)]
        cast("forms.ChoiceField", self.fields["category"]).choices = choices

    @property
    def kind(self) -> KindData:
        values = self.cleaned_data
        return KindData(
            slug=values["slug"],
            names={"de": values["name"], "en": values["name_en"]},
            keywords=values["keywords"].split(","),
            category=values["category"],
            owner=values["owner"],
        )
