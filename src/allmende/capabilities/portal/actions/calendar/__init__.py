"""Every change in the calendar."""

from allmende.capabilities.portal.actions.calendar.clock import note_end, note_shown, remind_registered
from allmende.capabilities.portal.actions.calendar.data import EventData
from allmende.capabilities.portal.actions.calendar.importing import Imported, import_calendar
from allmende.capabilities.portal.actions.calendar.planning import (
    ALL,
    FOLLOWING,
    THIS,
    cancel_event,
    change_event,
    copy_event,
    data_of,
    discard_event,
    plan_event,
    plan_series,
    publish_event,
    review_event,
)
from allmende.capabilities.portal.actions.calendar.seats import (
    confirm_seat,
    give_up_seat,
    note_who_came,
    release_unconfirmed,
    take_seat,
)

__all__ = [
    "ALL",
    "FOLLOWING",
    "THIS",
    "EventData",
    "Imported",
    "cancel_event",
    "change_event",
    "confirm_seat",
    "copy_event",
    "data_of",
    "discard_event",
    "give_up_seat",
    "import_calendar",
    "note_end",
    "note_shown",
    "note_who_came",
    "plan_event",
    "plan_series",
    "publish_event",
    "release_unconfirmed",
    "remind_registered",
    "review_event",
    "take_seat",
]
