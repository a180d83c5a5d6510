"""One event: its page, its calendar entry, and what machines read of it (schema.org)."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.queries import calendar as queries
from allmende.capabilities.portal.queries.calendar.ical import url_of
from allmende.capabilities.portal.rules import calendar as rules
from allmende.capabilities.portal.rules.calendar.tokens import seat_token
from allmende.capabilities.portal.views.calendar.pages import crumbs, day_words, office_name, ours, until, when
from allmende.capabilities.portal.workflow.calendar import (
    ACCESS,
    AIDS,
    KINDS,
    LANGUAGES,
    OVER,
    STATE_LABELS,
    Kind,
    State,
    word,
)
from allmende.core import city
from allmende.core.http import Request
from allmende.engines.notify import interface as notify

SCHEMA = "https://schema.org/"
MINUTE = 60


def _words(keys: list[str], texts: Any, language: str) -> list[str]:
    return [word(texts[key], language) for key in keys if key in texts]


def json_ld(event: CalendarEvent, language: str) -> SafeString:
    """The event in the words of schema.org, as a data block: browsers do not run it, so the CSP has no say in it."""
    place = {"@type": "Place", "name": word(event.place, language) or event.address, "address": event.address}
    if event.longitude is not None and event.latitude is not None:
        place["geo"] = {"@type": "GeoCoordinates", "longitude": event.longitude, "latitude": event.latitude}  # type: ignore[assignment]
    online = {"@type": "VirtualLocation", "url": event.online_url}
    there, remote = bool(event.place or event.address), bool(event.online_url)
    mode = "MixedEventAttendanceMode" if there and remote else "OnlineEventAttendanceMode" if remote else ""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": settings.PUBLIC_URL + event_permanent(event),
        "name": word(event.title, language),
        "description": word(event.summary, language) or word(event.description, language),
        "url": url_of(event, language),
        "startDate": timezone.localtime(event.starts_at).isoformat(timespec="minutes"),
        "endDate": timezone.localtime(event.ends_at).isoformat(timespec="minutes"),
        "eventStatus": SCHEMA + ("EventCancelled" if event.state == State.CANCELLED else "EventScheduled"),
        "eventAttendanceMode": SCHEMA + (mode or "OfflineEventAttendanceMode"),
        "location": [place, online] if there and remote else online if remote else place,
        "organizer": {"@type": "GovernmentOrganization", "name": office_name(event.department, language)},
        "inLanguage": [key if key != "dgs" else "gsg" for key in event.languages if key != "leicht"],
        "isAccessibleForFree": not event.costs,
    }
    if event.capacity is not None:
        data["maximumAttendeeCapacity"] = event.capacity
        data["remainingAttendeeCapacity"] = event.free
    text = json.dumps(data, ensure_ascii=False)
    for sign, safe in (
        ("<", "\\u003C"),
        (">", "\\u003E"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(sign, safe)
    return mark_safe(text)  # noqa: S308 - nothing in it can end the data block any more


def event_permanent(event: CalendarEvent) -> str:
    return f"/r/{event.ref}"


def facts(event: CalendarEvent, language: str) -> list[tuple[str, str]]:
    """What somebody needs who wants to come."""
    kept = _words(event.access, ACCESS, language)
    if word(event.access_note, language):
        kept.append(word(event.access_note, language))
    where = ", ".join(part for part in (word(event.place, language), event.address) if part)
    invited = (office_name(event.department, language), word(event.organiser, language))
    return [
        (_("Ort"), where or _("online")),
        (_("Zugang"), ", ".join(kept)),
        (_("Sprachen"), ", ".join(_words(event.languages, LANGUAGES, language))),
        (_("Angeboten wird"), ", ".join(_words(event.aids, AIDS, language))),
        (_("Kosten"), word(event.costs, language) or _("kostenfrei")),
        (_("Es lädt ein"), ", ".join(name for name in invited if name)),
    ]  # fmt: skip


def on_the_map(event: CalendarEvent, at: datetime) -> str:
    """The city map at this spot; "" where nobody knows it, and once it is over."""
    if event.longitude is None or event.latitude is None or event.ends_at <= at:
        return ""
    return f"{reverse('places:map')}?ebene=termine&karte=16/{event.latitude:.5f}/{event.longitude:.5f}"


def marks(event: CalendarEvent, language: str) -> list[dict[str, str]]:
    """Chapter marks of the recording, each with the address that begins there (Media Fragments, „#t=“)."""
    found = []
    for mark in event.chapters:
        seconds = int(mark["at"])
        hours, rest = divmod(seconds, MINUTE * MINUTE)
        minutes, left = divmod(rest, MINUTE)
        clock = f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
        url = f"{event.recording_url}#t={seconds}" if event.recording_url else ""
        found.append({"clock": clock, "title": word(mark, language), "url": url})
    return found


@ours
@require_safe
def event(request: Request, number: int) -> HttpResponse:
    """When, where, how to come along; afterwards what was said."""
    language, at = request.viewer.language, request.at
    found = queries.event_by_number(number, request.viewer, at)
    title = word(found.title, language)
    state = found.state_at(at)
    here = city.current()
    district = here.districts.get(found.district)
    seat = queries.seat_of_person(found, request.viewer)
    context = {
        "event": found,
        "title": title,
        "title_language": language if found.title.get(language) else "de",
        "kind": word(KINDS[Kind(found.kind)], language),
        "state": state,
        "state_label": word(STATE_LABELS[state], language),
        "state_kind": {"cancelled": "bad", OVER: "quiet", "draft": "warn"}.get(state, ""),
        "running": state == "published" and found.starts_at <= at,
        "over": found.ends_at <= at,
        "when": when(found),
        "facts": [*facts(found, language), (_("Stadtteil"), district.name if district else "")],
        "map_url": on_the_map(found, at),
        "summary": word(found.summary, language),
        "description": word(found.description, language),
        "review": word(found.review, language),
        "marks": marks(found, language),
        "about": [
            {"title": thing.title(language), "url": thing.path(language), "kind": thing.kind_label}
            for thing in queries.about_of(found, request.viewer, at)
        ],
        "series": [
            {"when": day_words(timezone.localtime(row.starts_at)), "number": row.number, "cancelled": row.cancelled_at}
            for row in queries.series_of(found, at)
        ],
        "open": rules.takes_registrations(found, at),
        "registration_until": found.registration_until,
        "full": found.free == 0 or found.waiting > 0,
        "may_ask": rules.may_ask_for_aids(found, at),
        "aids": _words(found.aids_on_request, AIDS, language),
        "seat_url": reverse("portal:calendar_seat", args=[seat_token(seat)]) if seat else "",
        "waits": seat is not None and seat.state == "waiting",
        "organises": rules.organises(request.viewer, found.department),
        "json_ld": json_ld(found, language),
        "follow": notify.follow_box(request, found.ref, about=title) if found.is_public else None,
        "crumbs": crumbs((title, "")),
        "example": found.is_example,
    }
    response = render(request, "portal/calendar/event.html", context)
    moments: list[datetime | None] = [
        found.starts_at, found.ends_at, found.registration_until, found.aids_until, found.visible_from,
    ]  # fmt: skip
    return until(response, *moments, at=at)


@ours
@require_safe
def event_ics(request: Request, number: int) -> HttpResponse:
    """The event for one's own calendar; a cancelled one says so."""
    found = queries.event_by_number(number, request.viewer, request.at)
    body = queries.feed([found], language=request.viewer.language)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    name = reverse("portal:calendar_event", args=[number]).strip("/").split("/")[-1]
    response["Content-Disposition"] = f'attachment; filename="termin-{name}.ics"'
    return until(response, found.starts_at, found.ends_at, at=request.at)
