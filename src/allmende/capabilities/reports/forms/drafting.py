"""A draft as a device sends it: everything at once, since nobody is there to be asked step by step."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.models import DETAIL_LIMIT, WORDS_LIMIT, Category
from allmende.engines.media import interface as media
from allmende.ui import forms as ui


class DraftForm(ui.Form):
    """`point` is longitude and latitude with a comma between; it or words must say where."""

    proof = True

    draft = forms.UUIDField()
    words = ui.LongText(
        label=gettext_lazy("Was ist los?"),
        max_length=WORDS_LIMIT,
        rows=4,
        help_text=gettext_lazy("Ein Satz genügt. Bitte nennen Sie keine Namen anderer Menschen."),
    )
    photo = media.PictureField(label=gettext_lazy("Foto"), required=False)
    place = forms.CharField(
        label=gettext_lazy("Wo ist es?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Adresse, Straßenecke, Haltestelle oder ein bekannter Ort."),
    )
    point = forms.CharField(max_length=60, required=False)
    detail = forms.CharField(
        label=gettext_lazy("Wo genau?"),
        max_length=DETAIL_LIMIT,
        required=False,
        help_text=gettext_lazy("Zum Beispiel: neben der Bank, Lampe Nummer 12."),
    )
    category = forms.ChoiceField(label=gettext_lazy("Was für ein Schaden ist es?"))
    email = forms.EmailField(
        label=gettext_lazy("E-Mail-Adresse"),
        required=False,
        help_text=gettext_lazy("Dann schreiben wir Ihnen bei jedem Schritt. Sie wird nicht veröffentlicht."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    photo_ticket = forms.CharField(max_length=400, required=False)

    def __init__(self, *args: Any, categories: Sequence[Category], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(one.slug, one.name(language)) for one in categories if not one.elsewhere]
        cast("forms.ChoiceField", self.fields["category"]).choices = [("", _("Bitte wählen")), *offered]

    def clean_point(self) -> tuple[float, float] | None:
        text = self.cleaned_data["point"]
        if not text:
            return None
        try:
            longitude, latitude = (float(part) for part in text.split(","))
        except ValueError:
            raise ValidationError(_("Diese Stelle können wir nicht lesen.")) from None
        return longitude, latitude

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not values.get("place") and not values.get("point") and "point" not in self.errors:
            self.add_error("place", _("Bitte sagen Sie, wo es ist: eine Adresse oder ein bekannter Ort genügt."))
        return values
