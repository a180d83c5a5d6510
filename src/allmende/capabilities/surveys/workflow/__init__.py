"""The life of a survey, as a table that a clerk can read. Labels are per language: they go into the public index."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

type Texts = Mapping[str, str]
"""One sentence per language code; German always, English as well."""


class State(StrEnum):
    """Where a survey stands. Opening and closing go by the clock; the other steps are somebody's."""

    DRAFT = "draft"
    CHECKED = "checked"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


class Access(StrEnum):
    """Who may answer."""

    OPEN = "open"
    CODE = "code"
    VERIFIED = "verified"


class Phase(StrEnum):
    """What a survey is at an instant, whether or not the clock's job has come round yet."""

    HIDDEN = "hidden"
    COMING = "coming"
    RUNNING = "running"
    GRACE = "grace"
    """Over, but who began in time may still send."""
    ENDED = "ended"
    RESULTS = "results"


PUBLIC = frozenset((State.CHECKED, State.OPEN, State.CLOSED, State.PUBLISHED))


@dataclass(frozen=True)
class StateInfo:
    """What a state is called, what it means, what comes next."""

    labels: Texts
    meaning: Texts
    next_step: Texts


STATES: Mapping[State, StateInfo] = {
    State.DRAFT: StateInfo(
        {"de": "Entwurf", "en": "Draft"},
        {"de": "Nur die Redaktion sieht die Umfrage.", "en": "Only the editors can see the survey."},
        {"de": "Eine zweite Person prüft die Umfrage.", "en": "A second person checks the survey."},
    ),
    State.CHECKED: StateInfo(
        {"de": "geprüft", "en": "checked"},
        {
            "de": "Die Umfrage ist angekündigt. Sie öffnet am festgelegten Tag von selbst.",
            "en": "The survey is announced. It opens by itself on the day that was set.",
        },
        {"de": "Die Umfrage öffnet.", "en": "The survey opens."},
    ),
    State.OPEN: StateInfo(
        {"de": "offen", "en": "open"},
        {"de": "Man kann antworten.", "en": "People can answer."},
        {"de": "Die Umfrage endet und wird ausgewertet.", "en": "The survey ends and is evaluated."},
    ),
    State.CLOSED: StateInfo(
        {"de": "wird ausgewertet", "en": "being evaluated"},
        {
            "de": "Niemand kann mehr antworten. Codes und Schlüssel sind vernichtet.",
            "en": "Nobody can answer any more. Codes and keys are destroyed.",
        },
        {"de": "Die Ergebnisse werden veröffentlicht.", "en": "The results are published."},
    ),
    State.PUBLISHED: StateInfo(
        {"de": "Ergebnisse veröffentlicht", "en": "results published"},
        {"de": "Alle können die Ergebnisse lesen.", "en": "Everybody can read the results."},
        {},
    ),
}


@dataclass(frozen=True)
class Transition:
    """A step from one state to another, and who takes it."""

    verb: str
    labels: Texts
    source: State
    target: State
    who: Texts


_CLOCK: Texts = {"de": "die Uhr", "en": "the clock"}
TRANSITIONS: Mapping[str, Transition] = {
    step.verb: step
    for step in (
        Transition(
            "check",
            {"de": "Prüfen und ankündigen", "en": "Check and announce"},
            State.DRAFT,
            State.CHECKED,
            {
                "de": "die Redaktion, aber nicht, wer die Umfrage angelegt hat",
                "en": "the editors, but not whoever made the survey",
            },
        ),
        Transition(
            "return",
            {"de": "Zurück in den Entwurf", "en": "Back to draft"},
            State.CHECKED,
            State.DRAFT,
            {"de": "die Redaktion, bevor die Umfrage öffnet", "en": "the editors, before the survey opens"},
        ),
        Transition("open", {"de": "Öffnen", "en": "Open"}, State.CHECKED, State.OPEN, _CLOCK),
        Transition("close", {"de": "Schließen", "en": "Close"}, State.OPEN, State.CLOSED, _CLOCK),
        Transition(
            "publish",
            {"de": "Ergebnisse veröffentlichen", "en": "Publish the results"},
            State.CLOSED,
            State.PUBLISHED,
            {"de": "die Redaktion", "en": "the editors"},
        ),
    )
}


def may_step(verb: str, state: str) -> bool:
    """Whether the table knows this step from this state."""
    return TRANSITIONS[verb].source == state


def phase(
    state: str, opens_at: datetime | None, closes_at: datetime | None, ends_at: datetime | None, at: datetime
) -> Phase:
    """What a survey is at `at`. `ends_at` is `closes_at` and the days of grace. Periods are half-open."""
    if state == State.DRAFT or opens_at is None or closes_at is None or ends_at is None:
        return Phase.HIDDEN
    if state == State.PUBLISHED:
        return Phase.RESULTS
    if state == State.CLOSED or at >= ends_at:
        return Phase.ENDED
    if at < opens_at:
        return Phase.COMING
    return Phase.RUNNING if at < closes_at else Phase.GRACE


def label(state: str, language: str) -> str:
    """What a state is called in the reader's language."""
    return STATES[State(state)].labels["en" if language == "en" else "de"]


ACCESS_WORDS: Mapping[Access, Texts] = {
    Access.OPEN: {"de": "Alle, ohne Anmeldung", "en": "Everybody, without signing in"},
    Access.CODE: {
        "de": "Alle, die einen Brief oder eine E-Mail mit Code bekommen haben",
        "en": "Everybody who got a letter or an e-mail with a code",
    },
    Access.VERIFIED: {"de": "Alle, deren Wohnort bestätigt ist", "en": "Everybody whose residence is confirmed"},
}
