"""Events and registrations for tests, made as the actions make them."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.models import Person
from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.models import CalendarEvent, Registration
from allmende.core.actor import Actor, Channel

_numbers = itertools.count(1)


def data(at: datetime, **changes: Any) -> actions.EventData:
    """What an editor says of an event in a week."""
    number = next(_numbers)
    starts = changes.get("starts_at", (at + timedelta(days=7)).replace(microsecond=0))
    values: dict[str, Any] = {
        "title": {"de": f"Themenabend {number}", "en": f"Theme evening {number}"},
        "summary": {"de": "Reden, zuhören, aufschreiben."},
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
        "department": "umwelt",
        "kind": "evening",
        "place": {"de": "Pop-up-Store", "en": "Pop-up store"},
        "address": "Markt 1",
    }
    return actions.EventData(**{**values, **changes})


def draft(**changes: Any) -> CalendarEvent:
    at = changes.pop("at", timezone.now())
    return actions.plan_event(actor=people.actor(people.editor()), data=data(at, **changes), at=at)


def event(**changes: Any) -> CalendarEvent:
    """An announced event in a week."""
    at = changes.get("at", timezone.now())
    made = draft(**changes)
    return actions.publish_event(actor=people.actor(people.editor()), event_id=made.pk, at=at)


def seat(in_event: CalendarEvent, person: Person | None = None, **changes: Any) -> Registration:
    """Somebody with an account who registers."""
    at = changes.pop("at", timezone.now())
    someone = person or people.person()
    return actions.take_seat(
        actor=people.actor(someone), event_id=in_event.pk, name=changes.pop("name", "Linde 7"), at=at, **changes
    )


def guest_seat(in_event: CalendarEvent, **changes: Any) -> Registration:
    """A guest who registers by mail and has yet to confirm, unless `contact_kind` says otherwise."""
    at = changes.pop("at", timezone.now())
    number = next(_numbers)
    guest = {"contact_kind": "email", "email": f"gast{number}@example.org", "language": "de"}
    guest |= changes.pop("guest", {})
    return actions.take_seat(
        actor=Actor(channel=Channel.WEB),
        event_id=in_event.pk,
        name=changes.pop("name", f"Gast {number}"),
        guest=guest,
        at=at,
        **changes,
    )
