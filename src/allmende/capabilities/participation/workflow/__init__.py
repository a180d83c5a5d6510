"""The life of an idea and of a topic store, as tables that a clerk can read (/mitmachen/so-funktioniert-es/).

Labels and sentences stand here per language and not in the catalogues: they travel as data into the public index, where
a worker without any reader's language writes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

type Texts = Mapping[str, str]
"""One sentence per language code; German always, English as well."""


class State(StrEnum):
    """Where an idea stands. `draft` is a word for what is still with its author (`IdeaDraft`), never a stored state."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    IN_REVIEW = "in_review"
    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class StateInfo:
    """One row of the table: what a state is called, what it means, what comes next and within how many days."""

    state: State
    labels: Texts
    meaning: Texts
    public: bool
    next_step: Texts
    days: int | None = None
    """Days until the next step is due; None: set by the deed itself (moderation hours) or nothing is due."""


STATES: Mapping[State, StateInfo] = {
    info.state: info
    for info in (
        StateInfo(
            State.DRAFT,
            {"de": "Entwurf", "en": "Draft"},
            {
                "de": "Nur die Verfasserin oder der Verfasser sieht den Text. Er wird nach 30 Tagen gelöscht.",
                "en": "Only the author can see the text. It is deleted after 30 days.",
            },
            public=False,
            next_step={"de": "Abschicken", "en": "Send it"},
        ),
        StateInfo(
            State.SUBMITTED,
            {"de": "wird geprüft", "en": "being checked"},
            {
                "de": "Die Moderation liest den Text, bevor er öffentlich wird.",
                "en": "The moderators read the text before it becomes public.",
            },
            public=False,
            next_step={"de": "Die Moderation prüft die Idee.", "en": "The moderators check the idea."},
        ),
        StateInfo(
            State.PUBLISHED,
            {"de": "veröffentlicht", "en": "published"},
            {
                "de": "Alle können die Idee lesen, unterstützen und darüber sprechen.",
                "en": "Everybody can read, support and discuss the idea.",
            },
            public=True,
            next_step={
                "de": "Das zuständige Amt nimmt die Idee in die Prüfung.",
                "en": "The office in charge takes up the idea.",
            },
            days=42,
        ),
        StateInfo(
            State.IN_REVIEW,
            {"de": "in Bearbeitung", "en": "in review"},
            {
                "de": "Das zuständige Amt prüft, ob und wie die Idee umgesetzt werden kann.",
                "en": "The office in charge examines whether and how the idea can be put into practice.",
            },
            public=True,
            next_step={"de": "Das zuständige Amt antwortet.", "en": "The office in charge answers."},
            days=28,
        ),
        StateInfo(
            State.ANSWERED,
            {"de": "beantwortet", "en": "answered"},
            {
                "de": "Die Stadt hat geantwortet. Bei einem Nein stehen Grund, Alternative, Amt und ein Datum dabei, "
                "zu dem man wieder fragen kann.",
                "en": "The city has answered. A no comes with a reason, an alternative, the office and a date on which "
                "one may ask again.",
            },
            public=True,
            next_step={},
        ),
        StateInfo(
            State.REFUSED,
            {"de": "nicht veröffentlicht", "en": "not published"},
            {
                "de": "Der Text verstößt gegen eine der veröffentlichten Regeln. Die Verfasserin oder der Verfasser "
                "kennt den Grund. Nach sechs Monaten wird der Text gelöscht.",
                "en": "The text breaks one of the published rules. Its author knows the reason. The text is deleted "
                "after six months.",
            },
            public=False,
            next_step={},
        ),
        StateInfo(
            State.WITHDRAWN,
            {"de": "zurückgezogen", "en": "withdrawn"},
            {
                "de": "Die Verfasserin oder der Verfasser hat die Idee zurückgezogen.",
                "en": "The author has withdrawn the idea.",
            },
            public=False,
            next_step={},
        ),
    )
}

CHECKING: Texts = {"de": "Moderation", "en": "Moderators"}
"""Who sees to an idea before any office does."""

STORED_STATES = tuple(state for state in State if state is not State.DRAFT)
PUBLIC_STATES = tuple(info.state for info in STATES.values() if info.public)


