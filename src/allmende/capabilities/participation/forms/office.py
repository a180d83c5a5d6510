"""What offices say: answer, next step, a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.participation import workflow
from allmende.capabilities.participation.forms.choices import choose, departments
from allmende.capabilities.participation.models import (
    BODY_LIMIT,
)
from allmende.ui import forms as ui


class AnswerForm(ui.Form):
    """The city's answer."""

    outcome = forms.ChoiceField(label=gettext_lazy("Was antwortet die Stadt?"), widget=forms.RadioSelect)
    text = ui.LongText(
        label=gettext_lazy("Antwort mit Grund"),
        max_length=BODY_LIMIT,
        rows=7,
        help_text=gettext_lazy(
            "In klaren Worten, ohne Amtsdeutsch. Die Verfasserin oder der Verfasser liest das zuerst."
        ),
    )
    alternative = ui.LongText(
        label=gettext_lazy("Was geht stattdessen?"),
        max_length=2000,
        rows=3,
        required=False,
        help_text=gettext_lazy("Gehört zu jedem Nein."),
    )
    ask_again_on = ui.DateField(
        label=gettext_lazy("Ab wann kann man wieder fragen?"),
        required=False,
        help_text=gettext_lazy("Gehört zu jedem Nein."),
    )
    next_step = forms.CharField(
        label=gettext_lazy("Was geschieht als Nächstes?"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Leer heißt bei einem Ja: Das Amt berichtet in 90 Tagen, wie weit es ist."),
    )
    due_on = ui.DateField(label=gettext_lazy("Bis wann?"), required=False)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(
            self,
            "outcome",
            [(outcome.value, texts.get(language) or texts["de"]) for outcome, texts in workflow.OUTCOMES.items()],
        )


class NextStepForm(ui.Form):
    """What happens next, who sees to it, until when."""

    next_step = forms.CharField(label=gettext_lazy("Was geschieht als Nächstes?"), max_length=300)
    next_step_en = forms.CharField(label=gettext_lazy("Dasselbe auf Englisch"), max_length=300, required=False)
    due_on = ui.DateField(label=gettext_lazy("Bis wann?"))
    department = forms.ChoiceField(label=gettext_lazy("Zuständiges Amt"))

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "department", departments(language))


class ReasonForm(ui.Form):
    """A sentence why."""

    reason = forms.CharField(label=gettext_lazy("Grund"), max_length=300, required=False)
