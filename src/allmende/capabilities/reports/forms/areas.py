"""What somebody wants to hear of: a district, or so far around a place."""

from typing import Any, cast

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.models.areas import RADII
from allmende.core import city
from allmende.engines.places import interface as places
from allmende.ui import forms as ui


class AreaForm(ui.Form):
    district = forms.ChoiceField(label=gettext_lazy("Ein Stadtteil"), required=False)
    place = places.PlaceField(
        label=gettext_lazy("Oder rund um einen Ort"),
        required=False,
        help_text=gettext_lazy("Adresse, Straßenecke, Haltestelle oder ein bekannter Ort."),
    )
    radius = forms.TypedChoiceField(label=gettext_lazy("Wie weit darum herum?"), coerce=int, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts = sorted(city.current().districts.values(), key=lambda one: one.name)
        cast("forms.ChoiceField", self.fields["district"]).choices = [
            ("", _("keiner")), *((one.slug, one.name) for one in districts)
        ]  # fmt: skip
        cast("forms.ChoiceField", self.fields["radius"]).choices = [
            (metres, _("%(n)s Meter") % {"n": formats.number_format(metres)}) for metres in RADII
        ]
        self.fields["radius"].initial = RADII[1]
