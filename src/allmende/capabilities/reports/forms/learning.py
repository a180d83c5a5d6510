"""Which learned words mislead."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy, ngettext

from allmende.capabilities.reports.models import LearnedWord
from allmende.ui import forms as ui


class StrikeForm(ui.Form):
    """What is ticked is not used."""

    words = forms.MultipleChoiceField(
        label=gettext_lazy("Diese Wörter nicht verwenden"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, rows: Sequence[LearnedWord], **kwargs: Any) -> None:
        super().__init__(*args, initial={"words": [str(row.pk) for row in rows if row.is_struck]}, **kwargs)
        cast("forms.ChoiceField", self.fields["words"]).choices = [(str(row.pk), said(row)) for row in rows]


def said(row: LearnedWord) -> str:
    """„flackert (in 17 Meldungen)“."""
    reports = ngettext("in %(n)s Meldung", "in %(n)s Meldungen", row.count) % {"n": row.count}
    return f"{row} ({reports})"
