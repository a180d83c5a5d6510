"""Where meetings and papers stand, in words."""

from enum import StrEnum


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
