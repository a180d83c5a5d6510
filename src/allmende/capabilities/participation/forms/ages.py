"""Asking for an age group: never required, and the purpose beside the question."""

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.participation.workflow.ages import AGE_GROUPS
from allmende.ui import forms as ui

PURPOSE = gettext_lazy(
    "So sehen wir, welche Altersgruppen noch fehlen. Ihre Angabe zeigen wir nie, nur Zahlen ab fünf Menschen. "
    "Nach zwei Jahren löschen wir sie."
)


def age_field() -> forms.ChoiceField:
    """A list that begins with „keine Angabe“."""
    return forms.ChoiceField(
        label=gettext_lazy("Wie alt sind Sie?"),
        choices=[("", gettext_lazy("keine Angabe")), *((key.value, words) for key, words in AGE_GROUPS.items())],
        required=False,
        help_text=PURPOSE,
    )


class AgeForm(ui.Form):
    """One's age group for one project, to be stated, changed or taken back."""

    age_group = age_field()
