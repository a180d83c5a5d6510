"""Events as iCalendar (RFC 5545, RFC 7986): for one event and for feeds that calendar programs ask for again and again.

Each date is a VEVENT of its own with a UID that stays, also the dates of a series: so a date can be moved or cancelled
by itself, and whoever takes one date and the feed has it once. Nothing that was announced disappears from a feed: it
becomes STATUS:CANCELLED, and SEQUENCE grows with every change.
"""

from collections.abc import Iterable
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vText

from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.workflow.calendar import ACCESS, AIDS, KINDS, Kind, State, word
from allmende.core import city


def uid_of(event: CalendarEvent) -> str:
    """The UID under which every calendar program knows the event for good."""
    return f"{event.pk}@{urlsplit(settings.PUBLIC_URL).hostname or settings.CITY_ID}"


def url_of(event: CalendarEvent, language: str) -> str:
    """Absolute address of the event's page."""
    return f"{settings.PUBLIC_URL}{'' if language == 'de' else f'/{language}'}/kalender/termine/{event.number}/"


def where(event: CalendarEvent, language: str) -> str:
    """Place and address in one line."""
    return ", ".join(part for part in (word(event.place, language), event.address) if part) or event.online_url


def feed(events: Iterable[CalendarEvent], *, language: str, name: str = "") -> bytes:
    """A VCALENDAR with these events, in this language."""
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", f"-//Allmende//{settings.CITY_ID}//{language.upper()}")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    if name:
        calendar.add("X-WR-CALNAME", name)
        calendar.add("NAME", name)
        calendar.add("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
        calendar.add("X-PUBLISHED-TTL", "PT1H")
    for event in events:
        calendar.add_component(_event(event, language))
    return bytes(calendar.to_ical())


def _event(event: CalendarEvent, language: str) -> Event:
    made = Event()
    zone = city.current().zone
    made.add("UID", uid_of(event))
    made.add("DTSTAMP", event.modified.astimezone(UTC))
    made.add("LAST-MODIFIED", event.modified.astimezone(UTC))
    made.add("SEQUENCE", event.sequence)
    made.add("SUMMARY", word(event.title, language))
    if event.all_day:
        last = (event.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
        made.add("DTSTART", event.starts_at.astimezone(zone).date())
        made.add("DTEND", last + timedelta(days=1))
    else:
        made.add("DTSTART", event.starts_at.astimezone(UTC))
        made.add("DTEND", event.ends_at.astimezone(UTC))
    made.add("STATUS", "CANCELLED" if event.state == State.CANCELLED else "CONFIRMED")
    made.add("CATEGORIES", [word(KINDS[Kind(event.kind)], language)])
    made.add("DESCRIPTION", _description(event, language))
    if where(event, language):
        made.add("LOCATION", where(event, language))
    if event.longitude is not None and event.latitude is not None:
        made.add("GEO", (event.latitude, event.longitude))
    made.add("URL", url_of(event, language))
    if event.online_url:
        made["CONFERENCE"] = vText(event.online_url)
        made["CONFERENCE"].params["VALUE"] = "URI"
    made.add("CLASS", "PUBLIC")
    return made


def _description(event: CalendarEvent, language: str) -> str:
    lines = [word(event.summary, language)]
    if event.state == State.CANCELLED:
        lines.insert(0, event.cancel_reason)
    if event.online_url:
        lines.append(event.online_url)
    kept = [word(ACCESS[key], language) for key in event.access if key in ACCESS]
    kept += [word(AIDS[key], language) for key in event.aids if key in AIDS]
    lines.append(", ".join(kept))
    lines.append(url_of(event, language))
    return "\n\n".join(line for line in lines if line)
