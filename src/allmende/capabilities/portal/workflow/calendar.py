"""States of an event, what kinds there are, what can be offered and asked for: as data, in both languages.

```
draft ──publish──▶ published ──(its end)──▶ over
  │                    │
  └──── discard        └──cancel──▶ cancelled        (stays to be seen, with the reason)
```

"over" is not stored: it follows from the end alone.
"""

from collections.abc import Mapping
from enum import StrEnum

type Texts = Mapping[str, str]


class State(StrEnum):
    """Where an event stands, as it is stored."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


OVER = "over"
"""The fourth state, of a published event whose end has passed."""
PUBLIC = (State.PUBLISHED.value, State.CANCELLED.value)

STATE_LABELS: Mapping[str, Texts] = {
    State.DRAFT.value: {"de": "Entwurf", "en": "draft"},
    State.PUBLISHED.value: {"de": "angekündigt", "en": "announced"},
    State.CANCELLED.value: {"de": "abgesagt", "en": "cancelled"},
    OVER: {"de": "vorbei", "en": "over"},
}


class Kind(StrEnum):
    """What sort of event it is."""

    EVENING = "evening"
    ASSEMBLY = "assembly"
    BARCAMP = "barcamp"
    PROJECT_WEEK = "project_week"
    WORKSHOP = "workshop"
    TALK = "talk"
    CONSULTATION = "consultation"
    TOUR = "tour"
    CULTURE = "culture"
    OTHER = "other"


KINDS: Mapping[Kind, Texts] = {
    Kind.EVENING: {"de": "Themenabend", "en": "Theme evening"},
    Kind.ASSEMBLY: {"de": "Vollversammlung", "en": "Plenary assembly"},
    Kind.BARCAMP: {"de": "Barcamp", "en": "Barcamp"},
    Kind.PROJECT_WEEK: {"de": "Projektwoche", "en": "Project week"},
    Kind.WORKSHOP: {"de": "Werkstatt", "en": "Workshop"},
    Kind.TALK: {"de": "Vortrag und Gespräch", "en": "Talk"},
    Kind.CONSULTATION: {"de": "Sprechstunde", "en": "Consultation hour"},
    Kind.TOUR: {"de": "Rundgang", "en": "Tour"},
    Kind.CULTURE: {"de": "Kultur und Fest", "en": "Culture"},
    Kind.OTHER: {"de": "Veranstaltung", "en": "Event"},
}

LANGUAGES: Mapping[str, Texts] = {
    "de": {"de": "Deutsch", "en": "German"},
    "en": {"de": "Englisch", "en": "English"},
    "dgs": {"de": "Deutsche Gebärdensprache", "en": "German Sign Language"},
    "leicht": {"de": "Leichte Sprache", "en": "Easy language"},
    "ar": {"de": "Arabisch", "en": "Arabic"},
    "uk": {"de": "Ukrainisch", "en": "Ukrainian"},
    "ru": {"de": "Russisch", "en": "Russian"},
    "vi": {"de": "Vietnamesisch", "en": "Vietnamese"},
}

AIDS: Mapping[str, Texts] = {
    "sign": {"de": "Dolmetschung in Gebärdensprache", "en": "Sign-language interpreting"},
    "captions": {"de": "Schriftdolmetschung", "en": "Live captions"},
    "assistance": {"de": "Assistenz vor Ort", "en": "Assistance on site"},
    "translation": {"de": "Übersetzung in eine andere Sprache", "en": "Translation into another language"},
    "childcare": {"de": "Kinderbetreuung", "en": "Childcare"},
}
"""What people may ask for, until the event's deadline (practice.md 17)."""

ACCESS: Mapping[str, Texts] = {
    "step_free": {"de": "ohne Stufen erreichbar", "en": "step-free access"},
    "lift": {"de": "Aufzug", "en": "lift"},
    "toilet": {"de": "barrierefreie Toilette", "en": "accessible toilet"},
    "loop": {"de": "Höranlage", "en": "hearing loop"},
    "parking": {"de": "Behindertenparkplatz", "en": "accessible parking"},
    "transit": {"de": "barrierefreie Haltestelle in der Nähe", "en": "accessible stop nearby"},
    "quiet": {"de": "Ruheraum", "en": "quiet room"},
}


class Seat(StrEnum):
    """How a registration stands."""

    ASKED = "asked"  # waits for the guest's confirmation by link; the seat is kept for a day
    SEATED = "seated"
    WAITING = "waiting"
    GIVEN_UP = "given_up"


SEAT_LABELS: Mapping[str, Texts] = {
    Seat.ASKED.value: {"de": "wartet auf Bestätigung", "en": "waits for confirmation"},
    Seat.SEATED.value: {"de": "angemeldet", "en": "registered"},
    Seat.WAITING.value: {"de": "auf der Warteliste", "en": "on the waiting list"},
    Seat.GIVEN_UP.value: {"de": "abgemeldet", "en": "given up"},
}
HOLDING = (Seat.ASKED.value, Seat.SEATED.value)
"""What takes a seat."""
LIVE = (*HOLDING, Seat.WAITING.value)


def word(texts: Texts | None, language: str) -> str:
    """A text in the language, else in German, else whatever there is."""
    if not texts:
        return ""
    return str(texts.get(language) or texts.get("de") or next(iter(texts.values())))
