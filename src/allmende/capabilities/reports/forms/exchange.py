"""What an administrator decides of a program that speaks Open311 with us."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.exchange import LABEL_LIMIT
from allmende.core import city
from allmende.ui import forms as ui


class KeyForm(ui.Form):
    """A key for a program of somebody else."""

    label = forms.CharField(
        label=gettext_lazy("Für wen ist der Schlüssel?"),
        max_length=LABEL_LIMIT,
        help_text=gettext_lazy("Zum Beispiel: Stadtwerke, Meldungen aus der App des Landkreises."),
    )
    department = forms.ChoiceField(
        label=gettext_lazy("Darf das Programm Meldungen bearbeiten?"),
        required=False,
        help_text=gettext_lazy("Dann stellt es Meldungen dieses Amtes auf „in Arbeit“ oder „erledigt“."),
    )
    shows_words = forms.BooleanField(
        label=gettext_lazy("Was das Programm dazu schreibt, ist gleich öffentlich"), required=False
    )
    hosts = ui.LongText(
        label=gettext_lazy("Von welchen Rechnern dürfen Bilder geholt werden?"),
        max_length=2000,
        rows=2,
        required=False,
        help_text=gettext_lazy(
            "Ein Name in jeder Zeile, etwa bilder.example.org. Sonst kommen Bilder nur mit der Meldung."
        ),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = [(one.slug, one.name(language)) for one in city.current().departments.values()]
        cast("forms.ChoiceField", self.fields["department"]).choices = [("", _("Nein, nur melden")), *offices]
