"""States and steps of a report as data. Labels stand here per language, since they travel into the public index."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allmende.core.texts import Text

type Texts = Mapping[str, str]


class State(StrEnum):
    RECEIVED = "received"
    CHECKED = "checked"
    FORWARDED = "forwarded"
    IN_WORK = "in_work"
    WAITING = "waiting"
    PLANNED = "planned"
    DONE = "done"
    NOT_OURS = "not_ours"
    DUPLICATE = "duplicate"
    REOPENED = "reopened"
    REFUSED = "refused"


@dataclass(frozen=True)
class StateInfo:
    """What a state is called and what it means to whoever waits; `kind` is the tag's, `reached` the Trace's station."""

    labels: Texts
    meaning: Texts
    kind: str = ""
    reached: bool = False


STATES: Mapping[State, StateInfo] = {
    State.RECEIVED: StateInfo(
        {"de": "eingegangen", "en": "received"},
        {"de": "Jemand von der Stadt liest die Meldung.", "en": "Someone at the city reads the report."},
        "quiet",
    ),
    State.CHECKED: StateInfo(
        {"de": "geprüft", "en": "checked"},
        {"de": "Das zuständige Amt sieht es sich an.", "en": "The office in charge is looking at it."},
    ),
    State.FORWARDED: StateInfo(
        {"de": "weitergegeben", "en": "passed on"},
        {"de": "Wir haben es an die richtige Stelle gegeben.", "en": "We have passed it on to the right place."},
    ),
    State.IN_WORK: StateInfo(
        {"de": "in Arbeit", "en": "in work"},
        {"de": "Es wird daran gearbeitet.", "en": "Work on it is under way."},
        "good",
    ),
    State.WAITING: StateInfo(
        {"de": "Rückfrage", "en": "question asked"},
        {"de": "Wir warten auf eine Antwort.", "en": "We are waiting for an answer."},
        "warn",
    ),
    State.PLANNED: StateInfo(
        {"de": "eingeplant", "en": "planned"},
        {"de": "Es ist eingeplant, aber noch nicht an der Reihe.", "en": "It is planned, but its turn has not come."},
    ),
    State.DONE: StateInfo(
        {"de": "erledigt", "en": "done"}, {"de": "Das ist erledigt.", "en": "That is done."}, "good", reached=True
    ),
    State.NOT_OURS: StateInfo(
        {"de": "nicht Sache der Stadt", "en": "not the city's task"},
        {"de": "Dafür ist jemand anderes zuständig.", "en": "Someone else is responsible for it."},
        "quiet",
        reached=True,
    ),
    State.DUPLICATE: StateInfo(
        {"de": "schon gemeldet", "en": "reported before"},
        {"de": "Dieselbe Sache war schon gemeldet.", "en": "The same thing had been reported before."},
        "quiet",
        reached=True,
    ),
    State.REOPENED: StateInfo(
        {"de": "wieder offen", "en": "open again"},
        {"de": "Es war nicht erledigt. Wir sehen es uns noch einmal an.", "en": "It was not done. We look again."},
        "warn",
    ),
    State.REFUSED: StateInfo(
        {"de": "nicht angenommen", "en": "not accepted"},
        {"de": "Diese Meldung bearbeiten wir nicht.", "en": "We do not deal with this report."},
        "quiet",
        reached=True,
    ),
}  # fmt: skip
OPEN = frozenset(State) - {State.DONE, State.NOT_OURS, State.DUPLICATE, State.REFUSED}
"""Somebody of the city still has something to do, or waits for an answer."""
ENDED = frozenset(State) - OPEN
HIDDEN = frozenset({State.REFUSED})
"""Never public, whatever was decided before."""


class Who(StrEnum):
    """Who takes a step; `rules` says who that is."""

    OFFICE = "office"
    REPORTER = "reporter"
    OUTSIDE = "outside"
    """No step of its own: `hand_over`, `take_back` and the party's answer take it."""
    MERGE = "merge"
    """No step of its own: `merge_reports` and `split_report` take it."""


@dataclass(frozen=True)
class Step:
    """One transition. `target` None: where the report stood before the question, or before it was merged."""

    sources: frozenset[State]
    target: State | None
    label: Text
    """Verb of the button."""
    deed: Texts
    """What the timeline says."""
    ask: Text = ""
    """Label of the words that everybody concerned reads; empty: no words."""
    required: bool = False
    who: Who = Who.OFFICE
    to_office: bool = False
    """Asks for another office."""


