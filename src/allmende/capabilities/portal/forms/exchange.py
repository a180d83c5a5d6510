"""Which feeds of the official website are read."""

from django import forms
from django.utils.translation import gettext_lazy

from allmende.ui import forms as ui


class SourceForm(ui.Form):
    """One feed."""

    url = forms.CharField(
        label=gettext_lazy("Adresse des Feeds"),
        max_length=500,
        help_text=gettext_lazy("RSS oder Atom, beginnt mit https://"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    title = forms.CharField(
        label=gettext_lazy("Name der Quelle"),
        max_length=120,
        help_text=gettext_lazy("Steht bei jeder Nachricht, zum Beispiel: Amtliche Website der Stadt."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Sprache der Texte"), choices=[("de", "Deutsch"), ("en", "English")], initial="de"
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("Lesen und zeigen"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Ausgeschaltet verschwindet, was von dort kam."),
    )
