"""What offices fill in for an official notice and for the election calendar."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.portal.models.elections import ElectionPeriod
from allmende.capabilities.portal.models.notices import TEXT_LIMIT, TITLE_LIMIT, Notice
from allmende.ui import forms as ui


class HourField(forms.TimeField):
    """An hour of the day, as „17:00“."""

    widget = forms.TimeInput(attrs={"type": "time", "class": "kern-form-input__input--short"}, format="%H:%M")


class NoticeForm(ui.Form):
    """The draft. Only office and title are needed to save it; the check asks for the rest."""

    department = forms.ChoiceField(label=gettext_lazy("Zuständiges Amt"))
    title = forms.CharField(label=gettext_lazy("Titel"), max_length=TITLE_LIMIT)
    text = ui.LongText(
        label=gettext_lazy("Voller Wortlaut"),
        max_length=TEXT_LIMIT,
        rows=18,
        required=False,
        help_text=gettext_lazy(
            "Leere Zeile: neuer Absatz. Zwei Rauten am Anfang einer Zeile: Überschrift. "
            "Satzungen stehen vollständig hier."
        ),
    )
    legal_basis = forms.CharField(
        label=gettext_lazy("Rechtsgrundlage"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Zum Beispiel: § 21 ThürKO in Verbindung mit § 7 der Hauptsatzung"),
    )
    signed_by = forms.CharField(
        label=gettext_lazy("Gezeichnet von"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Das Amt oder die Aufgabe, kein Name: Oberbürgermeisterin, Wahlleiter."),
    )
    paper_place = forms.CharField(
        label=gettext_lazy("Wo man es auf Papier lesen kann, und wann"), max_length=300, required=False
    )
    summary = ui.LongText(
        label=gettext_lazy("In einfachen Worten: Was heißt das für die Menschen?"),
        max_length=600,
        rows=3,
        required=False,
        help_text=gettext_lazy("Steht über dem Text und gehört nicht zum amtlichen Wortlaut."),
    )
    title_en = forms.CharField(label=gettext_lazy("Titel auf Englisch"), max_length=TITLE_LIMIT, required=False)
    summary_en = ui.LongText(
        label=gettext_lazy("In einfachen Worten, auf Englisch"), max_length=600, rows=3, required=False
    )
    online_until = ui.DateField(
        label=gettext_lazy("Letzter Tag, an dem der Text im Netz stehen darf"),
        required=False,
        help_text=gettext_lazy("Nur, wenn ein Gesetz das begrenzt. Leer heißt: unbegrenzt."),
    )

    def __init__(
        self,
        *args: Any,
        offices: Sequence[tuple[str, str]],
        zone: ZoneInfo,
        notice: Notice | None = None,
        **kwargs: Any,
    ) -> None:
        self.zone = zone
        if notice is not None:
            last = notice.online_until
            kwargs["initial"] = {
                **{name: getattr(notice, name) for name in NoticeForm.base_fields if hasattr(notice, name)},
                "summary": notice.summary.get("de", ""),
                "summary_en": notice.summary.get("en", ""),
                "online_until": (last - timedelta(microseconds=1)).astimezone(zone).date() if last else None,
            }
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["department"]).choices = list(offices)

    def fields_of_notice(self) -> dict[str, Any]:
        """The keyword arguments of `NoticeData`, without what it corrects."""
        values = self.cleaned_data
        until = values["online_until"]
        return {
            **{name: values[name] for name in ("department", "title", "text", "legal_basis", "signed_by")},
            "paper_place": values["paper_place"],
            "title_en": values["title_en"],
            "summary": {"de": values["summary"], "en": values["summary_en"]},
            "online_until": datetime.combine(until + timedelta(days=1), time(), self.zone) if until else None,
        }


class AnnexForm(ui.Form):
    """A PDF that belongs to the notice."""

    file = ui.KeptFile(
        label=gettext_lazy("Datei"),
        max_size=2**31,  # the door knows the city's limit
        accept="application/pdf,.pdf",
        help_text=gettext_lazy("Ein PDF ohne Kennwort. Am besten barrierefrei, also mit Lesezeichen und Text."),
    )
    title = forms.CharField(
        label=gettext_lazy("Name der Anlage"),
        max_length=200,
        help_text=gettext_lazy("Zum Beispiel: Plan der Innenstadt, Blatt 1."),
    )
    summary = ui.LongText(
        label=gettext_lazy("Was ist darin zu sehen oder zu lesen?"),
        max_length=1200,
        rows=4,
        help_text=gettext_lazy("Für alle, die die Datei nicht öffnen können. Zwei Sätze genügen."),
    )


class ProvideForm(ui.Form):
    """From when it stands. Empty: at once."""

    day = ui.DateField(
        label=gettext_lazy("Bereitstellungstag"),
        required=False,
        help_text=gettext_lazy("Leer heißt: sofort. Dieser Tag gilt als Tag der Bekanntmachung (ThürBekVO § 6)."),
    )
    hour = HourField(label=gettext_lazy("Nicht vor"), required=False, help_text=gettext_lazy("Auf die Minute genau."))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("hour") and not values.get("day") and "day" not in self.errors:
            self.add_error("day", _("Zu einer Uhrzeit gehört ein Tag."))
        return values

    def not_before(self, zone: ZoneInfo) -> datetime | None:
        day: date | None = self.cleaned_data["day"]
        return datetime.combine(day, self.cleaned_data["hour"] or time(), zone) if day else None


class WhyForm(ui.Form):
    """A sentence why."""

    reason = forms.CharField(label=gettext_lazy("Grund"), max_length=300)


class ElectionForm(ui.Form):
    """A period of restraint. Days: it begins in the morning and ends when the last day ends."""

    title = forms.CharField(label=gettext_lazy("Was wird gewählt?"), max_length=160)
    title_en = forms.CharField(label=gettext_lazy("Was wird gewählt, auf Englisch"), max_length=160, required=False)
    starts_on = ui.DateField(label=gettext_lazy("Erster Tag der Zurückhaltung"))
    ends_on = ui.DateField(label=gettext_lazy("Letzter Tag, meist der Wahltag"))
    reason = forms.CharField(
        label=gettext_lazy("Grund"),
        max_length=300,
        help_text=gettext_lazy("Lesen alle, deren Beitrag wartet. Zum Beispiel: sechs Wochen vor der Stadtratswahl."),
    )

    def __init__(self, *args: Any, zone: ZoneInfo, period: ElectionPeriod | None = None, **kwargs: Any) -> None:
        self.zone = zone
        if period is not None:
            kwargs["initial"] = {
                "title": period.title.get("de", ""),
                "title_en": period.title.get("en", ""),
                "starts_on": period.starts_at.astimezone(zone).date(),
                "ends_on": (period.ends_at - timedelta(microseconds=1)).astimezone(zone).date(),
                "reason": period.reason,
            }
        super().__init__(*args, **kwargs)

    FIELDS_OF_ACTION: Mapping[str, str] = {"starts_at": "starts_on", "ends_at": "ends_on"}

    def fields_of_period(self) -> dict[str, Any]:
        """The action's keyword arguments."""
        values = self.cleaned_data
        return {
            "title": {"de": values["title"], "en": values["title_en"]},
            "starts_at": datetime.combine(values["starts_on"], time(), self.zone),
            "ends_at": datetime.combine(values["ends_on"] + timedelta(days=1), time(), self.zone),
            "reason": values["reason"],
        }
