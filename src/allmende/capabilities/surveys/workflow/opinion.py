"""The life of a conversation and of a statement, as tables that a clerk can read."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from allmende.capabilities.surveys.workflow import Texts


class Talk(StrEnum):
    """Where a conversation stands. Opening is a second editor's step, closing goes by the clock."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class TalkPhase(StrEnum):
    """What it is at an instant, whether or not the clock's job has come round yet."""

    HIDDEN = "hidden"
    COMING = "coming"
    RUNNING = "running"
    ENDED = "ended"


class Who(StrEnum):
    """Who may take part."""

    EVERYBODY = "everybody"
    ACCOUNT = "account"
    VERIFIED = "verified"


class Checked(StrEnum):
    """When the moderators look at what people write."""

    BEFORE = "before"
    AFTER = "after"


class Said(StrEnum):
    """Where a statement stands. Only shown ones are voted on and have a say in the map."""

    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"
    MERGED = "merged"


TALK_WORDS: Mapping[str, Texts] = {
    Talk.DRAFT: {"de": "Entwurf", "en": "Draft"},
    Talk.OPEN: {"de": "offen", "en": "open"},
    Talk.CLOSED: {"de": "beendet", "en": "ended"},
}
WHO_WORDS: Mapping[str, Texts] = {
    Who.EVERYBODY: {"de": "Alle, ohne Anmeldung", "en": "Everybody, without signing in"},
    Who.ACCOUNT: {"de": "Alle mit einem Konto", "en": "Everybody with an account"},
    Who.VERIFIED: {"de": "Alle, deren Wohnort bestätigt ist", "en": "Everybody whose residence is confirmed"},
}
CHECKED_WORDS: Mapping[str, Texts] = {
    Checked.BEFORE: {
        "de": "Neue Aussagen werden geprüft, bevor andere sie sehen.",
        "en": "New statements are checked before others see them.",
    },
    Checked.AFTER: {
        "de": "Neue Aussagen erscheinen sofort und werden danach geprüft.",
        "en": "New statements appear at once and are checked afterwards.",
    },
}
SAID_WORDS: Mapping[str, Texts] = {
    Said.WAITING: {"de": "wird geprüft", "en": "being checked"},
    Said.SHOWN: {"de": "zu sehen", "en": "shown"},
    Said.REFUSED: {"de": "nicht aufgenommen", "en": "not taken in"},
    Said.MERGED: {"de": "zusammengelegt", "en": "merged"},
}
NEXT_STEPS: Mapping[str, Texts] = {
    Talk.DRAFT: {"de": "Eine zweite Person prüft und öffnet.", "en": "A second person checks and opens it."},
    Talk.OPEN: {
        "de": "Die Meinungskarte wird abgeschlossen. Das Ergebnis bleibt hier stehen.",
        "en": "The opinion map is completed. The result stays here.",
    },
    Talk.CLOSED: {},
}


def talk_phase(state: str, opens_at: datetime | None, closes_at: datetime | None, at: datetime) -> TalkPhase:
    """What a conversation is at `at`. Periods are half-open; an imported one has none and is over."""
    if state == Talk.DRAFT:
        return TalkPhase.HIDDEN
    if state == Talk.CLOSED or opens_at is None or closes_at is None or at >= closes_at:
        return TalkPhase.ENDED
    return TalkPhase.COMING if at < opens_at else TalkPhase.RUNNING
