"""Meetings for calendars (RFC 5545), papers for feed readers (RSS 2.0)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from allmende.capabilities.council import queries
from allmende.capabilities.council.models import Meeting
from allmende.capabilities.council.queries.pages import fed_meetings
from allmende.capabilities.council.views.pages import ours, word
from allmende.core import city
from allmende.core.http import Request

BACK = timedelta(days=365)
"""How far back a calendar reaches."""


def as_calendar(meetings: Sequence[Meeting], name: str) -> bytes:
    """A VCALENDAR. What was called off stays in it as cancelled; SEQUENCE grows with every change."""
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", f"-//Allmende//{settings.CITY_ID}//DE")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", name)
    calendar.add("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
    host = urlsplit(settings.PUBLIC_URL).hostname or settings.CITY_ID
    for one in meetings:
        if one.start is None:
            continue
        made = Event()
        made.add("UID", f"{one.pk}@{host}")
        made.add("DTSTAMP", one.modified.astimezone(UTC))
        made.add("LAST-MODIFIED", one.modified.astimezone(UTC))
        made.add("SEQUENCE", one.sequence)
        made.add("SUMMARY", one.name)
        made.add("DTSTART", one.start.astimezone(UTC))
        if one.end is not None:
            made.add("DTEND", one.end.astimezone(UTC))
        made.add("STATUS", "CANCELLED" if one.cancelled else "CONFIRMED")
        if one.location is not None and one.location.public:
            made.add("LOCATION", str(one.location))
        made.add("URL", settings.PUBLIC_URL + one.path)
        made.add("CLASS", "PUBLIC")
        calendar.add_component(made)
    return bytes(calendar.to_ical())


def _answer(meetings: Sequence[Meeting], name: str, file_name: str) -> HttpResponse:
    response = HttpResponse(as_calendar(meetings, name), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{file_name}"'
    return response


@ours
@require_safe
def calendar(request: Request) -> HttpResponse:
    """All meetings from a year back on."""
    return _answer(fed_meetings(request.at - BACK), f"{city.current().name}: {_('Sitzungen')}", "sitzungen.ics")


@ours
@require_safe
def organization_calendar(request: Request, number: int) -> HttpResponse:
    """The meetings of one organisation."""
    found = queries.organization(number)
    return _answer(fed_meetings(request.at - BACK, found), found.name, f"sitzungen-{number}.ics")


@ours
@require_safe
def meeting_calendar(request: Request, number: int) -> HttpResponse:  # noqa: ARG001 - every view gets it
    """One meeting."""
    found = queries.meeting(number)
    return _answer([found], found.name, f"sitzung-{number}.ics")


@ours
@require_safe
def papers(request: Request) -> HttpResponse:
    """The newest papers, with what they are about."""
    rows, _more = queries.papers_newest()
    language = request.viewer.language
    document = Rss201rev2Feed(
        title=_("%(city)s: Vorlagen des Stadtrats") % {"city": city.current().name},
        link=settings.PUBLIC_URL + reverse("council:papers"),
        description=_("Was dem Stadtrat vorliegt."),
        language="de",
        feed_url=settings.PUBLIC_URL + reverse("council:papers_feed"),
    )
    for one in rows:
        document.add_item(
            title=printable(one.name),
            link=settings.PUBLIC_URL + reverse("council:paper", args=[one.number]),
            description=printable(word(one.plain, language)),
            unique_id=f"urn:uuid:{one.pk}",
            unique_id_is_permalink=False,
            pubdate=_noon(one.date) if one.date else one.created,
            categories=[one.paper_type] if one.paper_type else [],
        )
    return HttpResponse(document.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


def _noon(day: object) -> datetime:
    """A day as the instant that every zone of ours puts on that day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())  # type: ignore[attr-defined]


def printable(text: str) -> str:
    """Without signs that XML 1.0 forbids (section 2.2)."""
    return "".join(sign for sign in text if sign in "\t\n\r" or " " <= sign < "\ufffe" or sign > "\uffff")
