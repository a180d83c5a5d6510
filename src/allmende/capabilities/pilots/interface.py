"""What journeys may call: references, who may see what, what a council's decision does, values by program."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.pilots.actions import Evidence, record_value, take_decision, take_decision_back
from allmende.capabilities.pilots.queries import indicators, portfolio
from allmende.capabilities.pilots.rules import may_see
from allmende.core.actor import Viewer
from allmende.core.refs import Ref

__all__ = [
    "PILOT",
    "Evidence",
    "indicators_of",
    "indicators_of_series",
    "may_see_indicator",
    "may_see_pilot",
    "pilot_of",
    "proposals",
    "record_value",
    "take_decision",
    "take_decision_back",
]


PILOT = ("pilots", "pilot")
"""Room and kind of what `pilot_of` answers with."""


def pilot_of(ref: Ref) -> Ref | None:
    """The pilot behind a reference of this room, when everybody may read it: itself, or that of an indicator."""
    if (ref.capability, ref.kind) == PILOT:
        pilot = portfolio.by_id(ref.id)
    elif (ref.capability, ref.kind) == ("pilots", "indicator"):
        indicator = indicators.by_id(ref.id)
        pilot = indicator.pilot if indicator is not None else None
    else:
        return None
    return pilot.ref if pilot is not None and pilot.is_public else None


def proposals(_at: datetime) -> list[Ref]:
    """What the council can decide on: proposals first, then what is decided, under way or over."""
    return [pilot.ref for pilot in portfolio.proposals_first()]


def indicators_of(pilot: Ref) -> list[tuple[Ref, datetime]]:
    """What measures a pilot, and since when."""
    return [(one.ref, one.created_at) for one in indicators.of_pilot(pilot.id)]


def indicators_of_series(series: str) -> list[UUID]:
    """Indicators that want the values of a series of the data platform: for `record_value`."""
    return indicators.of_series(series)


def may_see_pilot(pilot_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "pilot"."""
    found = portfolio.by_id(pilot_id)
    return found is not None and may_see(viewer, found)


def may_see_indicator(indicator_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "indicator": whoever may see its pilot."""
    found = indicators.by_id(indicator_id)
    return found is not None and may_see(viewer, found.pilot)
