"""How events appear in the public index: start page, search, map and feeds read them there."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.rules import calendar as rules
from allmende.capabilities.portal.workflow.calendar import KINDS, STATE_LABELS, Kind, Texts
from allmende.core import city
from allmende.core.actor import Viewer
from allmende.core.manifest import EntryData, IndexKind

SUMMARY = 240


def _both(texts: Texts) -> dict[str, str]:
    return {language: text for language, text in texts.items() if text}


def _short(text: str) -> str:
    return text if len(text) <= SUMMARY else text[:SUMMARY].rpartition(" ")[0] + " …"


def _summaries(event: CalendarEvent) -> dict[str, str]:
    """Where it is, and a sentence about it."""
    found = {}
    for language in ("de", "en"):
        place = event.place.get(language) or event.place.get("de", "")
        text = event.summary.get(language) or event.summary.get("de", "")
        line = ". ".join(part.rstrip(".") for part in (place or ("online" if event.online_url else ""), text) if part)
        if line and (language == "de" or event.title.get(language)):
            found[language] = _short(line)
    return found


def event_entry(event_id: UUID) -> EntryData | None:
    """Its place on the Trace is its beginning. Drafts are found by nobody; cancelled events as cancelled."""
    event = CalendarEvent.objects.filter(pk=event_id).first()
    if event is None:
        return None
    at = timezone.now()
    state = event.state_at(at)
    office = city.current().department(event.department)
    district = city.current().districts.get(event.district)
    centre = district.centre if district else None
    spot = (event.longitude, event.latitude) if event.longitude is not None and event.latitude is not None else centre
    if event.ends_at <= at or not (event.place or event.address):
        spot = None  # the map shows where one can go
    kind = KINDS[Kind(event.kind)]
    return EntryData(
        ref=event.ref,
        titles=_both(event.title),
        summaries=_summaries(event),
        bodies={
            language: " ".join([
                kind[language], event.description.get(language, ""), event.review.get(language, ""), event.address,
            ])
            for language in event.title
            if language in kind
        },
        url=f"/kalender/termine/{event.number}/",
        state=state,
        state_labels=dict(STATE_LABELS[state]),
        happened_at=event.starts_at,
        visibility="public" if event.is_public else "hidden",
        visible_from=event.visible_from or event.published_at,
        reached=event.ends_at <= at,
        office=dict(office.names) if office else {},
        district=event.district,
        longitude=spot[0] if spot else None,
        latitude=spot[1] if spot else None,
    )  # fmt: skip


def event_ids() -> Iterable[UUID]:
    return CalendarEvent.objects.order_by("id").values_list("pk", flat=True).iterator()


def event_url(event_id: UUID) -> str | None:
    number = CalendarEvent.objects.filter(pk=event_id).values_list("number", flat=True).first()
    return None if number is None else f"/kalender/termine/{number}/"


def may_see_event(event_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of kind "event"."""
    event = CalendarEvent.objects.filter(pk=event_id).first()
    return event is not None and rules.may_see(event, viewer, at)


KIND = IndexKind("event", _("Veranstaltung"), _("Veranstaltungen"), event_entry, event_ids, event_url, brought_in=False)
