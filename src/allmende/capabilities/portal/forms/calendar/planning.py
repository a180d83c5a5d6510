"""What organisers fill in: an event, a series, what was said afterwards, a file to read in."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.actions.calendar.importing import LARGEST
from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.rules.calendar import recurrence
from allmende.capabilities.portal.workflow.calendar import ACCESS, AIDS, KINDS, LANGUAGES, Texts, word
from allmende.core import city
from allmende.core.refs import Ref
from allmende.ui import forms as ui

BOTH = ("title", "summary", "description", "place", "access_note", "organiser", "costs")
"""Texts of the city: a German field and an English one."""
SCOPES = [
    (actions.THIS, gettext_lazy("nur für diesen Termin")),
    (actions.FOLLOWING, gettext_lazy("für diesen und alle folgenden der Reihe")),
    (actions.ALL, gettext_lazy("für alle kommenden Termine der Reihe")),
]


type Row = str | tuple[str, ...]
PARTS: Sequence[tuple[Any, Sequence[Row]]] = (
    ("", ("scope",)),
    (
        gettext_lazy("Was"),
        ("kind", ("title", "title_en"), ("summary", "summary_en"), ("description", "description_en"), "link"),
    ),
    (
        gettext_lazy("Wann"),
        (("day", "last_day", "starts", "ends"), "all_day", "weekdays", ("interval", "until", "count"), "left_out"),
    ),
    (
        gettext_lazy("Wo"),
        (("place", "place_en"), ("address", "district"), "online_url", "access", ("access_note", "access_note_en")),
    ),
    (gettext_lazy("Wer lädt ein?"), ("department", ("organiser", "organiser_en"), "groups")),
    (gettext_lazy("Sprachen und Hilfen"), ("languages", "aids", "aids_on_request", "aids_until")),
    (
        gettext_lazy("Anmeldung und Kosten"),
        ("registration", ("capacity", "registration_until"), ("costs", "costs_en")),
    ),
)
"""The fields of an event as one fills them in: a heading and rows, those of a tuple beside each other."""
ORDER = tuple(name for _heading, rows in PARTS for row in rows for name in (row if isinstance(row, tuple) else (row,)))


class TimeField(forms.TimeField):
    """An hour of the day, as „17:00“."""

    widget = forms.TimeInput(attrs={"type": "time", "class": "kern-form-input__input--short"}, format="%H:%M")


def _choices(texts: Mapping[Any, Texts], language: str) -> list[tuple[str, str]]:
    return [(str(key), word(words, language)) for key, words in texts.items()]


def _choose(form: forms.Form, name: str, pairs: Sequence[tuple[str, Any]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = list(pairs)


def _many(label: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class EventForm(ui.Form):
    """One event, everything on one page."""

    kind = forms.ChoiceField(label=gettext_lazy("Was ist das?"))
    title = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    title_en = forms.CharField(label=gettext_lazy("Name auf Englisch"), max_length=160, required=False)
    summary = forms.CharField(label=gettext_lazy("In einem Satz"), max_length=240, required=False)
    summary_en = forms.CharField(label=gettext_lazy("In einem Satz, auf Englisch"), max_length=240, required=False)
    description = ui.LongText(label=gettext_lazy("Worum es geht"), max_length=5000, rows=6, required=False)
    description_en = ui.LongText(
        label=gettext_lazy("Worum es geht, auf Englisch"), max_length=5000, rows=4, required=False
    )
    day = ui.DateField(label=pgettext_lazy("event", "Tag"))
    last_day = ui.DateField(
        label=gettext_lazy("Letzter Tag"), required=False, help_text=gettext_lazy("Nur wenn es mehrere Tage dauert.")
    )
    all_day = forms.BooleanField(label=gettext_lazy("Es dauert ganze Tage"), required=False)
    starts = TimeField(label=gettext_lazy("Beginn"), required=False)
    ends = TimeField(label=gettext_lazy("Ende"), required=False)
    place = forms.CharField(label=gettext_lazy("Ort"), max_length=200, required=False)
    place_en = forms.CharField(label=gettext_lazy("Ort, auf Englisch"), max_length=200, required=False)
    address = forms.CharField(
        label=gettext_lazy("Straße und Hausnummer, Postleitzahl, Stadt"), max_length=200, required=False
    )
    district = forms.ChoiceField(label=gettext_lazy("Stadtteil"), required=False)
    access = _many(gettext_lazy("Wie kommt man hinein und zurecht?"))
    access_note = forms.CharField(
        label=gettext_lazy("Noch etwas zum Zugang"), max_length=240, required=False,
        help_text=gettext_lazy("Eingang von der Hofseite, Klingel, Rampe."),
    )  # fmt: skip
    access_note_en = forms.CharField(
        label=gettext_lazy("Noch etwas zum Zugang, auf Englisch"), max_length=240, required=False
    )
    online_url = forms.URLField(label=gettext_lazy("Adresse im Netz"), required=False, assume_scheme="https")
    department = forms.ChoiceField(label=gettext_lazy("Welches Amt lädt ein?"))
    organiser = forms.CharField(label=gettext_lazy("Mit wem zusammen?"), max_length=160, required=False)
    organiser_en = forms.CharField(label=gettext_lazy("Mit wem zusammen, auf Englisch"), max_length=160, required=False)
    groups = _many(gettext_lazy("Gehört zu"))
    languages = _many(gettext_lazy("In welchen Sprachen?"))
    aids = _many(gettext_lazy("Das gibt es auf jeden Fall"))
    aids_on_request = _many(gettext_lazy("Das kann man anfragen"))
    aids_until = ui.DateField(
        label=gettext_lazy("Anfragen bis"), required=False, help_text=gettext_lazy("Einschließlich dieses Tages.")
    )
    costs = forms.CharField(
        label=gettext_lazy("Kosten"), max_length=160, required=False, help_text=gettext_lazy("Leer heißt kostenfrei.")
    )
    costs_en = forms.CharField(label=gettext_lazy("Kosten, auf Englisch"), max_length=160, required=False)
    link = forms.URLField(label=gettext_lazy("Mehr dazu im Netz"), required=False, assume_scheme="https")
    registration = forms.BooleanField(label=gettext_lazy("Man meldet sich an"), required=False)
    capacity = forms.IntegerField(
        label=gettext_lazy("Plätze"), min_value=1, max_value=100_000, required=False,
        help_text=gettext_lazy(
            "Leer heißt: alle, die kommen. Sonst gibt es eine Warteliste, die von selbst nachrückt."
        ),
    )  # fmt: skip
    registration_until = ui.DateField(
        label=gettext_lazy("Anmelden bis"), required=False,
        help_text=gettext_lazy("Einschließlich dieses Tages. Leer heißt: bis es beginnt."),
    )  # fmt: skip

    FIELDS_OF_ACTION: Mapping[str, str] = {"starts_at": "starts", "ends_at": "ends"}
    field_order: Sequence[str] = ORDER

    def parts(self) -> list[tuple[Any, list[list[forms.BoundField]]]]:
        """Heading and rows of fields, without what this form does not have."""
        found = []
        for heading, rows in PARTS:
            names = [row if isinstance(row, tuple) else (row,) for row in rows]
            there = [[self[name] for name in row if name in self.fields] for row in names]
            if any(there):
                found.append((heading, [row for row in there if row]))
        return found

    def __init__(
        self,
        *args: Any,
        event: CalendarEvent | None = None,
        departments: set[str] | None,
        groups: Sequence[tuple[str, str]],
        language: str,
        zone: ZoneInfo,
        **kwargs: Any,
    ) -> None:
        self.zone, self.event = zone, event
        if event is not None:
            kwargs["initial"] = initial(event, zone)
        super().__init__(*args, **kwargs)
        here = city.current()
        offices = [
            (slug, office.name(language))
            for slug, office in here.departments.items()
            if departments is None or slug in departments
        ]
        districts = sorted((district.name, slug) for slug, district in here.districts.items())
        _choose(self, "kind", _choices(KINDS, language))
        _choose(self, "department", offices)
        _choose(self, "district", [("", _("nicht angegeben")), *((slug, name) for name, slug in districts)])
        for name, texts in (("access", ACCESS), ("languages", LANGUAGES), ("aids", AIDS), ("aids_on_request", AIDS)):
            _choose(self, name, _choices(texts, language))
        if groups:
            _choose(self, "groups", groups)
        else:
            del self.fields["groups"]
        if event is None:
            self.fields["languages"].initial = ["de"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not values.get("all_day"):
            for name, sentence in (("starts", _("Wann geht es los?")), ("ends", _("Wann ist Schluss?"))):
                if name not in self.errors and values.get(name) is None:
                    self.add_error(name, sentence)
        day, last = values.get("day"), values.get("last_day")
        if day and last and last < day:
            self.add_error("last_day", _("Der letzte Tag liegt vor dem ersten."))
        return values

    def _end_of(self, day: date | None, starts: datetime, before: datetime | None) -> datetime | None:
        """The end of a day, or the beginning of the event on that very day; what stands stays while its day does."""
        if day is None:
            return None
        if before is not None and (before - timedelta(microseconds=1)).astimezone(self.zone).date() == day:
            return min(before, starts)
        ends = datetime.combine(day + timedelta(days=1), time(), self.zone)
        return min(ends, starts) if day == starts.astimezone(self.zone).date() else ends

    def event_data(self) -> actions.EventData:
        """What the action takes; call it on a valid form."""
        values = self.cleaned_data
        last = values["last_day"] or values["day"]
        if values["all_day"]:
            starts = datetime.combine(values["day"], time(), self.zone)
            ends = datetime.combine(last + timedelta(days=1), time(), self.zone)
        else:
            starts = datetime.combine(values["day"], values["starts"], self.zone)
            ends = datetime.combine(last, values["ends"], self.zone)
            if ends < starts and values["last_day"] is None:
                ends = datetime.combine(last + timedelta(days=1), values["ends"], self.zone)
        before = self.event
        kept = [row.ref for row in before.about.all() if row.kind != "group"] if before else []
        texts = {name: {"de": values.get(name) or "", "en": values.get(f"{name}_en") or ""} for name in BOTH}
        words = (values["address"], texts["place"]["de"])
        same_spot = before is not None and words == (before.address, before.place.get("de", ""))
        return actions.EventData(
            **texts,
            kind=values["kind"],
            starts_at=starts,
            ends_at=ends,
            all_day=values["all_day"],
            address=values["address"],
            district=values["district"],
            longitude=before.longitude if before and same_spot else None,
            latitude=before.latitude if before and same_spot else None,
            access=values["access"],
            online_url=values["online_url"],
            department=values["department"],
            languages=values["languages"],
            aids=values["aids"],
            aids_on_request=values["aids_on_request"],
            aids_until=self._end_of(values["aids_until"], starts, before.aids_until if before else None),
            link=values["link"],
            registration=values["registration"],
            capacity=values["capacity"] if values["registration"] else None,
            registration_until=self._end_of(
                values["registration_until"], starts, before.registration_until if before else None
            ),
            about=[*kept, *(Ref.parse(f"participation/group/{id_}") for id_ in values.get("groups", ()))],
        )


def initial(event: CalendarEvent, zone: ZoneInfo) -> dict[str, Any]:
    """The form's values for an event that is there."""
    starts, ends = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    last = (event.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    overnight = not event.all_day and last == starts.date() + timedelta(days=1) and ends.time() < starts.time()
    values: dict[str, Any] = {
        "day": starts.date(),
        "last_day": last if last != starts.date() and not overnight else None,
        "starts": None if event.all_day else starts.time(),
        "ends": None if event.all_day else ends.time(),
        "groups": [str(row.object_id) for row in event.about.all() if row.kind == "group"],
    }
    for name in ("kind", "all_day", "address", "district", "access", "online_url", "department", "languages", "aids",
                 "aids_on_request", "link", "registration", "capacity"):  # fmt: skip
        values[name] = getattr(event, name)
    for name in ("aids_until", "registration_until"):
        instant = getattr(event, name)
        values[name] = (instant - timedelta(microseconds=1)).astimezone(zone).date() if instant else None
    for name in BOTH:
        texts = getattr(event, name)
        values[name], values[f"{name}_en"] = texts.get("de", ""), texts.get("en", "")
    return values


class NewEventForm(EventForm):
    """An event, or with weekdays a series."""

    weekdays = _many(
        gettext_lazy("Wiederholt sich jede Woche am"), gettext_lazy("Nichts ankreuzen heißt: ein einziger Termin.")
    )
    interval = forms.IntegerField(
        label=gettext_lazy("Alle wie viele Wochen?"),
        min_value=1,
        max_value=recurrence.WIDEST,
        initial=1,
        required=False,
    )
    until = ui.DateField(label=gettext_lazy("Wiederholt sich bis"), required=False)
    count = forms.IntegerField(
        label=gettext_lazy("Oder: wie oft?"), min_value=1, max_value=recurrence.MOST, required=False
    )
    left_out = ui.LongText(
        label=gettext_lazy("Diese Tage fallen aus"), rows=3, max_length=2000, required=False,
        help_text=gettext_lazy("Ein Tag je Zeile, zum Beispiel 24.12.2026."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from allmende.capabilities.portal.views.calendar.pages import WEEKDAYS

        _choose(self, "weekdays", [(str(number), name) for number, name in enumerate(WEEKDAYS)])

    def clean_left_out(self) -> list[date]:
        found = []
        for line in self.cleaned_data["left_out"].splitlines():
            if line.strip():
                try:
                    found.append(ui.DateField().clean(line.strip()))
                except forms.ValidationError:
                    raise forms.ValidationError(_("„%(line)s“ ist kein Tag.") % {"line": line.strip()[:40]}) from None
        return found

    def rule(self) -> recurrence.Rule | None:
        """The repetition; None for a single event."""
        values = self.cleaned_data
        if not values["weekdays"]:
            return None
        return recurrence.Rule(
            days=tuple(sorted(int(day) for day in values["weekdays"])),
            interval=values["interval"] or 1,
            until=values["until"],
            count=values["count"],
        )


class ScopedForm(ui.Form):
    """Asks, for a date of a series, for which dates something is meant."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Für welche Termine gilt das?"),
        choices=SCOPES,
        widget=forms.RadioSelect,
        initial=actions.THIS,
    )

    def __init__(self, *args: Any, series: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not series:
            del self.fields["scope"]

    @property
    def chosen_scope(self) -> str:
        return str(self.cleaned_data.get("scope") or actions.THIS)


class EditEventForm(ScopedForm, EventForm):
    """Changing an event, or a series from this date on."""


class PublishForm(ScopedForm):
    """When everybody sees it."""

    day = ui.DateField(
        label=gettext_lazy("Erst sichtbar ab"), required=False, help_text=gettext_lazy("Leer heißt: sofort.")
    )
    hour = TimeField(label=gettext_lazy("Uhrzeit"), required=False)


class CancelForm(ScopedForm):
    """Why an event does not take place."""

    reason = forms.CharField(
        label=gettext_lazy("Warum?"),
        max_length=300,
        help_text=gettext_lazy("Das lesen alle, die sich angemeldet haben, und es steht auf der Seite."),
    )
    field_order = ("reason", "scope")


class CopyForm(ui.Form):
    """On which day the copy takes place."""

    day = ui.DateField(label=gettext_lazy("Neuer Tag"))


MARK = re.compile(r"^(?:(\d{1,2}):)?(\d{1,3}):(\d{2})\s+(.+)$")


class ReviewForm(ui.Form):
    """What was said: for those who were not there."""

    review = ui.LongText(
        label=gettext_lazy("Das Wichtigste in Worten"), max_length=4000, rows=6, required=False,
        help_text=gettext_lazy("Welche Interessen kamen zu Wort, welche nicht, was folgt daraus?"),
    )  # fmt: skip
    review_en = ui.LongText(
        label=gettext_lazy("Das Wichtigste in Worten, auf Englisch"), max_length=4000, rows=4, required=False
    )
    recording_url = forms.URLField(
        label=gettext_lazy("Adresse der Aufzeichnung"), required=False, assume_scheme="https"
    )
    chapters = ui.LongText(
        label=gettext_lazy("Kapitel"), max_length=4000, rows=5, required=False,
        help_text=gettext_lazy(
            "Eines je Zeile: Zeit, dann die Überschrift, nach einem Strich auf Englisch. 12:30 Fragen | Questions"
        ),
    )  # fmt: skip

    def clean_chapters(self) -> list[dict[str, Any]]:
        marks: list[dict[str, Any]] = []
        for line in self.cleaned_data["chapters"].splitlines():
            if not line.strip():
                continue
            found = MARK.match(line.strip())
            if found is None:
                raise forms.ValidationError(
                    _("Bitte so schreiben: 12:30 Fragen. Nicht lesbar: „%(line)s“") % {"line": line[:40]}
                )
            hours, minutes, seconds, title = found.groups()
            german, _bar, english = (part.strip() for part in title.partition("|"))
            mark: dict[str, Any] = {"at": int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds), "de": german[:160]}
            marks.append({**mark, **({"en": english[:160]} if english else {})})
        return marks


def chapter_lines(marks: Sequence[Mapping[str, Any]]) -> str:
    """The inverse of `clean_chapters`."""
    lines = []
    for mark in marks:
        hours, rest = divmod(int(mark["at"]), 3600)
        clock = f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
        lines.append(f"{clock} {mark.get('de', '')}" + (f" | {mark['en']}" if mark.get("en") else ""))
    return "\n".join(lines)


class ImportForm(ui.Form):
    """A calendar file, and whose events these are."""

    file = ui.KeptFile(
        label=gettext_lazy("Kalenderdatei"), max_size=LARGEST, accept=".ics,text/calendar",
        help_text=gettext_lazy("Eine Datei, die auf .ics endet, höchstens 2 MB."),
    )  # fmt: skip
    department = forms.ChoiceField(label=gettext_lazy("Welches Amt lädt ein?"))

    def __init__(self, *args: Any, departments: set[str] | None, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = [
            (slug, office.name(language))
            for slug, office in city.current().departments.items()
            if departments is None or slug in departments
        ]
        _choose(self, "department", offices)
