"""States and steps of a pilot as data. Labels stand here per language, since they travel into the public index."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from allmende.core.texts import Text

type Texts = Mapping[str, str]


class State(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    DECIDED = "decided"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    DECLINED = "declined"


@dataclass(frozen=True)
class StateInfo:
    """What a state is called; `kind` is the tag's, `reached` whether the Trace draws its station as reached."""

    labels: Texts
    plural: Text
    """Heading of the group in the portfolio."""
    kind: str = ""
    reached: bool = True


STATES: Mapping[State, StateInfo] = {
    State.DRAFT: StateInfo({"de": "Entwurf", "en": "draft"}, _("Entwürfe"), "quiet", reached=False),
    State.PROPOSED: StateInfo({"de": "vorgeschlagen", "en": "proposed"}, _("Vorgeschlagen"), "", reached=False),
    State.DECIDED: StateInfo({"de": "beschlossen", "en": "decided"}, _("Beschlossen"), ""),
    State.RUNNING: StateInfo({"de": "läuft", "en": "running"}, _("Läuft gerade"), "good"),
    State.FINISHED: StateInfo({"de": "abgeschlossen", "en": "finished"}, _("Abgeschlossen"), "quiet"),
    State.STOPPED: StateInfo({"de": "beendet", "en": "stopped"}, _("Vorzeitig beendet"), "quiet"),
    State.DECLINED: StateInfo({"de": "nicht umgesetzt", "en": "not carried out"}, _("Nicht umgesetzt"), "quiet"),
}
IN_ORDER = (State.RUNNING, State.DECIDED, State.PROPOSED, State.FINISHED, State.STOPPED, State.DECLINED, State.DRAFT)
"""As the portfolio lists them: what happens now comes first."""
UNDER_WAY = frozenset({State.DECIDED, State.RUNNING})
"""While these last, milestones are watched: there is a traffic light."""
WITH_REASON = frozenset({State.FINISHED, State.STOPPED, State.DECLINED})
"""States that say why, or what came out."""


@dataclass(frozen=True)
class Step:
    """One transition. `ask` is the question to which the reason answers; empty: none is asked."""

    sources: frozenset[State]
    target: State
    label: Text
    """Verb of the button."""
    ask: Text = ""
    told: bool = True
    """Whether those who follow the pilot, or what led to it, hear of it."""


STEPS: Mapping[str, Step] = {
    "publish": Step(frozenset({State.DRAFT}), State.PROPOSED, _("Vorschlag veröffentlichen")),
    "decide": Step(frozenset({State.PROPOSED, State.DECLINED}), State.DECIDED, _("Beschluss eintragen")),
    "decline": Step(
        frozenset({State.PROPOSED, State.DECIDED}), State.DECLINED, _("Nicht umsetzen"),
        _("Warum wird der Vorschlag nicht umgesetzt?"),
    ),
    "reopen": Step(
        frozenset({State.DECIDED, State.DECLINED}), State.PROPOSED, _("Wieder zum Vorschlag machen"),
        _("Warum gilt der Beschluss nicht mehr?"),
    ),
    "start": Step(frozenset({State.DECIDED}), State.RUNNING, _("Beginnen")),
    "finish": Step(
        frozenset({State.RUNNING}), State.FINISHED, _("Abschließen"), _("Was ist dabei herausgekommen?")
    ),
    "stop": Step(
        frozenset({State.DECIDED, State.RUNNING}), State.STOPPED, _("Vorzeitig beenden"),
        _("Warum wird der Pilot beendet?"),
    ),
}  # fmt: skip


def steps_from(state: State) -> dict[str, Step]:
    """What can be done next, in the table's order."""
    return {verb: step for verb, step in STEPS.items() if state in step.sources}


INDICATOR: Texts = {"de": "Kennzahl", "en": "indicator"}
