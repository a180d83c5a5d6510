"""How results are told apart and weighted; what an editor says to a finding; topics of open answers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from allmende.ui import forms as ui

OUT, NEW = "out", "new"


class EvaluateForm(ui.Form):
    """What the job computes."""

    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Wonach sollen sich Ergebnisse unterscheiden lassen?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Höchstens sechs Fragen. Kleine Gruppen werden zusammengefasst."),
    )
    weigh_by = forms.MultipleChoiceField(
        label=gettext_lazy("Wonach wird gewichtet?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nur Fragen, deren Verteilung in der Einwohnerstatistik steht."),
    )

    def __init__(
        self, *args: Any, groups: Sequence[tuple[str, str]], margins: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("groups", groups), ("weigh_by", margins)):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = list(choices)
            if not choices:
                del self.fields[name]


class JudgeForm(ui.Form):
    """Held back or not, and a word to it."""

    held = forms.BooleanField(
        label=gettext_lazy("Zurückhalten"),
        required=False,
        help_text=gettext_lazy("Dann steht die Frage auf keiner öffentlichen Seite und in keiner Datei."),
    )
    note = ui.LongText(
        label=gettext_lazy("Anmerkung der Redaktion"),
        max_length=1000,
        rows=3,
        required=False,
        help_text=gettext_lazy("Zum Beispiel, was man beim Lesen wissen muss. Steht öffentlich beim Ergebnis."),
    )
    note_en = ui.LongText(label=gettext_lazy("Dasselbe auf Englisch"), max_length=1000, rows=3, required=False)


class TopicForm(ui.Form):
    """A topic's name, and whether it is shown."""

    title = forms.CharField(label=pgettext_lazy("surveys", "Name des Themas"), max_length=160)
    title_en = forms.CharField(label=gettext_lazy("Name auf Englisch"), max_length=160, required=False)
    is_released = forms.BooleanField(
        label=gettext_lazy("Freigeben"),
        required=False,
        help_text=gettext_lazy("Freigegebene Themen stehen mit ihrer Zahl im Ergebnis, die Antworten selbst nie."),
    )


class MoveForm(ui.Form):
    """Where the ticked answers go, or the whole topic. The answers are checkboxes `answers` of the list."""

    target = forms.ChoiceField(label=gettext_lazy("Wohin mit den ausgewählten Antworten?"))

    def __init__(self, *args: Any, topics: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*topics, (NEW, pgettext("surveys", "in ein neues Thema")), (OUT, _("in kein Thema"))]

    @property
    def chosen(self) -> list[str]:
        """The ids that were ticked; what is no id is left out."""
        found = []
        for text in self.data.getlist("answers") if hasattr(self.data, "getlist") else []:
            try:
                found.append(str(UUID(text)))
            except ValueError:
                continue
        return found[:5000]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.chosen:
            self.add_error("target", _("Bitte wählen Sie mindestens eine Antwort aus."))
        return values
