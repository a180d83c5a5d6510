"""Reports of barriers: what state they are in, and by when the city answers."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from allmende.core.texts import Text


class Kind(StrEnum):
    """What does not work, in the words of the four principles (WCAG 2.2)."""

    PERCEIVE = "perceive"
    OPERATE = "operate"
    UNDERSTAND = "understand"
    DOCUMENT = "document"
    OTHER = "other"


KINDS: Mapping[Kind, Text] = {
    Kind.PERCEIVE: _("Ich kann etwas nicht sehen, hören oder vorlesen lassen"),
    Kind.OPERATE: _("Ich kann etwas nicht bedienen"),
    Kind.UNDERSTAND: _("Ich verstehe etwas nicht"),
    Kind.DOCUMENT: _("Eine Datei ist nicht lesbar"),
    Kind.OTHER: _("Etwas anderes"),
}


class State(StrEnum):
    RECEIVED = "received"
    IN_WORK = "in_work"
    SOLVED = "solved"
    DECLINED = "declined"


LABELS: Mapping[State, Mapping[str, str]] = {
    State.RECEIVED: {"de": "eingegangen", "en": "received"},
    State.IN_WORK: {"de": "in Arbeit", "en": "in progress"},
    State.SOLVED: {"de": "behoben", "en": "removed"},
    State.DECLINED: {"de": "bleibt, mit Grund", "en": "stays, with a reason"},
}
STEPS: Mapping[State, Mapping[str, str]] = {
    State.RECEIVED: {"de": "Wir sehen es uns an und antworten.", "en": "We look at it and answer."},
    State.IN_WORK: {"de": "Wir beheben die Barriere.", "en": "We are removing the barrier."},
    State.SOLVED: {},
    State.DECLINED: {},
}
CLOSED = frozenset({State.SOLVED, State.DECLINED})
OUTCOMES: Mapping[State, Text] = {
    State.IN_WORK: _("Wir arbeiten daran, bis zu dem Tag unten"),
    State.SOLVED: _("Die Barriere ist behoben"),
    State.DECLINED: _("Wir können sie nicht beheben"),
}
ANSWER_DAYS = 14
"""Days until the first answer, unless the city decides otherwise. The law allows a month in other states."""
