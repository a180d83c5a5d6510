"""The calendar's part of the portal's manifest: its pages with who may open them, and its settings."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.portal.actions.calendar.personal_data import SETTING
from allmende.capabilities.portal.views.calendar.pages import CACHE_KEYS, KEYS
from allmende.core.actor import Role
from allmende.core.manifest import EVERYONE, MapLayer, MenuItem, Page, Persona, SettingSpec

NOBODY_HERE: frozenset[Persona] = frozenset()
"""Open to editors and the office that invites: none of the personas of the generic test is one."""
CLERKS = frozenset({Persona.CLERK})
FILTERS = frozenset(KEYS)


def _event(**conditions: Any) -> Mapping[str, Any] | None:
    from django.apps import apps

    rows = apps.get_model("portal", "CalendarEvent")._default_manager.filter(**conditions).order_by("pk")
    number = rows.values_list("number", flat=True).first()
    return None if number is None else {"number": number}


def coming() -> Mapping[str, Any] | None:
    """An announced event with registration."""
    return _event(state="published", registration=True)


def reviewed() -> Mapping[str, Any] | None:
    return _event(state="published", review__has_key="de")


def draft() -> Mapping[str, Any] | None:
    return _event(state="draft")


def _token(**conditions: Any) -> Mapping[str, Any] | None:
    """The signed address of somebody's seat."""
    from django.apps import apps

    from allmende.capabilities.portal.rules.calendar.tokens import seat_token

    rows = apps.get_model("portal", "Registration")._default_manager.filter(person__isnull=False, **conditions)
    seat = rows.order_by("pk").first()
    return None if seat is None else {"token": seat_token(seat)}


def seated() -> Mapping[str, Any] | None:
    return _token(state="seated")


def unconfirmed() -> Mapping[str, Any] | None:
    return _token(state="asked")


def next_week() -> Mapping[str, Any]:
    """Never this week, which has an address of its own with the same title."""
    year, number, _day = (timezone.localdate() + timedelta(days=7)).isocalendar()
    return {"year": year, "number": number}


def next_month() -> Mapping[str, Any]:
    day = timezone.localdate().replace(day=1) + timedelta(days=32)
    return {"year": day.year, "number": day.month}


PAGES = (
    Page("portal:calendar", EVERYONE, cached=True, cache_query=CACHE_KEYS),
    Page("portal:calendar_this_week", EVERYONE, cached=True, cache_query=FILTERS),
    Page("portal:calendar_week", EVERYONE, next_week, cached=True, cache_query=FILTERS),
    Page("portal:calendar_this_month", EVERYONE, cached=True, cache_query=FILTERS),
    Page("portal:calendar_month", EVERYONE, next_month, cached=True, cache_query=FILTERS),
    Page("portal:calendar_past", EVERYONE, cached=True, cache_query=CACHE_KEYS),
    Page("portal:calendar_feed", EVERYONE, cached=True, cache_query=FILTERS, axe=False),
    Page("portal:calendar_embed", EVERYONE, cached=True, cache_query=FILTERS),
    Page("portal:calendar_frame", EVERYONE, cached=True, cache_query=FILTERS),
    Page("portal:calendar_json", EVERYONE, cached=True, cache_query=FILTERS, axe=False),
    Page("portal:calendar_event", EVERYONE, reviewed, cached=True),
    Page("portal:calendar_event_ics", EVERYONE, coming, cached=True, axe=False),
    Page("portal:calendar_register", EVERYONE, coming),
    Page("portal:calendar_seat", EVERYONE, seated),
    Page("portal:calendar_confirm", EVERYONE, unconfirmed),
    Page("portal:calendar_desk", CLERKS),
    Page("portal:calendar_new", CLERKS),
    Page("portal:calendar_import", CLERKS),
    Page("portal:calendar_manage", NOBODY_HERE, coming),
    Page("portal:calendar_edit", NOBODY_HERE, coming),
    Page("portal:calendar_publish", NOBODY_HERE, draft),
    Page("portal:calendar_cancel", NOBODY_HERE, coming),
    Page("portal:calendar_discard", NOBODY_HERE, draft),
    Page("portal:calendar_copy", NOBODY_HERE, coming),
    Page("portal:calendar_review", NOBODY_HERE, reviewed),
    Page("portal:calendar_people", NOBODY_HERE, coming),
    Page("portal:calendar_enter", NOBODY_HERE, coming),
    Page("portal:calendar_people_csv", NOBODY_HERE, coming, axe=False),
)

MENU = (
    MenuItem(_("Kalender"), "portal:calendar", order=40),
    MenuItem(
        _("Termine planen"),
        "portal:calendar_desk",
        order=32,
        staff=True,
        roles=frozenset({Role.EDITOR, Role.CLERK}),
        summary=_("Veranstaltungen, Anmeldungen, Zusammenfassungen"),
    ),
)

LAYERS = (MapLayer("termine", _("Termine"), ("event",), mark="▲", colour="accent", order=20, dated=True),)
"""On the city map: what comes and has a place."""

SETTINGS = (
    SETTING,
    SettingSpec(
        "portal.registrations_per_hour",
        _("Anmeldungen zu Terminen in einer Stunde"),
        20,
        hint=_("So oft darf sich eine Person oder ein Anschluss in einer Stunde anmelden."),
        kind="number",
    ),
)