@dataclass(frozen=True)
class Transition:
    """A step from one state to another: who may take it and what follows from it."""

    verb: str
    labels: Texts
    sources: frozenset[State]
    target: State
    who: Texts
    follows: Texts


_AUTHOR = {"de": "die Verfasserin oder der Verfasser", "en": "the author"}
_MODERATORS = {
    "de": "die Moderation, aber niemand beim eigenen Beitrag oder bei einem aus der eigenen Gruppe",
    "en": "the moderators, but nobody on a post of their own or from their own group",
}
_OFFICE = {"de": "das zuständige Amt", "en": "the office in charge"}

CONFIRM: Texts = {
    "de": "Bestätigen Sie Ihre E-Mail-Adresse. Der Link steht in der E-Mail an Sie.",
    "en": "Confirm your e-mail address. The link is in the e-mail to you.",
}
"""What comes next for a guest's idea where the store asks for a confirmed address."""

TRANSITIONS: Mapping[str, Transition] = {
    step.verb: step
    for step in (
        Transition(
            "submit",
            {"de": "Abschicken", "en": "Send"},
            frozenset({State.DRAFT}),
            State.SUBMITTED,
            {
                "de": "alle, mit oder ohne Konto, solange die Ideensammlung offen ist; auf Papier, am Telefon und vor "
                "Ort trägt die Stadt ein",
                "en": "everybody, with or without an account, while the topic store is open; the city enters what "
                "comes on paper, by telephone or at the counter",
            },
            {
                "de": "Es gibt eine Eingangsnummer. Die Moderation sieht den Text und hat eine Frist.",
                "en": "There is a receipt number. The moderators see the text and have a time limit.",
            },
        ),
        Transition(
            "release",
            {"de": "Veröffentlichen", "en": "Publish"},
            frozenset({State.SUBMITTED, State.REFUSED}),
            State.PUBLISHED,
            _MODERATORS,
            {
                "de": "Der Text wird öffentlich. Wer ihn geschrieben hat, bekommt Bescheid, das Amt eine Frist.",
                "en": "The text becomes public, its author is told, the office has a time limit.",
            },
        ),
        Transition(
            "refuse",
            {"de": "Nicht veröffentlichen", "en": "Do not publish"},
            frozenset({State.SUBMITTED, State.PUBLISHED, State.IN_REVIEW, State.ANSWERED}),
            State.REFUSED,
            _MODERATORS,
            {
                "de": "Grund und Regel gehen an die Verfasserin oder den Verfasser.",
                "en": "Reason and rule go to the author.",
            },
        ),
        Transition(
            "hold",
            {"de": "Noch einmal prüfen", "en": "Check again"},
            frozenset({State.PUBLISHED, State.IN_REVIEW, State.REFUSED}),
            State.SUBMITTED,
            _MODERATORS,
            {
                "de": "Der Text ist nicht öffentlich, bis neu entschieden ist.",
                "en": "The text is not public until it is decided anew.",
            },
        ),
        Transition(
            "withdraw",
            {"de": "Zurückziehen", "en": "Withdraw"},
            frozenset({State.SUBMITTED, State.PUBLISHED, State.IN_REVIEW}),
            State.WITHDRAWN,
            _AUTHOR,
            {"de": "Der Text ist nicht mehr öffentlich.", "en": "The text is no longer public."},
        ),
        Transition(
            "review",
            {"de": "In Bearbeitung nehmen", "en": "Take up"},
            frozenset({State.PUBLISHED}),
            State.IN_REVIEW,
            {
                "de": "das zuständige Amt oder der Vorsitz der Gruppe",
                "en": "the office in charge or the chair of the group",
            },
            {"de": "Alle, die folgen, bekommen Bescheid.", "en": "Everybody who follows is told."},
        ),
        Transition(
            "answer",
            {"de": "Antworten", "en": "Answer"},
            frozenset({State.PUBLISHED, State.IN_REVIEW, State.ANSWERED}),
            State.ANSWERED,
            _OFFICE,
            {
                "de": "Die Antwort steht bei der Idee. Wer sie geschrieben hat oder ihr folgt, bekommt Bescheid.",
                "en": "The answer stands beside the idea. Its author and everybody who follows are told.",
            },
        ),
    )
}


