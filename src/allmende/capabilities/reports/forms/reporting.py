"""Reporting in four steps that need no script: what, where, which kind, how to answer.

Each step is a page of one form; what the steps before have brought travels along in hidden fields, so nothing is kept
on the server but the picture, which the worker draws anew and which nobody gets before that.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.models import DETAIL_LIMIT, WORDS_LIMIT, Category
from allmende.capabilities.reports.rules import HAND_CHANNELS, may_open_inbox
from allmende.core.actor import CHANNEL_LABELS, Viewer
from allmende.core.errors import Invalid
from allmende.core.texts import Text
from allmende.engines.media import interface as media
from allmende.engines.places import interface as places
from allmende.ui import forms as ui

LARGEST_RECORDING = 30 * 1024 * 1024
"""Bytes: a minute or two, and less than the shell takes at once."""
STEPS: Sequence[Text] = (
    gettext_lazy("Was ist los?"), gettext_lazy("Wo ist es?"), gettext_lazy("Was für ein Schaden?"),
    gettext_lazy("Absenden"),
)  # fmt: skip
WHAT, WHERE, KIND, SEND = 1, 2, 3, 4
ASK = 5
"""The questions of a kind that has some: a second page of step 3 (`views/asking.py`), no form of this one."""
OWN = {
    WHAT: ("words", "photo", "recording"),
    WHERE: ("place", "detail"),
    KIND: ("category",),
    SEND: ("channel", "email", "telephone"),
}
CARRIED = {
    WHAT: ("words", "photo_ticket", "recording_ticket", "calm", "photo_at", "photo_taken"),
    WHERE: ("place", "place_at", "place_for", "detail", "asset"),
    KIND: ("category",),
    ASK: ("answers",),
    SEND: ("channel", "email", "telephone"),
}
"""Names under which a step travels through the others."""


class ReportForm(ui.Form):
    """The step that is shown, and everything before it. What comes later is not asked yet."""

    proof = True

    words = ui.LongText(
        label=gettext_lazy("Was ist los?"),
        max_length=WORDS_LIMIT,
        rows=4,
        help_text=gettext_lazy("Ein Satz genügt. Bitte nennen Sie keine Namen anderer Menschen."),
    )
    photo = media.PictureField(label=gettext_lazy("Foto"), required=False, later=True)
    recording = ui.KeptFile(
        label=gettext_lazy("Aufnahme"),
        required=False,
        max_size=LARGEST_RECORDING,
        accept="video/mp4,video/webm,audio/mp4,audio/webm,.m4a,.mp4,.webm",
        help_text=gettext_lazy(
            "Video (MP4, WebM) oder Ton (M4A, WebM), höchstens 30 MB. Das Amt schreibt auf, was Sie sagen. "
            "Solange sieht und hört es nur das Amt."
        ),
    )
    place = places.PlaceField(
        label=gettext_lazy("Wo ist es?"),
        help_text=gettext_lazy("Adresse, Straßenecke, Haltestelle oder ein bekannter Ort."),
    )
    detail = forms.CharField(
        label=gettext_lazy("Wo genau?"),
        max_length=DETAIL_LIMIT,
        required=False,
        help_text=gettext_lazy("Zum Beispiel: neben der Bank, Lampe Nummer 12."),
    )
    category = forms.ChoiceField(label=gettext_lazy("Was für ein Schaden ist es?"), widget=forms.RadioSelect)
    channel = forms.ChoiceField(
        label=gettext_lazy("Wie kam die Meldung?"),
        required=False,
        choices=[
            ("", gettext_lazy("Ich melde es selbst")),
            *((one.value, CHANNEL_LABELS[one]) for one in HAND_CHANNELS),
        ],
    )
    email = forms.EmailField(
        label=gettext_lazy("E-Mail-Adresse"),
        required=False,
        help_text=gettext_lazy("Dann schreiben wir Ihnen bei jedem Schritt. Sie wird nicht veröffentlicht."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    telephone = forms.CharField(
        label=gettext_lazy("Oder Telefonnummer"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Falls wir lieber anrufen sollen. Sie wird nicht veröffentlicht."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, step: int, categories: Sequence[Category], viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enters = may_open_inbox(viewer)
        """Clerks enter what came by telephone, on paper or at the counter, with the contact of whoever said it."""
        self.asks_contact = self.enters or not viewer.is_signed_in
        self.step = step
        if self._is_recorded():
            self.fields["words"].required = False  # it is said already
        for later in range(step + 1, SEND + 1):
            for name in OWN[later]:
                del self.fields[name]
        if step == SEND and not self.enters:
            del self.fields["channel"]
        if step == SEND and not self.asks_contact:
            del self.fields["email"], self.fields["telephone"]
        if "category" in self.fields:
            cast("forms.ChoiceField", self.fields["category"]).choices = [
                (one.slug, _choice(one, viewer.language)) for one in categories
            ]

    @property
    def first_wrong(self) -> int:
        """The earliest step in which something is missing."""
        return next((step for step in OWN if any(name in self.errors for name in OWN[step])), self.step)

    def _is_recorded(self) -> bool:
        """Whether it is said or signed: a recording comes, or waits (not one that is used already or forgotten)."""
        if self.files.get("recording") or self.data.get("recording_kept"):
            return True
        try:
            ticket = str(self.data.get("recording_ticket") or "")
            return bool(ticket) and media.kept_image(ticket) is not None
        except Invalid:
            return False

    def contact(self, language: str) -> dict[str, Any] | None:
        """The keyword arguments of `accounts.interface.guest`; None for whoever wants no answer."""
        email, telephone = (self.cleaned_data.get(name, "").strip() for name in ("email", "telephone"))
        if not email and not telephone:
            return None
        kind = "email" if email else "telephone"
        return {"contact_kind": kind, "email": email, "telephone": telephone, "language": language}


def _choice(category: Category, language: str) -> str:
    hint = str(category.hints.get(language) or category.hints.get("de") or "")
    name = category.name(language)
    return f"{name}: {hint}" if hint else name


def carried(data: Mapping[str, Any], step: int) -> list[tuple[str, str]]:
    """What the other steps have brought, as hidden fields of this one."""
    return [
        (name, str(data.get(name, "")))
        for other, names in CARRIED.items()
        if other != step
        for name in names
        if data.get(name)
    ]


def brought(data: Mapping[str, Any], step: int) -> dict[str, Any]:
    """What this step had brought before, to begin with."""
    found: dict[str, Any] = {name: data.get(name, "") for name in OWN[step] if name in data}
    if step == WHERE:
        found["place"] = where(data)
    return found


def where(data: Mapping[str, Any]) -> places.Said:
    """The place as it was sent; a choice counts only for the words for which it was made."""
    text, chosen_for = (str(data.get(name, "")).strip() for name in ("place", "place_for"))
    return places.said(text, token=str(data.get("place_at", "")) if text == chosen_for else "")