_WORKED_ON = frozenset({State.CHECKED, State.FORWARDED, State.IN_WORK, State.PLANNED, State.REOPENED})
STEPS: Mapping[str, Step] = {
    "check": Step(
        frozenset({State.RECEIVED, State.REOPENED}), State.CHECKED, pgettext_lazy("report", "Prüfen"),
        {"de": "Geprüft: Das zuständige Amt kümmert sich.", "en": "Checked: the office in charge takes care of it."},
        _("Möchten Sie etwas dazu sagen?"),
    ),
    "begin": Step(
        _WORKED_ON - {State.IN_WORK} | {State.WAITING}, State.IN_WORK, _("In Arbeit nehmen"),
        {"de": "In Arbeit.", "en": "In work."}, _("Was geschieht jetzt?"),
    ),
    "finish": Step(
        _WORKED_ON | {State.WAITING}, State.DONE, _("Erledigt melden"),
        {"de": "Erledigt.", "en": "Done."}, _("Was wurde getan?"), required=True,
    ),
    "plan": Step(
        _WORKED_ON - {State.PLANNED} | {State.WAITING}, State.PLANNED, _("Einplanen"),
        {"de": "Eingeplant.", "en": "Planned."}, _("Wann etwa, und warum nicht sofort?"), required=True,
    ),
    "ask": Step(
        _WORKED_ON | {State.RECEIVED}, State.WAITING, _("Etwas fragen"),
        {"de": "Wir haben eine Frage.", "en": "We have a question."},
        _("Was möchten Sie wissen?"), required=True,
    ),
    "forward": Step(
        _WORKED_ON | {State.RECEIVED, State.WAITING}, State.FORWARDED, _("An ein anderes Amt geben"),
        {"de": "An die richtige Stelle gegeben.", "en": "Passed on to the right place."},
        _("Möchten Sie etwas dazu sagen?"), to_office=True,
    ),
    "decline": Step(
        _WORKED_ON | {State.RECEIVED, State.WAITING}, State.NOT_OURS, _("Nicht Sache der Stadt"),
        {"de": "Dafür ist nicht die Stadt zuständig.", "en": "This is not the city's task."},
        _("Wer ist zuständig, und wie erreicht man die Stelle?"), required=True,
    ),
    "refuse": Step(
        frozenset({State.RECEIVED}), State.REFUSED, _("Nicht annehmen"),
        {"de": "Nicht angenommen.", "en": "Not accepted."}, _("Warum nicht?"), required=True,
    ),
    "hand_over": Step(
        _WORKED_ON | {State.WAITING}, State.FORWARDED, _("Nach außen geben"),
        {"de": "An eine Stelle außerhalb der Stadtverwaltung gegeben.",
         "en": "Handed over to somebody outside of the city administration."}, who=Who.OUTSIDE,
    ),
    "ext_work": Step(
        _WORKED_ON | {State.WAITING}, State.IN_WORK, "",
        {"de": "Die Stelle außerhalb arbeitet daran.", "en": "Those outside are working on it."}, who=Who.OUTSIDE,
    ),
    "ext_done": Step(
        _WORKED_ON | {State.WAITING}, State.IN_WORK, "",
        {"de": "Die Stelle außerhalb ist fertig. Das Amt sieht nach.",
         "en": "Those outside have finished. The office has a look."}, who=Who.OUTSIDE,
    ),
    "ext_not_ours": Step(
        _WORKED_ON | {State.WAITING}, State.CHECKED, "",
        {"de": "Die Stelle außerhalb ist nicht zuständig. Das Amt kümmert sich.",
         "en": "Those outside are not responsible. The office takes care of it."}, who=Who.OUTSIDE,
    ),
    "take_back": Step(
        _WORKED_ON | {State.WAITING}, State.CHECKED, "",
        {"de": "Von der Stelle außerhalb zurückgeholt.", "en": "Taken back from those outside."}, who=Who.OUTSIDE,
    ),
    "merge": Step(
        _WORKED_ON | {State.RECEIVED, State.WAITING}, State.DUPLICATE, _("Mit einer anderen zusammenlegen"),
        {"de": "Das war schon gemeldet: Beide Meldungen laufen jetzt zusammen.",
         "en": "This had been reported before: both reports now run together."}, who=Who.MERGE,
    ),
    "split": Step(
        frozenset({State.DUPLICATE}), None, _("Zusammenlegen zurücknehmen"),
        {"de": "Doch nicht dasselbe: Die Meldung läuft wieder für sich.",
         "en": "Not the same after all: the report runs by itself again."}, who=Who.MERGE,
    ),
    "reopen": Step(
        frozenset({State.DONE, State.NOT_OURS, State.REFUSED}), State.REOPENED, _("Wieder öffnen"),
        {"de": "Wieder geöffnet.", "en": "Opened again."}, _("Warum?"), required=True,
    ),
    "answer": Step(
        frozenset({State.WAITING}), None, _("Antworten"),
        {"de": "Die Frage ist beantwortet.", "en": "The question has been answered."},
        _("Ihre Antwort"), required=True, who=Who.REPORTER,
    ),
    "object": Step(
        frozenset({State.DONE}), State.REOPENED, _("Nein, es ist nicht erledigt"),
        {"de": "Es ist nicht erledigt.", "en": "It is not done."},
        _("Was ist noch nicht in Ordnung?"), required=True, who=Who.REPORTER,
    ),
    "confirm": Step(
        frozenset({State.DONE}), State.DONE, _("Ja, es ist erledigt"),
        {"de": "Bestätigt: Es ist erledigt.", "en": "Confirmed: it is done."}, who=Who.REPORTER,
    ),
}  # fmt: skip
RECEIVED: Texts = {"de": "Die Meldung ist bei uns.", "en": "We have the report."}
"""What the timeline says of the first line, which no step makes."""

PHOTO_BROKEN: Texts = {
    "de": "Das Foto ließ sich nicht öffnen. Die Meldung ist ohne Foto bei uns.",
    "en": "The photo could not be opened. We have the report without it.",
}
OWN_LINES = frozenset({"photo"})
"""Lines that only the reporter and the offices see."""


def steps_of(state: str, who: Who) -> dict[str, Step]:
    """What can be done next, in the table's order."""
    return {verb: step for verb, step in STEPS.items() if state in step.sources and step.who == who}


def label(state: str, language: str) -> str:
    labels = STATES[State(state)].labels
    return labels.get(language) or labels["de"]
