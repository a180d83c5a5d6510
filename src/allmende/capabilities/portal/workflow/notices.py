"""Official notices: draft, checked by a second person, provided for good. From then on the text stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from allmende.core.texts import Text


class State(StrEnum):
    DRAFT = "draft"
    CHECKED = "checked"
    PROVIDED = "provided"
    """Public from its instant of provision on; before that instant it can still be recalled."""
    DISCARDED = "discarded"


LABELS: Mapping[State, Text] = {
    State.DRAFT: _("Entwurf"),
    State.CHECKED: _("geprüft"),
    State.PROVIDED: _("bekannt gemacht"),
    State.DISCARDED: _("verworfen"),
}
LABELS_BOTH: Mapping[State, Mapping[str, str]] = {
    State.DRAFT: {"de": "Entwurf", "en": "draft"},
    State.CHECKED: {"de": "geprüft", "en": "checked"},
    State.PROVIDED: {"de": "bekannt gemacht", "en": "published"},
    State.DISCARDED: {"de": "verworfen", "en": "discarded"},
}
"""For the public index, which keeps every language."""


@dataclass(frozen=True)
class Step:
    """What can be done, from where to where."""

    label: Text
    sources: frozenset[State]
    target: State


STEPS: Mapping[str, Step] = {
    "write": Step(_("geschrieben"), frozenset({State.DRAFT, State.CHECKED}), State.DRAFT),
    "check": Step(_("geprüft"), frozenset({State.DRAFT}), State.CHECKED),
    "send_back": Step(_("zurückgegeben"), frozenset({State.CHECKED}), State.DRAFT),
    "provide": Step(_("zur Bekanntmachung freigegeben"), frozenset({State.CHECKED}), State.PROVIDED),
    "recall": Step(_("vor dem Termin zurückgeholt"), frozenset({State.PROVIDED}), State.DRAFT),
    "discard": Step(_("verworfen"), frozenset({State.DRAFT, State.CHECKED}), State.DISCARDED),
}


def may_step(verb: str, state: str) -> bool:
    """Whether the table has such a step from here."""
    return State(state) in STEPS[verb].sources
