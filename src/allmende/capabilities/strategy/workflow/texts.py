"""The life of a draft text and of what is said to it, as tables.

```
draft ──open──▶ consultation ──evaluate──▶ revising ──to council──▶ council ──adopt──▶ adopted
                     ▲                        │  ▲                      │
                     └───────open again───────┘  └───────back───────────┘
```
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from allmende.capabilities.strategy.workflow import Texts


class State(StrEnum):
    """Where a text stands."""

    DRAFT = "draft"
    CONSULTATION = "consultation"
    REVISING = "revising"
    COUNCIL = "council"
    ADOPTED = "adopted"


@dataclass(frozen=True)
class StateInfo:
    """What a state is called and what comes next."""

    labels: Texts
    next_step: Texts


STATES: Mapping[State, StateInfo] = {
    State.DRAFT: StateInfo({"de": "in Vorbereitung", "en": "in preparation"}, {}),
    State.CONSULTATION: StateInfo(
        {"de": "Alle können mitreden", "en": "everybody can have a say"},
        {
            "de": "Alle können zu jedem Absatz etwas sagen.",
            "en": "Everybody can comment on each paragraph.",
        },
    ),
    State.REVISING: StateInfo(
        {"de": "wird überarbeitet", "en": "being revised"},
        {
            "de": "Das Team antwortet auf jede Rückmeldung und schreibt die nächste Fassung.",
            "en": "The team answers every comment and writes the next version.",
        },
    ),
    State.COUNCIL: StateInfo(
        {"de": "liegt beim Stadtrat", "en": "with the city council"},
        {"de": "Der Stadtrat entscheidet.", "en": "The city council decides."},
    ),
    State.ADOPTED: StateInfo({"de": "beschlossen", "en": "adopted"}, {}),
}
PUBLIC = frozenset(State) - {State.DRAFT}


@dataclass(frozen=True)
class Step:
    """From where to where, and whether a version is published with it."""

    sources: frozenset[State]
    target: State
    publishes: bool = False


STEPS: Mapping[str, Step] = {
    "open": Step(frozenset({State.DRAFT, State.REVISING}), State.CONSULTATION, publishes=True),
    "evaluate": Step(frozenset({State.CONSULTATION}), State.REVISING),
    "to_council": Step(frozenset({State.REVISING}), State.COUNCIL, publishes=True),
    "back": Step(frozenset({State.COUNCIL}), State.REVISING),
    "adopt": Step(frozenset({State.COUNCIL}), State.ADOPTED),
}


def steps_from(state: str) -> list[str]:
    """What can be done next."""
    return [verb for verb, step in STEPS.items() if state in step.sources]


class Shape(StrEnum):
    """What a paragraph is in the document."""

    HEADING = "heading"
    SUBHEADING = "subheading"
    TEXT = "text"
    ITEM = "item"


class Kind(StrEnum):
    """How somebody speaks to a paragraph."""

    COMMENT = "comment"
    WORDING = "wording"


KINDS: Mapping[Kind, Texts] = {
    Kind.COMMENT: {"de": "Anmerkung", "en": "comment"},
    Kind.WORDING: {"de": "Vorschlag zum Wortlaut", "en": "suggested wording"},
}


class Heard(StrEnum):
    """Where a comment or a suggestion stands with the moderators."""

    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


HEARD: Mapping[Heard, Texts] = {
    Heard.WAITING: {"de": "wird geprüft", "en": "being checked"},
    Heard.SHOWN: {"de": "noch ohne Antwort", "en": "no answer yet"},
    Heard.REFUSED: {"de": "nicht veröffentlicht", "en": "not published"},
    Heard.WITHDRAWN: {"de": "zurückgezogen", "en": "withdrawn"},
}


class Outcome(StrEnum):
    """What the team answers."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    NO = "no"


OUTCOMES: Mapping[Outcome, Texts] = {
    Outcome.ADOPTED: {"de": "übernommen", "en": "taken over"},
    Outcome.PARTLY: {"de": "zum Teil übernommen", "en": "partly taken over"},
    Outcome.NO: {"de": "nicht übernommen", "en": "not taken over"},
}
