"""Idea contests: what they ask, their entries, the jury, what the plenary said, who got which place."""

from allmende.capabilities.participation.actions.contest.entries import (
    EntryData,
    check_entrant,
    publish_entries,
)
from allmende.capabilities.participation.actions.contest.jury import (
    appoint_juror,
    declare_conflict,
    dismiss_juror,
    score_entry,
    withdraw_conflict,
)
from allmende.capabilities.participation.actions.contest.placing import (
    PlaceData,
    publish_placing,
    record_plenary,
)
from allmende.capabilities.participation.actions.contest.setup import ContestData, CriterionData, save_contest

__all__ = [
    "ContestData",
    "CriterionData",
    "EntryData",
    "PlaceData",
    "appoint_juror",
    "check_entrant",
    "declare_conflict",
    "dismiss_juror",
    "publish_entries",
    "publish_placing",
    "record_plenary",
    "save_contest",
    "score_entry",
    "withdraw_conflict",
]
