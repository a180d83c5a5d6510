"""A kind of fault with its row of the routing table."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.setup import (
    LONGEST_KEPT,
    LONGEST_NUMBERED,
    MOST_DAYS,
    NAME_LIMIT,
    SHORTEST_KEPT,
    TEXT_LIMIT,
    CategoryData,
)
from allmende.capabilities.reports.models import Category
from allmende.core import city
from allmende.ui import forms as ui

LANGUAGES = ("de", "en")
TEXTS = ("name", "hint", "danger", "elsewhere")


class CategoryForm(ui.Form):
    """Everything that the desk decides of a category; a select for every district."""

    name_de = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LIMIT)
    name_en = forms.CharField(label=gettext_lazy("Name auf Englisch"), max_length=NAME_LIMIT, required=False)
    hint_de = forms.CharField(label=gettext_lazy("Was gehört dazu?"), max_length=TEXT_LIMIT, required=False)
    hint_en = forms.CharField(
        label=gettext_lazy("Was gehört dazu, auf Englisch?"), max_length=TEXT_LIMIT, required=False
    )
    keywords = ui.LongText(
        label=gettext_lazy("Stichworte"),
        max_length=4000,
        rows=3,
        required=False,
        help_text=gettext_lazy("Eines in jeder Zeile. Kommt eines vor, schlägt das Formular diese Art vor."),
    )
    target_days = forms.IntegerField(
        label=gettext_lazy("Frist in Werktagen"), min_value=1, max_value=MOST_DAYS,
        widget=forms.NumberInput(attrs={"class": "kern-form-input__input--short"}),
    )  # fmt: skip
    retention_days = forms.IntegerField(
        label=gettext_lazy("Tage, nach denen Text, Bild und Kontakt gelöscht werden"),
        min_value=SHORTEST_KEPT, max_value=LONGEST_KEPT,
        help_text=gettext_lazy("Gezählt vom Ende der Arbeit an."),
        widget=forms.NumberInput(attrs={"class": "kern-form-input__input--short"}),
    )  # fmt: skip
    deletion_days = forms.IntegerField(
        label=gettext_lazy("Tage, nach denen nur noch die Nummer bleibt"),
        min_value=SHORTEST_KEPT, max_value=LONGEST_NUMBERED,
        help_text=gettext_lazy("Dann sind auch Ort und Schritte gelöscht. Gezählt vom Ende der Arbeit an."),
        widget=forms.NumberInput(attrs={"class": "kern-form-input__input--short"}),
    )  # fmt: skip
    publishes = forms.BooleanField(label=gettext_lazy("Meldungen dieser Art dürfen öffentlich sein"), required=False)
    is_active = forms.BooleanField(label=gettext_lazy("Steht im Formular"), required=False)
    danger_de = ui.LongText(label=gettext_lazy("Was zuerst zu tun ist"), max_length=TEXT_LIMIT, rows=2, required=False)
    danger_en = ui.LongText(
        label=gettext_lazy("Was zuerst zu tun ist, auf Englisch"), max_length=TEXT_LIMIT, rows=2, required=False
    )
    elsewhere_de = ui.LongText(
        label=gettext_lazy("Wer sonst zuständig ist"),
        max_length=TEXT_LIMIT,
        rows=2,
        required=False,
        help_text=gettext_lazy("Nur wenn sich die Stadt nicht kümmert: Dann wird nichts gesendet."),
    )
    elsewhere_en = ui.LongText(
        label=gettext_lazy("Wer sonst zuständig ist, auf Englisch"), max_length=TEXT_LIMIT, rows=2, required=False
    )
    department = forms.ChoiceField(label=gettext_lazy("Welches Amt kümmert sich?"))

    def __init__(self, *args: Any, category: Category, language: str, **kwargs: Any) -> None:
        found = {route.district: route.department for route in category.routes.all()}
        initial: dict[str, Any] = {
            "keywords": "\n".join(category.keywords),
            "department": category.department,
            **{
                name: getattr(category, name)
                for name in ("target_days", "retention_days", "deletion_days", "publishes", "is_active")
            },
        }
        for name, texts in zip(
            TEXTS, (category.names, category.hints, category.danger, category.elsewhere), strict=True
        ):
            initial |= {f"{name}_{code}": texts.get(code, "") for code in LANGUAGES}
        initial |= {f"in_{district}": office for district, office in found.items()}
        super().__init__(*args, initial=initial, **kwargs)
        offices = [(one.slug, one.name(language)) for one in city.current().departments.values()]
        cast("forms.ChoiceField", self.fields["department"]).choices = offices
        for district in sorted(city.current().districts.values(), key=lambda one: one.name):
            self.fields[f"in_{district.slug}"] = forms.ChoiceField(
                label=_("In %(district)s") % {"district": district.name},
                choices=[("", _("wie überall")), *offices],
                required=False,
            )

    def data_of_category(self) -> CategoryData:
        """Of a valid form."""
        values = self.cleaned_data
        texts = {name: {code: values[f"{name}_{code}"] for code in LANGUAGES} for name in TEXTS}
        return CategoryData(
            names=texts["name"],
            hints=texts["hint"],
            danger=texts["danger"],
            elsewhere=texts["elsewhere"],
            department=values["department"],
            keywords=values["keywords"].splitlines(),
            routes={name.removeprefix("in_"): value for name, value in values.items() if name.startswith("in_")},
            **{
                name: values[name]
                for name in ("target_days", "retention_days", "deletion_days", "publishes", "is_active")
            },
        )
