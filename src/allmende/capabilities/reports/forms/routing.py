"""One routing rule: its conditions as fields, so that nobody has to learn a language."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.routing import LAST_PLACE, LONGEST_RADIUS, RuleData
from allmende.capabilities.reports.models import Category, RoutingRule
from allmende.capabilities.reports.rules.routing import Answer, Point
from allmende.core import city
from allmende.engines.places import interface as places
from allmende.ui import forms as ui
from allmende.ui.pages import office_name

WEEKDAYS = (
    (0, gettext_lazy("Montag")), (1, gettext_lazy("Dienstag")), (2, gettext_lazy("Mittwoch")),
    (3, gettext_lazy("Donnerstag")), (4, gettext_lazy("Freitag")), (5, gettext_lazy("Samstag")),
    (6, gettext_lazy("Sonntag")),
)  # fmt: skip
SHORT = {"class": "kern-form-input__input--short"}


class RuleForm(ui.Form):
    """Which reports, and which office. What is left empty does not matter."""

    name = forms.CharField(label=gettext_lazy("Name der Regel"), max_length=80)
    department = forms.ChoiceField(label=gettext_lazy("Welches Amt bekommt diese Meldungen?"))
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Nur diese Arten"), required=False, widget=forms.CheckboxSelectMultiple
    )
    districts = forms.MultipleChoiceField(
        label=gettext_lazy("Nur in diesen Stadtteilen"), required=False, widget=forms.CheckboxSelectMultiple
    )
    words = ui.LongText(
        label=gettext_lazy("Nur mit einem dieser Wörter"),
        max_length=4000,
        rows=3,
        required=False,
        help_text=gettext_lazy("Eines in jeder Zeile. Ab fünf Buchstaben auch als Teil eines längeren Wortes."),
    )
    owners = forms.MultipleChoiceField(
        label=gettext_lazy("Nur nummerierte Dinge, die diesen gehören"), required=False,
        help_text=gettext_lazy("Zum Beispiel Laternen der Stadtwerke."), widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    answers = forms.MultipleChoiceField(
        label=gettext_lazy("Nur mit einer dieser Antworten"), required=False, widget=forms.CheckboxSelectMultiple
    )
    place = places.PlaceField(label=gettext_lazy("Nur rund um diese Stelle"), required=False)
    metres = forms.IntegerField(
        label=gettext_lazy("Meter im Umkreis"), min_value=1, max_value=LONGEST_RADIUS, required=False,
        widget=forms.NumberInput(attrs=SHORT),
    )  # fmt: skip
    polygon = ui.LongText(
        label=gettext_lazy("Oder nur in diesem Gebiet"),
        max_length=60_000,
        rows=3,
        required=False,
        help_text=gettext_lazy("Ein Vieleck als GeoJSON, wie es das Kartenprogramm der Stadt ausgibt."),
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Nur an diesen Tagen"), required=False, choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    starts = forms.TimeField(
        label=gettext_lazy("Nur ab dieser Uhrzeit"), required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", **SHORT}),
    )  # fmt: skip
    ends = forms.TimeField(
        label=gettext_lazy("Bis zu dieser Uhrzeit"), required=False,
        help_text=gettext_lazy("Auch über Mitternacht, zum Beispiel von 22:00 bis 06:00."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", **SHORT}),
    )  # fmt: skip
    order = forms.IntegerField(
        label=gettext_lazy("Platz in der Reihenfolge"), min_value=1, max_value=LAST_PLACE,
        help_text=gettext_lazy("Die Regeln werden von der kleinsten Zahl an gelesen. Die erste, die passt, gilt."),
        widget=forms.NumberInput(attrs=SHORT),
    )  # fmt: skip
    is_on = forms.BooleanField(label=gettext_lazy("Die Regel gilt"), required=False)

    def __init__(
        self, *args: Any, row: RoutingRule | None, offered: Sequence[Category], owners: Sequence[str],
        answers: Mapping[Answer, str], language: str, **kwargs: Any,
    ) -> None:  # fmt: skip
        """`owners` and `answers` are those that there are (`queries`): without any the form does not ask for them."""
        super().__init__(*args, initial=_initial(row), **kwargs)
        names = {one.slug: one.name(language) for one in offered}
        choices = {
            "owners": [(one, office_name(one, language) or one) for one in owners],
            "answers": [
                ("/".join(key), f"{names[key[0]]}: {text}") for key, text in answers.items() if key[0] in names
            ],
        }
        for name, offers in choices.items():
            if offers:
                cast("forms.ChoiceField", self.fields[name]).choices = offers
            else:
                del self.fields[name]
        here = city.current()
        cast("forms.ChoiceField", self.fields["department"]).choices = [
            (one.slug, one.name(language)) for one in here.departments.values()
        ]
        cast("forms.ChoiceField", self.fields["categories"]).choices = [
            (one.slug, one.name(language)) for one in offered if not one.elsewhere
        ]
        cast("forms.ChoiceField", self.fields["districts"]).choices = [
            (one.slug, one.name) for one in sorted(here.districts.values(), key=lambda one: one.name)
        ]

    def clean_polygon(self) -> list[Point]:
        """The ring of a GeoJSON polygon, whether it comes alone, as a feature or as a collection of one."""
        text = self.cleaned_data["polygon"].strip()
        if not text:
            return []
        try:
            found = json.loads(text)
            if found.get("type") == "FeatureCollection":
                (found,) = found["features"]
            found = found.get("geometry", found)
            if found["type"] != "Polygon":
                raise ValueError  # noqa: TRY301 - one answer for everything that is no polygon
            return [(float(corner[0]), float(corner[1])) for corner in found["coordinates"][0]]
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError):
            raise ValidationError(_("Das ist kein GeoJSON mit einem Vieleck („Polygon“).")) from None

    def data_of_rule(self) -> RuleData:
        """Of a valid form."""
        values = self.cleaned_data
        place = values["place"]
        return RuleData(
            words=values["words"].splitlines(),
            weekdays=[int(day) for day in values["weekdays"]],
            owners=values.get("owners", ()),
            answers=[_answer(one) for one in values.get("answers", ())],
            place=place.text,
            point=place.point,
            **{
                name: values[name]
                for name in (
                    "name", "department", "order", "is_on", "categories", "districts", "starts", "ends", "metres",
                    "polygon",
                )
            },
        )  # fmt: skip


def _answer(packed: str) -> Answer:
    """Of a choice that the form offers: codes and slugs hold no stroke."""
    category, question, option = packed.split("/")
    return category, question, option


def _initial(row: RoutingRule | None) -> dict[str, Any]:
    if row is None:
        return {"is_on": True, "order": 10}
    plain = ("name", "department", "categories", "districts", "weekdays", "starts", "ends", "metres", "order", "is_on",
             "owners")  # fmt: skip
    ring = [*row.polygon, row.polygon[0]] if row.polygon else []
    return {
        **{name: getattr(row, name) for name in plain},
        "words": "\n".join(row.words),
        "answers": ["/".join(one) for one in row.answers],
        "place": places.said(row.place, (row.longitude, row.latitude)),
        "polygon": json.dumps({"type": "Polygon", "coordinates": [ring]}) if ring else "",
    }
