"""Needs: what the city answers a group of them with, and what becomes of what partners offer. Plain data.

Sentences stand here per language for the same reason as in `workflow`: they travel into the public index.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from allmende.capabilities.participation.workflow import Texts

ANSWER_DAYS = 42
"""Days after a group was formed until the city should have answered it."""


class OfferKind(StrEnum):
    """What the city answers with."""

    EVENT = "event"
    PILOT = "pilot"
    PARTNER = "partner"
    RESEARCH = "research"
    NO = "no"


OFFERS: Mapping[OfferKind, Texts] = {
    OfferKind.EVENT: {"de": "Es gibt eine Veranstaltung", "en": "There is an event"},
    OfferKind.PILOT: {"de": "Die Stadt probiert es aus", "en": "The city tries it out"},
    OfferKind.PARTNER: {"de": "Partner machen ein Angebot", "en": "Partners make an offer"},
    OfferKind.RESEARCH: {"de": "Die Hochschule untersucht es", "en": "The university looks into it"},
    OfferKind.NO: {"de": "Das geht zurzeit nicht", "en": "This is not possible at present"},
}

WAITING: Texts = {"de": "wartet auf Antwort", "en": "waiting for an answer"}
ANSWERING: Texts = {
    "de": "Das Amt antwortet mit einem Angebot oder sagt, warum es nicht geht.",
    "en": "The office answers with an offer or says why it is not possible.",
}
"""What comes next with a group that has no answer yet."""
GROUPING: Texts = {
    "de": "Ähnliche Wünsche kommen zusammen. Dann antwortet die Stadt allen.",
    "en": "Similar wishes are put together. Then the city answers all of them.",
}
"""What comes next with a single wish."""
STATES: Mapping[str, Texts] = {
    "published": {"de": "Wunsch", "en": "wish"},
    "in_review": {"de": "Wunsch, in Bearbeitung", "en": "wish, in review"},
    "answered": {"de": "Wunsch, beantwortet", "en": "wish, answered"},
}
"""What the index calls the public states of a wish, so that nobody takes it for an idea."""


def ask_again(day: date) -> Texts:
    """What comes next after a no. The day is no debt of the office, so nothing is due on it."""
    return {
        "de": f"Ab dem {day:%d.%m.%Y} kann man wieder fragen.",
        "en": f"From {day:%d/%m/%Y} on one may ask again.",
    }


class PartnerState(StrEnum):
    """Where a partner's offer to the city stands."""

    NEW = "new"
    NOTED = "noted"
    USED = "used"
    DECLINED = "declined"


PARTNER_STATES: Mapping[PartnerState, Texts] = {
    PartnerState.NEW: {"de": "noch nicht beantwortet", "en": "not answered yet"},
    PartnerState.NOTED: {"de": "vorgemerkt", "en": "noted"},
    PartnerState.USED: {"de": "Teil eines Angebots", "en": "part of an offer"},
    PartnerState.DECLINED: {"de": "passt zurzeit nicht", "en": "does not fit at present"},
}
REPLIES = (PartnerState.NOTED, PartnerState.DECLINED)
"""What staff may reply; it becomes part of an offer by being chosen there."""
