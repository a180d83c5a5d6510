"""Parts of a report for other offices."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.rows import STEP_LIMIT
from allmende.core import city
from allmende.ui import forms as ui


class SubtaskForm(ui.Form):
    """Who does what."""

    department = forms.ChoiceField(label=gettext_lazy("Welches Amt?"))
    words = ui.LongText(
        label=gettext_lazy("Was ist zu tun?"), max_length=STEP_LIMIT, rows=3,
        help_text=gettext_lazy("Das lesen nur die Ämter."),
    )  # fmt: skip

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["department"]).choices = [
            (one.slug, one.name(language)) for one in city.current().departments.values()
        ]


class EndForm(ui.Form):
    """It is done, or no longer needed."""

    words = ui.LongText(label=gettext_lazy("Was wurde getan?"), max_length=STEP_LIMIT, rows=3)
