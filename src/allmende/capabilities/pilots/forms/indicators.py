"""The team's forms for indicators and their values."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.pilots.actions import IndicatorData
from allmende.capabilities.pilots.actions.indicators import UNIT_LIMIT
from allmende.capabilities.pilots.forms.fields import FigureField
from allmende.capabilities.pilots.models.indicators import EVIDENCE_LIMIT
from allmende.capabilities.pilots.models.portfolio import SUMMARY_LIMIT, TITLE_LIMIT
from allmende.core.refs import Ref
from allmende.engines.search.interface import Entry
from allmende.ui.forms import DateField, Form, KeptFile, LongText
from allmende.ui.forms.bilingual import both, offer

MEGABYTE = 1024 * 1024


class IndicatorForm(Form):
    """What is measured, how, from where to where."""

    title = forms.CharField(
        label=gettext_lazy("Was wird gemessen?"),
        max_length=TITLE_LIMIT,
        help_text=gettext_lazy("Zum Beispiel: Strom für die Straßenbeleuchtung."),
    )
    title_en = forms.CharField(
        label=gettext_lazy("Was wird gemessen? Auf Englisch"), max_length=TITLE_LIMIT, required=False
    )
    unit = forms.CharField(
        label=gettext_lazy("Einheit"),
        max_length=UNIT_LIMIT,
        help_text=gettext_lazy("Zum Beispiel: Prozent, Tage, kWh."),
    )
    unit_en = forms.CharField(label=gettext_lazy("Einheit auf Englisch"), max_length=UNIT_LIMIT, required=False)
    direction = forms.ChoiceField(
        label=gettext_lazy("Was ist besser?"),
        choices=[("higher", gettext_lazy("mehr")), ("lower", gettext_lazy("weniger"))],
        widget=forms.RadioSelect,
    )
    baseline = FigureField(label=gettext_lazy("Ausgangswert"))
    baseline_on = DateField(label=gettext_lazy("Ausgangswert gemessen am"))
    target = FigureField(label=gettext_lazy("Zielwert"))
    target_on = DateField(label=gettext_lazy("Zu erreichen bis zum"))
    formula = LongText(
        label=gettext_lazy("Wie wird gerechnet?"),
        max_length=SUMMARY_LIMIT,
        rows=3,
        help_text=gettext_lazy("In Worten, so dass man es nachrechnen kann."),
    )
    formula_en = LongText(
        label=gettext_lazy("Wie wird gerechnet? Auf Englisch"), max_length=SUMMARY_LIMIT, rows=3, required=False
    )
    source = LongText(label=gettext_lazy("Woher kommen die Zahlen?"), max_length=SUMMARY_LIMIT, rows=2)
    source_en = LongText(
        label=gettext_lazy("Woher kommen die Zahlen? Auf Englisch"), max_length=SUMMARY_LIMIT, rows=2, required=False
    )
    goals = forms.MultipleChoiceField(
        label=gettext_lazy("Welche Ziele der Strategie misst sie?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    series = forms.CharField(
        label=gettext_lazy("Zeitreihe der Datenplattform"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Leer, solange Werte von Hand eingetragen werden."),
    )

    def __init__(self, *args: Any, goals: Sequence[Entry], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if goals:
            offer(self, "goals", [(str(one.ref), one.title(language)) for one in goals])
        else:
            del self.fields["goals"]

    def facts(self) -> IndicatorData:
        """Of a valid form."""
        values = self.cleaned_data
        return IndicatorData(
            title=both(values, "title"),
            unit=both(values, "unit"),
            formula=both(values, "formula"),
            source=both(values, "source"),
            direction=values["direction"],
            baseline=values["baseline"],
            baseline_on=values["baseline_on"],
            target=values["target"],
            target_on=values["target_on"],
            goals=[Ref.parse(one) for one in values.get("goals", [])],
            series=values["series"],
        )


class ValueForm(Form):
    """A measured value, and where it can be checked."""

    value = FigureField(label=gettext_lazy("Wert"))
    measured_on = DateField(label=gettext_lazy("Gemessen am"))
    evidence = forms.CharField(
        label=gettext_lazy("Wo steht die Zahl?"),
        max_length=EVIDENCE_LIMIT,
        required=False,
        help_text=gettext_lazy("Zum Beispiel: Jahresbericht der Stadtwerke, Seite 12."),
    )
    evidence_url = forms.URLField(
        label=gettext_lazy("Link dorthin"), max_length=500, required=False, assume_scheme="https"
    )
    document = KeptFile(
        label=gettext_lazy("Nachweis als PDF"), max_size=20 * MEGABYTE, accept="application/pdf", required=False
    )
    document_summary = LongText(
        label=gettext_lazy("Was steht in dem PDF?"),
        max_length=2000,
        rows=3,
        required=False,
        help_text=gettext_lazy("Für Menschen, die das PDF nicht lesen können."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Warum ersetzt er einen anderen Wert?"),
        max_length=EVIDENCE_LIMIT,
        required=False,
        help_text=gettext_lazy("Nur nötig, wenn es für diesen Tag schon einen Wert gibt. Der alte bleibt lesbar."),
    )

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = _("Wert in %(unit)s") % {"unit": unit}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("document") and not values.get("document_summary"):
            self.add_error("document_summary", forms.ValidationError(_("Bitte sagen Sie kurz, was in dem PDF steht.")))
        return values
