"""What offices say: a step with its words, a note, another kind or place, what everybody may read."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.rows import STEP_LIMIT
from allmende.capabilities.reports.models import DETAIL_LIMIT, WORDS_LIMIT, Category, Report
from allmende.capabilities.reports.workflow import State, Step
from allmende.core import city
from allmende.engines.places import interface as places
from allmende.ui import forms as ui


class ShowForm(ui.Form):
    """What everybody reads of a report."""

    publish = forms.ChoiceField(
        label=gettext_lazy("Wer darf die Meldung lesen?"),
        widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("alle")), ("no", gettext_lazy("nur die Stadt und wer es gemeldet hat"))],
    )
    public_words = ui.LongText(
        label=gettext_lazy("Was alle lesen"),
        max_length=WORDS_LIMIT,
        rows=4,
        required=False,
        help_text=gettext_lazy("Bitte Namen, Kennzeichen und Privates herausnehmen."),
    )
    with_image = forms.BooleanField(
        label=gettext_lazy("Das Foto zeigen"),
        required=False,
        help_text=gettext_lazy("Nur ohne Gesichter und Kennzeichen."),
    )

    def __init__(self, *args: Any, report: Report, has_image: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not report.category.publishes:
            for name in ("publish", "public_words", "with_image"):
                del self.fields[name]
        elif not has_image:
            del self.fields["with_image"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("publish") == "yes" and not str(values.get("public_words", "")).strip():
            self.add_error("public_words", _("Bitte schreiben Sie, was alle lesen."))
        return values

    @property
    def shown(self) -> dict[str, Any]:
        """The keyword arguments about it for `actions.move_report` and `show_report`; none where nobody is asked."""
        if "publish" not in self.fields:
            return {}
        values = self.cleaned_data
        return {"publish": values["publish"] == "yes", "public_words": values["public_words"] or None}


class StepForm(ShowForm):
    """One step of the workflow, with what it asks."""

    words = ui.LongText(
        label="",
        max_length=STEP_LIMIT,
        rows=4,
        required=False,
    )
    note = ui.LongText(
        label=gettext_lazy("Notiz für die Ämter"),
        max_length=STEP_LIMIT,
        rows=2,
        required=False,
        help_text=gettext_lazy("Das liest sonst niemand."),
    )
    department = forms.ChoiceField(label=gettext_lazy("Welches Amt bekommt es?"))
    field_order = ("department", "words", "publish", "public_words", "with_image", "note")

    def __init__(self, *args: Any, step: Step, report: Report, has_image: bool, language: str, **kwargs: Any) -> None:
        super().__init__(*args, report=report, has_image=has_image, **kwargs)
        if report.state != State.RECEIVED or step.target in {State.WAITING, State.REFUSED}:
            for name in ("publish", "public_words", "with_image"):
                self.fields.pop(name, None)
        self.fields["words"].label, self.fields["words"].required = step.ask, step.required
        self.fields["words"].help_text = (
            _("Das liest nur, wer es gemeldet hat.")
            if step.target in {State.WAITING, State.REFUSED}
            else _("Das lesen, wer es gemeldet hat, und alle, wenn die Meldung öffentlich ist.")
        )
        if step.to_office:
            offices = city.current().departments.values()
            cast("forms.ChoiceField", self.fields["department"]).choices = [
                (one.slug, one.name(language)) for one in offices if one.slug != report.department
            ]
        else:
            del self.fields["department"]


class NoteForm(ui.Form):
    """Something that only the offices read."""

    note = ui.LongText(label=gettext_lazy("Notiz für die Ämter"), max_length=STEP_LIMIT, rows=2)


class CorrectForm(ui.Form):
    """Another kind or place."""

    category = forms.ChoiceField(label=gettext_lazy("Was für ein Schaden ist es?"))
    place = places.PlaceField(label=gettext_lazy("Wo ist es?"))
    detail = forms.CharField(label=gettext_lazy("Wo genau?"), max_length=DETAIL_LIMIT, required=False)

    def __init__(self, *args: Any, offered: Sequence[Category], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["category"]).choices = [
            (one.slug, one.name(language)) for one in offered if not one.elsewhere
        ]


class MergeForm(ui.Form):
    """Which report it is the same as."""

    main = forms.IntegerField(
        label=gettext_lazy("Nummer der anderen Meldung"),
        min_value=1,
        max_value=2**62,
        widget=forms.NumberInput(attrs={"class": "kern-form-input__input--short", "inputmode": "numeric"}),
    )
