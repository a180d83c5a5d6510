"""The team's forms: structure, ordering, reasons."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.strategy.models import Field, Goal, Guideline
from allmende.capabilities.strategy.models.plan import REASON_LIMIT, TEXT_LIMIT, TITLE_LIMIT
from allmende.core import city
from allmende.core.refs import Ref
from allmende.ui.forms import Form, LongText
from allmende.ui.forms.bilingual import offer

NONE = "none"
"""As a goal: in none of them, with the reason."""


class FieldForm(Form):
    """A field of action."""

    title = forms.CharField(label=gettext_lazy("Name"), max_length=TITLE_LIMIT)
    title_en = forms.CharField(label=gettext_lazy("Name auf Englisch"), max_length=TITLE_LIMIT, required=False)
    summary = LongText(label=gettext_lazy("Worum es geht"), max_length=TEXT_LIMIT, rows=4)
    summary_en = LongText(
        label=gettext_lazy("Worum es geht, auf Englisch"), max_length=TEXT_LIMIT, rows=4, required=False
    )
    place = forms.IntegerField(
        label=gettext_lazy("Stelle in der Strategie"),
        min_value=1,
        max_value=99,
        help_text=gettext_lazy("Mit dieser Zahl beginnen die Nummern der Ziele, zum Beispiel 3.2."),
    )
    department = forms.ChoiceField(label=gettext_lazy("Zuständiges Amt"), required=False)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(slug, row.name(language)) for slug, row in city.current().departments.items()]
        offer(self, "department", [("", _("noch keines")), *names])


class GuidelineForm(Form):
    """A guideline of urban development."""

    title = forms.CharField(label=gettext_lazy("Name"), max_length=TITLE_LIMIT)
    title_en = forms.CharField(label=gettext_lazy("Name auf Englisch"), max_length=TITLE_LIMIT, required=False)
    text = LongText(label=gettext_lazy("Was sie sagt"), max_length=TEXT_LIMIT, rows=4)
    text_en = LongText(label=gettext_lazy("Was sie sagt, auf Englisch"), max_length=TEXT_LIMIT, rows=4, required=False)
    place = forms.IntegerField(label=gettext_lazy("Stelle in der Liste"), min_value=1, max_value=99)


class GoalForm(Form):
    """A goal with its measures, one a line."""

    field = forms.ChoiceField(label=gettext_lazy("Handlungsfeld"))
    title = forms.CharField(
        label=gettext_lazy("Ziel in einem Satz"),
        max_length=TITLE_LIMIT,
        help_text=gettext_lazy("Was ist anders, wenn es erreicht ist?"),
    )
    title_en = forms.CharField(label=gettext_lazy("Ziel auf Englisch"), max_length=TITLE_LIMIT, required=False)
    summary = LongText(label=gettext_lazy("Erklärung"), max_length=TEXT_LIMIT, rows=5)
    summary_en = LongText(label=gettext_lazy("Erklärung auf Englisch"), max_length=TEXT_LIMIT, rows=5, required=False)
    measures = LongText(
        label=gettext_lazy("Maßnahmen"),
        max_length=TEXT_LIMIT,
        rows=5,
        required=False,
        help_text=gettext_lazy("Eine in jeder Zeile. Englisch nach einem senkrechten Strich: Deutsch | English."),
    )
    guidelines = forms.MultipleChoiceField(
        label=gettext_lazy("Welchen Leitlinien dient das Ziel?"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self, *args: Any, fields: Sequence[Field], guidelines: Sequence[Guideline], language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "field", [(str(one.pk), f"{one.place}. {one.title.get(language) or one}") for one in fields])
        offer(self, "guidelines", [(str(one.pk), one.title.get(language) or str(one)) for one in guidelines])
        if not guidelines:
            del self.fields["guidelines"]

    def lines(self) -> list[dict[str, str]]:
        """The measures of a valid form."""
        found = []
        for row in self.cleaned_data["measures"].splitlines():
            german, _bar, english = row.partition("|")
            if german.strip():
                found.append({"de": german.strip(), "en": english.strip()})
        return found

    def chosen_guidelines(self) -> list[UUID]:
        return [UUID(one) for one in self.cleaned_data.get("guidelines", [])]


class ReasonForm(Form):
    """One sentence that everybody can read."""

    reason = LongText(
        label=gettext_lazy("Warum?"),
        max_length=REASON_LIMIT,
        rows=3,
        help_text=gettext_lazy("Ein Satz, den alle lesen können. Keine Namen von Personen."),
    )


class OrderForm(ReasonForm):
    """Which impulses go where, and why. The impulses are ticked in the list beside the form."""

    goal = forms.ChoiceField(label=gettext_lazy("In welches Ziel?"))
    field_order = ("goal", "reason")

    def __init__(self, *args: Any, goals: Sequence[Goal], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names: dict[str, list[tuple[str, str]]] = {}
        for one in goals:
            group = f"{one.field.place}. {one.field.title.get(language) or one.field}"
            names.setdefault(group, []).append((str(one.pk), f"{one.code} {one.title.get(language) or one}"))
        choices: list[Any] = [("", _("Bitte wählen"))]
        choices += list(names.items())
        choices.append((NONE, _("In keines: mit Begründung beantworten")))
        offer(self, "goal", choices)

    def chosen(self) -> list[Ref]:
        """What was ticked; what is no reference is left out, so that the action says that nothing was chosen."""
        return ticked(self, "impulses")


def ticked(form: Form, name: str) -> list[Ref]:
    """References of the checkboxes `name`."""
    data: Any = form.data
    found = []
    for text in data.getlist(name) if hasattr(data, "getlist") else []:
        try:
            found.append(Ref.parse(text))
        except ValueError:
            continue
    return found