DEEDS: Mapping[str, Texts] = {
    "submit": {"de": "Eingegangen", "en": "Received"},
    "release": {"de": "Geprüft und veröffentlicht", "en": "Checked and published"},
    "refuse": {"de": "Nicht veröffentlicht", "en": "Not published"},
    "withdraw": {"de": "Zurückgezogen", "en": "Withdrawn"},
    "review": {"de": "In Bearbeitung genommen", "en": "Taken up"},
    "answer": {"de": "Beantwortet", "en": "Answered"},
    "edit": {"de": "Text geändert", "en": "Text changed"},
    "keep": {"de": "Änderung nicht übernommen", "en": "Change not accepted"},
    "next_step": {"de": "Nächster Schritt neu festgelegt", "en": "Next step set anew"},
    "regroup": {"de": "Wartet mit seiner Gruppe auf Antwort", "en": "Waits for an answer with its group"},
    "hold": {"de": "Wird noch einmal geprüft", "en": "Being checked again"},
    "clear": {"de": "Geprüft, wird nach der Frist veröffentlicht", "en": "Checked, published after the deadline"},
}
"""What the history calls each deed."""


def may_step(verb: str, state: str) -> bool:
    """Whether the table knows this step from this state."""
    return state in TRANSITIONS[verb].sources


def label(state: str, language: str) -> str:
    """What a state is called in the reader's language."""
    return STATES[State(state)].labels[language if language == "en" else "de"]


class Outcome(StrEnum):
    """What the city says to an idea."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    ALREADY = "already"
    NO = "no"


OUTCOMES: Mapping[Outcome, Texts] = {
    Outcome.ACCEPTED: {"de": "Das wird umgesetzt", "en": "This will be done"},
    Outcome.PARTLY: {"de": "Das wird zum Teil umgesetzt", "en": "Part of this will be done"},
    Outcome.ALREADY: {"de": "Das gibt es schon", "en": "This already exists"},
    Outcome.NO: {"de": "Das wird nicht umgesetzt", "en": "This will not be done"},
}


AFTER_ANSWER: Mapping[Outcome, Texts] = {
    Outcome.ACCEPTED: {"de": "Das Amt berichtet, wie weit es ist.", "en": "The office reports how far it has come."},
    Outcome.PARTLY: {"de": "Das Amt berichtet, wie weit es ist.", "en": "The office reports how far it has come."},
    Outcome.ALREADY: {},
    Outcome.NO: {"de": "Ab diesem Tag kann man wieder fragen.", "en": "From this day on one may ask again."},
}
REPORT_DAYS = 90
"""Days after a yes until the office says how far it has come, unless it names another date."""


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local day is over: periods are half-open."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day."""
    return datetime.combine(day, time(), zone)


def due(state: State, since: datetime) -> datetime | None:
    """Until when the next step of a state that began `since` should be taken."""
    days = STATES[state].days
    return None if days is None else since + timedelta(days=days)


class StoreState(StrEnum):
    """Where a topic store stands; follows from its two dates alone."""

    DRAFT = "draft"
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


STORE_STATES: Mapping[StoreState, Texts] = {
    StoreState.DRAFT: {"de": "in Vorbereitung", "en": "in preparation"},
    StoreState.PLANNED: {"de": "öffnet bald", "en": "opens soon"},
    StoreState.OPEN: {"de": "offen", "en": "open"},
    StoreState.CLOSED: {"de": "geschlossen", "en": "closed"},
}


def store_state(opens_at: datetime | None, closes_at: datetime | None, at: datetime) -> StoreState:
    """The state of a store at a time; the period is half-open."""
    if opens_at is None:
        return StoreState.DRAFT
    if at < opens_at:
        return StoreState.PLANNED
    if closes_at is not None and closes_at <= at:
        return StoreState.CLOSED
    return StoreState.OPEN


STORE_NEXT: Mapping[StoreState, Texts] = {
    StoreState.DRAFT: {},
    StoreState.PLANNED: {"de": "Die Sammlung öffnet.", "en": "The collection opens."},
    StoreState.OPEN: {"de": "Die Sammlung schließt.", "en": "The collection closes."},
    StoreState.CLOSED: {
        "de": "Die Gruppe fasst die Beiträge zusammen und stellt sie vor.",
        "en": "The group sums up the contributions and presents them.",
    },
}
CONDENSE_DAYS = 60
"""Days after its end by which a group should have summed up a store."""
