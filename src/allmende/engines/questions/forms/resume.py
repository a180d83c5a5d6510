"""Going on elsewhere: a field for the code."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.engines.questions.rules import access
from allmende.ui import forms as ui


class ResumeForm(ui.Form):
    """The code that the page has shown; pasted or typed, with or without what stands between."""

    code = forms.CharField(
        label=gettext_lazy("Ihr Code"),
        max_length=60,
        help_text=gettext_lazy("Zwölf Buchstaben und Ziffern, zum Beispiel ACDE-FGH3-467K."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "size": 20}
        ),
    )

    def clean_code(self) -> Any:
        code = access.tidy(self.cleaned_data["code"])
        if len(code) != access.LENGTH:
            raise forms.ValidationError(_("Ein Code hat zwölf Zeichen. Bitte prüfen Sie ihn noch einmal."))
        return code
