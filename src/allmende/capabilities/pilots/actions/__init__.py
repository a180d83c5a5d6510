"""Every change."""

from allmende.capabilities.pilots.actions.indicators import (
    Evidence,
    IndicatorData,
    keep_charts,
    record_value,
    save_indicator,
)
from allmende.capabilities.pilots.actions.origins import add_origins, take_out
from allmende.capabilities.pilots.actions.portfolio import (
    Money,
    PilotData,
    Where,
    move_pilot,
    save_milestone,
    save_pilot,
    take_decision,
    take_decision_back,
)
from allmende.capabilities.pilots.actions.reminding import remind_of_milestone

__all__ = [
    "Evidence",
    "IndicatorData",
    "Money",
    "PilotData",
    "Where",
    "add_origins",
    "keep_charts",
    "move_pilot",
    "record_value",
    "remind_of_milestone",
    "save_indicator",
    "save_milestone",
    "save_pilot",
    "take_decision",
    "take_decision_back",
    "take_out",
]
