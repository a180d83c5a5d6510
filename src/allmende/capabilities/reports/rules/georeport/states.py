"""Our states in the words of the standard and of its dialects, and back.

GeoReport v2 knows open and closed. FixMyStreet's extension names more (its documentation, „Open311 extensions“; case
does not matter, an underscore is a space); without them a plain „closed“ is read as fixed. CitySDK has five.
"""

from collections.abc import Mapping

from allmende.capabilities.reports.workflow import ENDED, State

EXTENDED: Mapping[State, str] = {
    State.RECEIVED: "OPEN",
    State.CHECKED: "INVESTIGATING",
    State.FORWARDED: "INVESTIGATING",
    State.IN_WORK: "IN_PROGRESS",
    State.WAITING: "INVESTIGATING",
    State.PLANNED: "ACTION_SCHEDULED",
    State.DONE: "FIXED",
    State.NOT_OURS: "NOT_COUNCILS_RESPONSIBILITY",
    State.DUPLICATE: "DUPLICATE",
    State.REOPENED: "REOPEN",
    State.REFUSED: "NO_FURTHER_ACTION",
}
"""INTERNAL_REFERRAL would be closed for a FixMyStreet: what another office of the city has is still being looked at."""
CITYSDK: Mapping[State, str] = {
    State.RECEIVED: "PENDING",
    State.CHECKED: "RECEIVED",
    State.FORWARDED: "RECEIVED",
    State.IN_WORK: "IN_PROCESS",
    State.WAITING: "RECEIVED",
    State.PLANNED: "RECEIVED",
    State.DONE: "PROCESSED",
    State.NOT_OURS: "REJECTED",
    State.DUPLICATE: "REJECTED",
    State.REOPENED: "RECEIVED",
    State.REFUSED: "REJECTED",
}
STEPS: Mapping[str, str] = {
    "OPEN": "",
    "INVESTIGATING": "check",
    "FOR TRIAGE": "",
    "ACTION SCHEDULED": "plan",
    "IN PROGRESS": "begin",
    "FIXED": "finish",
    "CLOSED": "finish",
    "DUPLICATE": "",
    "NOT COUNCILS RESPONSIBILITY": "decline",
    "NO FURTHER ACTION": "decline",
    "INTERNAL REFERRAL": "",
    "CANCELLED": "decline",
    "REOPEN": "reopen",
    # CitySDK
    "RECEIVED": "check",
    "PENDING": "",
    "IN PROCESS": "begin",
    "PROCESSED": "finish",
    "REJECTED": "decline",
}
"""What somebody else's state means for ours: the step that leads there; "": their words are kept, ours stays."""


def status(state: str) -> str:
    """GeoReport's own two words."""
    return "closed" if State(state) in ENDED else "open"


def states_of(words: str) -> frozenset[str]:
    """Our states behind „open“ or „closed“; none for any other word."""
    return frozenset(one.value for one in State if status(one) == words.lower())


def detailed(words: str) -> frozenset[str]:
    """Our states behind one of CitySDK."""
    return frozenset(one.value for one, said in CITYSDK.items() if said == normal(words).replace(" ", "_"))


def normal(words: str) -> str:
    """`in_progress`, `In Progress` and `IN PROGRESS` are the same."""
    return " ".join(words.replace("_", " ").upper().split())


def step_for(words: str) -> str | None:
    """The step that a state of another system asks for; "" for none; None for a word that nobody knows."""
    return STEPS.get(normal(words))
