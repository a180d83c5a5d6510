"""Where meetings and papers stand, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from allmende.core.texts import Text


class MeetingPhase(StrEnum):
    """By the clock alone, but for the one that was called off."""

    COMING = "coming"
    BEGUN = "begun"
    OVER = "over"
    CANCELLED = "cancelled"


MEETING_LABELS: dict[MeetingPhase, dict[str, str]] = {
    MeetingPhase.COMING: {"de": "Sitzung · geplant", "en": "Meeting · planned"},
    MeetingPhase.BEGUN: {"de": "Sitzung · hat begonnen", "en": "Meeting · has begun"},
    MeetingPhase.OVER: {"de": "Sitzung · beendet", "en": "Meeting · over"},
    MeetingPhase.CANCELLED: {"de": "Sitzung · fällt aus", "en": "Meeting · cancelled"},
}


class PaperPhase(StrEnum):
    """Read off its stations: nobody types it."""

    SUBMITTED = "submitted"
    CONSULTED = "consulted"
    DECIDED = "decided"


PAPER_LABELS: dict[PaperPhase, dict[str, str]] = {
    PaperPhase.SUBMITTED: {"de": "Vorlage · eingereicht", "en": "Paper · submitted"},
    PaperPhase.CONSULTED: {"de": "Vorlage · in Beratung", "en": "Paper · under discussion"},
    PaperPhase.DECIDED: {"de": "Vorlage · entschieden", "en": "Paper · decided"},
}


PART_LABELS: dict[str, dict[str, str]] = {
    "": {"de": "Teil einer Vorlage · noch offen", "en": "Part of a paper · still open"},
    "accepted": {"de": "Teil einer Vorlage · angenommen", "en": "Part of a paper · accepted"},
    "rejected": {"de": "Teil einer Vorlage · abgelehnt", "en": "Part of a paper · rejected"},
    "postponed": {"de": "Teil einer Vorlage · vertagt", "en": "Part of a paper · postponed"},
}
"""Decision on a part → where it stands, in words."""


def vote_labels(passed: bool, yes: int, no: int) -> dict[str, str]:  # noqa: FBT001 - a word and two numbers
    """Where a paper stands that was voted on: the decision itself, as the Trace and the search show it."""
    return {
        "de": f"Vorlage · {'angenommen' if passed else 'abgelehnt'}: {yes} Ja, {no} Nein",
        "en": f"Paper · {'adopted' if passed else 'rejected'}: {yes} yes, {no} no",
    }


class TaskState(StrEnum):
    """What follows from a resolution: derived from its last report and the day, never typed.

    open ── reported as done ──▶ done ── reported as not done after all ──▶ open
      └──── the day is over ───▶ overdue ── reported as done ──▶ done
    """

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"


class DraftState(StrEnum):
    """Where a resolution paper stands before the council knows of it."""

    DRAFT = "draft"
    SIGNING = "signing"
    RETURNED = "returned"
    SIGNED = "signed"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class DraftInfo:
    """What a state is called, and the kind of its tag."""

    label: Text
    kind: str = ""


DRAFT_STATES: Mapping[DraftState, DraftInfo] = {
    DraftState.DRAFT: DraftInfo(_("in Arbeit"), "quiet"),
    DraftState.SIGNING: DraftInfo(_("wird mitgezeichnet")),
    DraftState.RETURNED: DraftInfo(_("zurückgegeben"), "warn"),
    DraftState.SIGNED: DraftInfo(_("bereit zum Einbringen"), "good"),
    DraftState.SUBMITTED: DraftInfo(_("eingebracht"), "quiet"),
    DraftState.WITHDRAWN: DraftInfo(_("zurückgezogen"), "quiet"),
}


class By(StrEnum):
    """Who takes a step: the department that writes, one that is asked to sign, the council's office."""

    AUTHOR = "author"
    SIGNER = "signer"
    OFFICE = "office"


@dataclass(frozen=True)
class DraftStep:
    """One transition. `ask` is the question to which the reason answers; empty: none is asked."""

    sources: frozenset[DraftState]
    target: DraftState
    by: By
    label: Text
    """Verb of the button."""
    ask: Text = ""


DRAFT_STEPS: Mapping[str, DraftStep] = {
    "send": DraftStep(
        frozenset({DraftState.DRAFT, DraftState.RETURNED}), DraftState.SIGNING, By.AUTHOR, _("Zur Mitzeichnung geben"),
    ),
    "sign": DraftStep(frozenset({DraftState.SIGNING}), DraftState.SIGNED, By.SIGNER, _("Mitzeichnen")),
    "refuse": DraftStep(
        frozenset({DraftState.SIGNING}), DraftState.RETURNED, By.SIGNER, _("Nicht mitzeichnen"),
        _("Warum zeichnet Ihr Amt nicht mit?"),
    ),
    "return": DraftStep(
        frozenset({DraftState.SIGNING, DraftState.SIGNED}), DraftState.RETURNED, By.OFFICE, _("Zurückgeben"),
        _("Was fehlt noch?"),
    ),
    "submit": DraftStep(frozenset({DraftState.SIGNED}), DraftState.SUBMITTED, By.OFFICE, _("Einbringen")),
    "withdraw": DraftStep(
        frozenset({DraftState.DRAFT, DraftState.SIGNING, DraftState.RETURNED, DraftState.SIGNED}),
        DraftState.WITHDRAWN, By.AUTHOR, _("Zurückziehen"),
    ),
}  # fmt: skip
"""„send“ leads straight to „signed“ where nobody is asked, „sign“ there once nobody is left who was asked."""

EDITABLE = frozenset({DraftState.DRAFT, DraftState.SIGNING, DraftState.RETURNED, DraftState.SIGNED})
"""Here the text may change: back to „draft“, and signatures are taken back."""


class SignatureState(StrEnum):
    ASKED = "asked"
    SIGNED = "signed"
    REFUSED = "refused"
