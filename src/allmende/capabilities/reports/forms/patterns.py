"""What many reports of one kind have to say."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.models import Category
from allmende.capabilities.reports.models.patterns import WORDS_LIMIT
from allmende.core import city
from allmende.core.refs import Ref
from allmende.ui import forms as ui


class PatternForm(ui.Form):
    """Which reports, and what an office sees in them."""

    category = forms.ChoiceField(label=gettext_lazy("Welche Art?"))
    district = forms.ChoiceField(label=gettext_lazy("Welcher Stadtteil?"), required=False)
    days = forms.IntegerField(
        label=gettext_lazy("Aus wie vielen Tagen?"), min_value=1, max_value=3660, initial=365,
    )  # fmt: skip
    words = ui.LongText(
        label=gettext_lazy("Was sagen diese Meldungen zusammen?"),
        max_length=WORDS_LIMIT,
        rows=5,
        help_text=gettext_lazy("Das lesen alle. Zum Beispiel: Auf drei Schulwegen ist es seit Jahren zu dunkel."),
    )

    def __init__(self, *args: Any, offered: Sequence[Category], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(one.slug, one.name(language)) for one in offered if not one.elsewhere]
        cast("forms.ChoiceField", self.fields["category"]).choices = kinds
        districts = sorted(((one.slug, one.name) for one in city.current().districts.values()), key=lambda one: one[1])
        every = ("", gettext_lazy("die ganze Stadt"))
        cast("forms.ChoiceField", self.fields["district"]).choices = [every, *districts]


class OfferForm(ui.Form):
    """Where people collect on the subject."""

    target = forms.ChoiceField(label=gettext_lazy("In welche Sammlung?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, offered: Sequence[tuple[Ref, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["target"]).choices = [(str(ref), title) for ref, title in offered]
