"""What groups arrange: topic stores, meetings, members."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from allmende.capabilities.participation import queries, workflow
from allmende.capabilities.participation.actions import StoreData
from allmende.capabilities.participation.forms.choices import choose, departments
from allmende.capabilities.participation.models import (
    CONTRACT_FIELDS,
    GroupMember,
    Meeting,
    TopicStore,
)
from allmende.core.texts import Text
from allmende.ui import forms as ui

CONTRACT_LABELS: Mapping[str, Text] = {
    "what_is_open": gettext_lazy("Was ist offen?"),
    "decided_already": gettext_lazy("Was ist schon entschieden?"),
    "who_decides": gettext_lazy("Wer entscheidet?"),
    "when_decided": gettext_lazy("Wann?"),
    "what_it_changes": gettext_lazy("Was ändert das Ergebnis?"),
}


def both(values: Mapping[str, Any], name: str) -> dict[str, str]:
    """A text of the city from its two fields: {"de": …, "en": …} without the empty ones."""
    found = {"de": values.get(name) or "", "en": values.get(f"{name}_en") or ""}
    return {language: text.strip() for language, text in found.items() if text.strip()}


class StoreForm(ui.Form):
    """A topic store with its contract. Dates are days: it opens in the morning, it closes when the last day ends."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Was ist das?"),
        choices=[
            (TopicStore.Kind.STORE.value, gettext_lazy("Ideensammlung: Ideen werden unterstützt und beantwortet")),
            (
                TopicStore.Kind.FUTURE_QUESTION.value,
                gettext_lazy("Zukunftsfrage: Antworten werden gesammelt, nie gezählt und nie gereiht"),
            ),
            (
                TopicStore.Kind.CONTEST.value,
                gettext_lazy("Wettbewerb: Beiträge werden eingereicht und bewertet, ohne Zahlen daneben"),
            ),
            (
                TopicStore.Kind.NEED.value,
                gettext_lazy("Bedarf: Wünsche werden gebündelt, die Stadt antwortet mit einem Angebot"),
            ),
        ],
        widget=forms.RadioSelect,
        initial=TopicStore.Kind.STORE.value,
    )
    title = forms.CharField(label=gettext_lazy("Die Frage"), max_length=160)
    title_en = forms.CharField(label=gettext_lazy("Die Frage auf Englisch"), max_length=160, required=False)
    description = ui.LongText(label=gettext_lazy("Worum es geht"), max_length=2000, rows=4, required=False)
    description_en = ui.LongText(
        label=gettext_lazy("Worum es geht, auf Englisch"), max_length=2000, rows=4, required=False
    )
    is_formal = forms.BooleanField(
        label=gettext_lazy("Das ist eine förmliche Beteiligung"),
        required=False,
        help_text=gettext_lazy("Also eine, die ein Gesetz vorschreibt. Sonst ist sie informell."),
    )
    guests = forms.ChoiceField(
        label=gettext_lazy("Dürfen Menschen ohne Konto schreiben?"),
        choices=TopicStore.Guests.choices,
        initial=TopicStore.Guests.OPEN.value,
        widget=forms.RadioSelect,
        required=False,
        help_text=gettext_lazy("Was auf Papier, am Telefon oder vor Ort kommt, zählt immer."),
    )
    asks_age = forms.BooleanField(
        label=gettext_lazy("Nach der Altersgruppe fragen"),
        required=False,
        help_text=gettext_lazy("Niemand muss sie nennen. Sie sehen nur Zahlen ab fünf Menschen."),
    )
    opens_on = ui.DateField(
        label=gettext_lazy("Öffnet am"),
        required=False,
        help_text=gettext_lazy("Leer heißt: noch in Vorbereitung. Öffnen geht nur mit den fünf Antworten."),
    )
    closes_on = ui.DateField(
        label=gettext_lazy("Letzter Tag"),
        required=False,
        help_text=gettext_lazy("Bis zum Ende dieses Tages wird gesammelt."),
    )
    categories = ui.LongText(
        label=gettext_lazy("Rubriken"),
        max_length=2000,
        rows=4,
        required=False,
        help_text=gettext_lazy("Eine je Zeile, deutsch und englisch durch einen Strich getrennt: Licht | Light"),
    )
    next_step = forms.CharField(label=gettext_lazy("Was geschieht nach dem Ende?"), max_length=300, required=False)
    next_step_en = forms.CharField(label=gettext_lazy("Dasselbe auf Englisch"), max_length=300, required=False)
    due_on = ui.DateField(label=gettext_lazy("Bis wann ist zusammengefasst?"), required=False)

    def __init__(self, *args: Any, store: TopicStore | None = None, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone, self.store = zone, store
        if store is not None:
            kwargs["initial"] = self._initial(store)
        super().__init__(*args, **kwargs)
        after = ("kind", "title", "title_en", "description", "description_en", "is_formal", "guests", "asks_age")
        for name, label in CONTRACT_LABELS.items():
            self.fields[name] = ui.LongText(label=label, max_length=600, rows=2, required=False)
            english = _("%(question)s (englisch)") % {"question": label}
            self.fields[f"{name}_en"] = ui.LongText(label=english, max_length=600, rows=2, required=False)
        contract = [f"{name}{ending}" for name in CONTRACT_FIELDS for ending in ("", "_en")]
        self.order_fields([*after, *contract])

    def _initial(self, store: TopicStore) -> dict[str, Any]:
        values: dict[str, Any] = {"kind": store.kind, "is_formal": store.is_formal, "guests": store.guests}
        for name in ("title", "description", "next_step", *CONTRACT_FIELDS):
            texts = getattr(store, name)
            values[name], values[f"{name}_en"] = texts.get("de", ""), texts.get("en", "")
        values["asks_age"] = store.module.project.asks_age
        values["categories"] = "\n".join(
            " | ".join(text for text in (row.names.get("de"), row.names.get("en")) if text)
            for row in store.categories.all()
        )
        values["opens_on"] = store.opens_at and store.opens_at.astimezone(self.zone).date()
        for name, instant in (("closes_on", store.closes_at), ("due_on", store.due_at)):
            values[name] = instant and (instant - timedelta(microseconds=1)).astimezone(self.zone).date()
        return values

    def _opens(self, day: date | None) -> datetime | None:
        """The day's beginning; the instant that stands as long as its day is not changed."""
        if day is None:
            return None
        before = self.store.opens_at if self.store else None
        if before is not None and before.astimezone(self.zone).date() == day:
            return before
        return workflow.start_of(day, self.zone)

    def _ends(self, day: date | None, before: datetime | None) -> datetime | None:
        if day is None:
            return None
        if before is not None and (before - timedelta(microseconds=1)).astimezone(self.zone).date() == day:
            return before
        return workflow.end_of(day, self.zone)

    def data_of_store(self) -> StoreData:
        """What the action takes; call it on a valid form."""
        values = self.cleaned_data
        slugs = {row.names.get("de"): row.slug for row in self.store.categories.all()} if self.store else {}
        categories = []
        for line in values["categories"].splitlines():
            german, _bar, english = (part.strip() for part in line.partition("|"))
            if german:
                names = {"de": german, **({"en": english} if english else {})}
                categories.append((slugs.get(german, ""), names))
        return StoreData(
            title=both(values, "title"),
            description=both(values, "description"),
            contract={name: both(values, name) for name in CONTRACT_FIELDS},
            kind=values["kind"],
            is_formal=values["is_formal"],
            asks_age=values["asks_age"],
            guests=values["guests"] or (self.store.guests if self.store else TopicStore.Guests.OPEN.value),
            opens_at=self._opens(values["opens_on"]),
            closes_at=self._ends(values["closes_on"], self.store.closes_at if self.store else None),
            categories=categories,
            next_step=both(values, "next_step"),
            due_at=self._ends(values["due_on"], self.store.due_at if self.store else None),
            is_example=self.store.is_example if self.store else False,
        )

    FIELDS_OF_ACTION: Mapping[str, str] = {"opens_at": "opens_on", "closes_at": "closes_on"}
    """How the action's fields are called here."""


class TimeField(forms.TimeField):
    """An hour of the day, as „17:00“."""

    widget = forms.TimeInput(attrs={"type": "time", "class": "kern-form-input__input--short"}, format="%H:%M")


class MeetingForm(ui.Form):
    """When and where a group meets."""

    topic = forms.CharField(label=gettext_lazy("Worum geht es?"), max_length=160)
    topic_en = forms.CharField(label=gettext_lazy("Worum geht es, auf Englisch"), max_length=160, required=False)
    day = ui.DateField(label=pgettext_lazy("date", "Tag"))
    starts = TimeField(label=gettext_lazy("Beginn"))
    ends = TimeField(label=gettext_lazy("Ende"))
    place = forms.CharField(label=gettext_lazy("Ort"), max_length=200, required=False)
    place_en = forms.CharField(label=gettext_lazy("Ort, auf Englisch"), max_length=200, required=False)
    online_url = forms.URLField(
        label=gettext_lazy("Adresse im Netz"), required=False, assume_scheme="https",
        help_text=gettext_lazy("Für alle, die von zu Hause teilnehmen."),
    )  # fmt: skip
    notes = ui.LongText(
        label=gettext_lazy("Gut zu wissen"),
        max_length=1000,
        rows=3,
        required=False,
        help_text=gettext_lazy("Zugang ohne Stufen, Dolmetschung, Kinderbetreuung, Anmeldung."),
    )
    notes_en = ui.LongText(label=gettext_lazy("Gut zu wissen, auf Englisch"), max_length=1000, rows=3, required=False)

    def __init__(self, *args: Any, meeting: Meeting | None = None, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone = zone
        if meeting is not None:
            starts, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
            kwargs["initial"] = {
                "day": starts.date(), "starts": starts.time(), "ends": ends.time(), "online_url": meeting.online_url,
                **{name: getattr(meeting, name).get("de", "") for name in ("topic", "place", "notes")},
                **{f"{name}_en": getattr(meeting, name).get("en", "") for name in ("topic", "place", "notes")},
            }  # fmt: skip
        super().__init__(*args, **kwargs)

    def data_of_meeting(self) -> dict[str, Any]:
        """The action's keyword arguments; an end before the beginning means the next day."""
        values = self.cleaned_data
        starts = datetime.combine(values["day"], values["starts"], self.zone)
        ends = datetime.combine(values["day"], values["ends"], self.zone)
        if ends < starts:
            ends += timedelta(days=1)
        return {
            "starts_at": starts,
            "ends_at": ends,
            "online_url": values["online_url"],
            **{name: both(values, name) for name in ("topic", "place", "notes")},
        }

    FIELDS_OF_ACTION: Mapping[str, str] = {"starts_at": "day", "ends_at": "ends"}


class GroupForm(ui.Form):
    """What a group is called and does."""

    names = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    names_en = forms.CharField(label=gettext_lazy("Name auf Englisch"), max_length=120, required=False)
    summary = ui.LongText(label=gettext_lazy("Worum sie sich kümmert"), max_length=600, rows=3, required=False)
    summary_en = ui.LongText(label=gettext_lazy("Dasselbe auf Englisch"), max_length=600, rows=3, required=False)
    department = forms.ChoiceField(label=gettext_lazy("Zuständiges Amt"))

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "department", departments(language))


class AppointForm(ui.Form):
    """Who has which function in a group."""

    person = forms.ChoiceField(label=gettext_lazy("Wer?"))
    function = forms.ChoiceField(
        label=gettext_lazy("Als was?"), choices=GroupMember.Function.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, members: Sequence[queries.Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "person", [(str(member.person_id), member.name or _("ohne Namen")) for member in members])
