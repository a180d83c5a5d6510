"""Reads of the calendar: events of the portal, and what other rooms put into the public index with a time."""

from allmende.capabilities.portal.queries.calendar.dates import (
    Filters,
    Item,
    agenda,
    between,
    groups,
    month,
    next_change,
    next_shown,
    past,
    upcoming,
)
from allmende.capabilities.portal.queries.calendar.events import (
    about_of,
    changes,
    desk,
    due_for_clock,
    event_by_number,
    events_between,
    public_event,
    seat,
    seat_of_person,
    seats,
    series_of,
)
from allmende.capabilities.portal.queries.calendar.ical import feed, uid_of

__all__ = [
    "Filters",
    "Item",
    "about_of",
    "agenda",
    "between",
    "changes",
    "desk",
    "due_for_clock",
    "event_by_number",
    "events_between",
    "feed",
    "groups",
    "month",
    "next_change",
    "next_shown",
    "past",
    "public_event",
    "seat",
    "seat_of_person",
    "seats",
    "series_of",
    "uid_of",
    "upcoming",
]
