"""Which kinds of reports somebody sees to."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.models import Category
from allmende.ui import forms as ui


class DutiesForm(ui.Form):
    """Nothing chosen: every kind."""

    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Welche Arten?"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Ist nichts gewählt, sind es alle, auch neue."),
    )  # fmt: skip

    def __init__(self, *args: Any, offered: Sequence[Category], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["categories"]).choices = [
            (one.slug, one.name(language)) for one in offered if not one.elsewhere
        ]
