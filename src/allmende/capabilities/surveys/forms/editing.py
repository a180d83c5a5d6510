"""What an editor fills in for a survey, and the steps that somebody takes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from allmende.capabilities.surveys import workflow
from allmende.capabilities.surveys.actions import SurveyData
from allmende.capabilities.surveys.models import CONTRACT_FIELDS, Survey
from allmende.capabilities.surveys.models.surveys import PRIVACY_FIELDS
from allmende.core import city
from allmende.ui import forms as ui

LABELS: Mapping[str, Any] = {
    "what_is_open": gettext_lazy("Was ist offen?"),
    "decided_already": gettext_lazy("Was steht schon fest?"),
    "who_decides": gettext_lazy("Wer entscheidet?"),
    "when_decided": gettext_lazy("Wann wird entschieden?"),
    "what_it_changes": gettext_lazy("Was ändert das Ergebnis?"),
    "purpose": gettext_lazy("Wozu werden die Antworten gebraucht?"),
    "legal_basis": gettext_lazy("Auf welcher Rechtsgrundlage?"),
}
PARTS_OF_QUOTA = 2


def both(values: Mapping[str, Any], name: str) -> dict[str, str]:
    """The German and the English text of a pair of fields, without empty ones."""
    texts = {"de": values.get(name, ""), "en": values.get(f"{name}_en", "")}
    return {language: text for language, text in texts.items() if text}


class SurveyForm(ui.Form):
    """A survey's own data; the questions are made in the builder."""

    title = forms.CharField(label=gettext_lazy("Titel"), max_length=160)
    title_en = forms.CharField(label=gettext_lazy("Titel auf Englisch"), max_length=160, required=False)
    version = forms.ChoiceField(label=gettext_lazy("Welcher Fragebogen?"))
    summary = ui.LongText(label=gettext_lazy("Worum geht es, in zwei Sätzen?"), max_length=600, rows=3, required=False)
    summary_en = ui.LongText(label=gettext_lazy("Dasselbe auf Englisch"), max_length=600, rows=3, required=False)
    asked_by = forms.CharField(
        label=gettext_lazy("Wer fragt mit?"), max_length=160, required=False,
        help_text=gettext_lazy("Zum Beispiel die Hochschule, die auswertet."),
    )  # fmt: skip
    asked_by_en = forms.CharField(label=gettext_lazy("Wer fragt mit, auf Englisch"), max_length=160, required=False)
    department = forms.ChoiceField(label=gettext_lazy("Zuständiges Amt"), required=False)
    access = forms.ChoiceField(label=gettext_lazy("Wer darf antworten?"), widget=forms.RadioSelect)
    opens_on = ui.DateField(label=gettext_lazy("Erster Tag"), required=False)
    closes_on = ui.DateField(
        label=gettext_lazy("Letzter Tag"), required=False,
        help_text=gettext_lazy("Bis zum Ende dieses Tages kann man antworten."),
    )  # fmt: skip
    minutes = forms.IntegerField(label=gettext_lazy("Wie viele Minuten dauert es?"), min_value=1, max_value=120)
    grace_minutes = forms.IntegerField(
        label=gettext_lazy("Minuten nach dem Ende"), min_value=0, max_value=1440,
        help_text=gettext_lazy("So lange kann noch absenden, wer vorher begonnen hat."),
    )  # fmt: skip
    paper_days = forms.IntegerField(
        label=gettext_lazy("Tage für Papier nach dem Ende"), min_value=0, max_value=60,
        help_text=gettext_lazy("So lange können rechtzeitig eingegangene Bögen eingegeben werden."),
    )  # fmt: skip
    quota = forms.IntegerField(
        label=gettext_lazy("Höchstzahl der Antworten"), min_value=1, max_value=10_000_000, required=False,
        help_text=gettext_lazy("Leer heißt: keine."),
    )  # fmt: skip
    quotas = ui.LongText(
        label=gettext_lazy("Genug Antworten einer Art"), max_length=2000, rows=3, required=False,
        help_text=gettext_lazy("Eine je Zeile: Name der Frage, Name der Antwort, Zahl. Zum Beispiel: alter 65plus 200"),
    )  # fmt: skip
    retention_days = forms.IntegerField(
        label=gettext_lazy("Nach wie vielen Tagen werden die einzelnen Antworten gelöscht?"),
        min_value=1, max_value=3650, help_text=gettext_lazy("Gezählt ab dem Ende. Die Ergebnisse bleiben."),
    )  # fmt: skip
    consent = ui.LongText(
        label=gettext_lazy("Einwilligung, der man vorher zustimmt"), max_length=2000, rows=3, required=False,
        help_text=gettext_lazy("Nur, wenn die Rechtsgrundlage eine Einwilligung ist. Jede Änderung ist eine Fassung."),
    )  # fmt: skip
    consent_en = ui.LongText(label=gettext_lazy("Einwilligung auf Englisch"), max_length=2000, rows=3, required=False)
    wave_of = forms.ChoiceField(label=gettext_lazy("Frühere Umfrage mit denselben Fragen"), required=False)

    def __init__(
        self, *args: Any, survey: Survey | None, versions: Sequence[tuple[UUID, str]], waves: Sequence[Survey],
        language: str, zone: ZoneInfo, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.survey, self.zone = survey, zone
        super().__init__(*args, initial=self._initial(survey), **kwargs)
        for name in (*CONTRACT_FIELDS, *PRIVACY_FIELDS):
            self.fields[name] = ui.LongText(label=LABELS[name], max_length=600, rows=2, required=False)
            english = _("%(question)s (englisch)") % {"question": LABELS[name]}
            self.fields[f"{name}_en"] = ui.LongText(label=english, max_length=600, rows=2, required=False)
        self._choose("version", [(str(key), name) for key, name in versions])
        self._choose("access", [(one.value, workflow.ACCESS_WORDS[one][language]) for one in workflow.Access])
        offices = [(slug, office.name(language)) for slug, office in city.current().departments.items()]
        self._choose("department", [("", pgettext("surveys", "noch offen")), *offices])
        earlier = [(str(one.pk), one.title.get(language) or str(one)) for one in waves]
        self._choose("wave_of", [("", _("keine")), *earlier])

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def _initial(self, survey: Survey | None) -> dict[str, Any]:
        if survey is None:
            return {"access": "open", "minutes": 10, "grace_minutes": 60, "paper_days": 0, "retention_days": 365}
        values: dict[str, Any] = {
            name: getattr(survey, name)
            for name in ("department", "access", "minutes", "grace_minutes", "paper_days", "quota", "retention_days")
        }
        for name in ("title", "summary", "asked_by"):
            texts = getattr(survey, name)
            values[name], values[f"{name}_en"] = texts.get("de", ""), texts.get("en", "")
        for column, names in (("contract", CONTRACT_FIELDS), ("privacy", PRIVACY_FIELDS)):
            for name in names:
                texts = getattr(survey, column).get(name, {})
                values[name], values[f"{name}_en"] = texts.get("de", ""), texts.get("en", "")
        last = survey.consents.order_by("-edition").first()
        values["consent"] = last.text.get("de", "") if last else ""
        values["consent_en"] = last.text.get("en", "") if last else ""
        values["version"], values["wave_of"] = str(survey.version_id), str(survey.wave_of_id or "")
        values["quotas"] = "\n".join(f"{one['question']} {one['option']} {one['most']}" for one in survey.quotas)
        values["opens_on"] = survey.opens_at and survey.opens_at.astimezone(self.zone).date()
        ends = survey.closes_at and survey.closes_at - timedelta(microseconds=1)
        values["closes_on"] = ends and ends.astimezone(self.zone).date()
        return values

    def clean_quotas(self) -> list[dict[str, Any]]:
        """Rows of question, option, number. Raises ValidationError that names the first line that is none."""
        found = []
        for number, line in enumerate(self.cleaned_data["quotas"].splitlines(), 1):
            parts = line.split()
            if not parts:
                continue
            if len(parts) != PARTS_OF_QUOTA + 1 or not parts[2].isdecimal() or not 0 < int(parts[2]) < 10**7:
                raise forms.ValidationError(
                    _("Zeile %(n)s: Bitte schreiben Sie Frage, Antwort und Zahl.") % {"n": number}
                )
            found.append({"question": parts[0], "option": parts[1], "most": int(parts[2])})
        return found

    def _start(self, day: date | None, before: datetime | None) -> datetime | None:
        if day is None:
            return None
        if before is not None and before.astimezone(self.zone).date() == day:
            return before
        return datetime.combine(day, time(), self.zone)

    def data_of_survey(self) -> SurveyData:
        """What the action takes; call it on a valid form."""
        values, survey = self.cleaned_data, self.survey
        closes = values["closes_on"]
        return SurveyData(
            title=both(values, "title"),
            version_id=UUID(values["version"]),
            summary=both(values, "summary"),
            contract={name: both(values, name) for name in CONTRACT_FIELDS},
            privacy={name: both(values, name) for name in PRIVACY_FIELDS},
            consent=both(values, "consent"),
            asked_by=both(values, "asked_by"),
            department=values["department"],
            access=values["access"],
            opens_at=self._start(values["opens_on"], survey.opens_at if survey else None),
            closes_at=self._start(closes + timedelta(days=1) if closes else None, survey.closes_at if survey else None),
            minutes=values["minutes"],
            grace_minutes=values["grace_minutes"],
            paper_days=values["paper_days"],
            quota=values["quota"],
            quotas=values["quotas"],
            retention_days=values["retention_days"],
            wave_of=UUID(values["wave_of"]) if values["wave_of"] else None,
            is_example=survey.is_example if survey else False,
            is_simulated=survey.is_simulated if survey else False,
        )

    FIELDS_OF_ACTION: Mapping[str, str] = {"opens_at": "opens_on", "closes_at": "closes_on"}
    """How the action's fields are called here."""


class StepForm(ui.Form):
    """A step that cannot be taken back by itself."""

    sure = forms.BooleanField(label=gettext_lazy("Ich habe alles gelesen und bin sicher."), required=True)
