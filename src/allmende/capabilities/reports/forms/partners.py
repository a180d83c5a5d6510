"""What an administrator decides of another body's Open311 system."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.partners import LABEL_LIMIT, PartnerData
from allmende.capabilities.reports.models import Category, Partner, PartnerService
from allmende.ui import forms as ui


class PartnerForm(ui.Form):
    """Address, key, and for every kind of fault its code there."""

    label = forms.CharField(label=gettext_lazy("Name der Stelle"), max_length=LABEL_LIMIT)
    endpoint = forms.CharField(
        label=gettext_lazy("Adresse der Schnittstelle"),
        max_length=300,
        help_text=gettext_lazy("Bis vor „services.xml“, zum Beispiel https://stadtwerke.example.org/open311/v2/"),
    )
    jurisdiction = forms.CharField(
        label=gettext_lazy("Kennung der Gemeinde (jurisdiction_id)"), max_length=100, required=False
    )
    key = forms.CharField(
        label=gettext_lazy("Schlüssel (api_key)"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Bleibt das Feld leer, gilt der bisherige. Wir zeigen ihn nie wieder."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    shows_words = forms.BooleanField(
        label=gettext_lazy("Was die Stelle zu einem Schritt schreibt, ist gleich öffentlich"), required=False
    )
    is_active = forms.BooleanField(label=gettext_lazy("Meldungen gehen dorthin"), required=False, initial=True)

    def __init__(
        self, *args: Any, partner: Partner | None, services: Sequence[PartnerService],
        categories: Sequence[Category], language: str, **kwargs: Any,
    ) -> None:  # fmt: skip
        known = {one.category_id: one for one in services}
        self.slugs = [one.slug for one in categories]
        initial: dict[str, Any] = {}
        if partner is not None:
            names = ("label", "endpoint", "jurisdiction", "shows_words", "is_active")
            initial = {name: getattr(partner, name) for name in names}
        for one in categories:
            if one.pk in known:
                initial |= {f"code_{one.slug}": known[one.pk].code, f"auto_{one.slug}": known[one.pk].by_itself}
        super().__init__(*args, initial=initial, **kwargs)
        for one in categories:
            name = {"name": one.name(language)}
            self.fields[f"code_{one.slug}"] = forms.CharField(
                label=_("%(name)s: Code dort") % name, max_length=100, required=False
            )
            self.fields[f"auto_{one.slug}"] = forms.BooleanField(
                label=_("%(name)s: geht geprüft von selbst dorthin") % name, required=False
            )

    def kinds(self) -> list[tuple[Any, Any]]:
        """Code and tick of each kind."""
        return [(self[f"code_{slug}"], self[f"auto_{slug}"]) for slug in self.slugs]

    def data_of_partner(self) -> PartnerData:
        """Of a valid form."""
        values = self.cleaned_data
        return PartnerData(
            services=[(slug, values[f"code_{slug}"], values[f"auto_{slug}"]) for slug in self.slugs],
            **{name: values[name] for name in ("label", "endpoint", "jurisdiction", "key", "shows_words", "is_active")},
        )
