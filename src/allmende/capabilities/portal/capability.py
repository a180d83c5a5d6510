"""What the portal says of itself. Each part adds to its own tuples; the manifest at the end puts them together."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.portal import seeds
from allmende.capabilities.portal.actions.barriers import PERSONAL_DATA as BARRIER_DATA
from allmende.capabilities.portal.actions.calendar.personal_data import PERSONAL_DATA as CALENDAR_DATA
from allmende.capabilities.portal.actions.editors_data import EDITORS
from allmende.capabilities.portal.events.elections import ElectionPeriodSaved
from allmende.capabilities.portal.handlers import barriers as barrier_notices
from allmende.capabilities.portal.handlers import calendar as calendar_notices
from allmende.capabilities.portal.handlers import pages as page_notices
from allmende.capabilities.portal.index import KINDS
from allmende.capabilities.portal.index.calendar import may_see_event
from allmende.capabilities.portal.queries.pages import may_see_document, may_see_film, may_see_page, may_see_picture
from allmende.capabilities.portal.seeds.pages import first_start
from allmende.capabilities.portal.views import official
from allmende.capabilities.portal.views.calendar import declared as calendar
from allmende.core.actor import Role
from allmende.core.manifest import (
    ADMINISTRATORS,
    EVERYONE,
    Handler,
    Manifest,
    MenuItem,
    NoticeRule,
    Page,
    PersonalData,
    SettingSpec,
)

# Start page and texts of the city
START = (
    Page("portal:start", EVERYONE, cached=True),
    Page("portal:text", EVERYONE, kwargs=lambda: {"word": "datenschutz"}, cached=True),
)


# Editorial pages
def _shown(kind: str) -> Callable[[], Mapping[str, Any]]:
    """A page of that kind that everybody sees."""

    def kwargs() -> Mapping[str, Any]:
        from allmende.capabilities.portal.queries.pages import example

        return {"path": example(kind, timezone.now())}

    return kwargs


_at_desk = official.first("Post", "page_id", kind="news")

EDITORIAL: tuple[Page, ...] = (
    *(
        Page("portal:page", EVERYONE, _shown(kind), cached=True, cache_query=frozenset({"after"}))
        for kind in ("section", "news", "page", "programme", "project", "voice", "video", "version")
    ),
    Page("portal:news", EVERYONE, cached=True, cache_query=frozenset({"after"})),
    Page("portal:programme", EVERYONE, cached=True, cache_query=frozenset({"after"})),
    Page("portal:desk", ADMINISTRATORS),
    Page("portal:desk_step", ADMINISTRATORS, _at_desk),
    Page("portal:preview", ADMINISTRATORS, _at_desk),
)


# Official notices, election calendar, barriers, feed exchange
OFFICIAL: tuple[Page, ...] = official.PAGES

# Event calendar
CALENDAR: tuple[Page, ...] = calendar.PAGES

MENU: tuple[MenuItem, ...] = (
    MenuItem(_("Start"), "portal:start", order=0),
    *calendar.MENU,
    MenuItem(_("Aktuelles"), "portal:news", order=5, summary=_("Nachrichten aus Stadt und Programm")),
    MenuItem(_("Programm"), "portal:programme", order=15, summary=_("Stufen, Projekte, Meilensteine")),
    MenuItem(
        _("Schreiben"),
        "wagtailadmin_home",
        order=20,
        staff=True,
        roles=frozenset({Role.EDITOR, Role.ADMINISTRATOR}),
        summary=_("Seiten, Bilder und Dateien"),
    ),
    MenuItem(
        _("Prüfen und freigeben"),
        "portal:desk",
        order=21,
        staff=True,
        roles=frozenset({Role.EDITOR, Role.ADMINISTRATOR}),
        summary=_("Was vor der Veröffentlichung auf Sie wartet"),
    ),
    *official.MENU,
)
CALLS: tuple[MenuItem, ...] = ()
HANDLERS: tuple[Handler, ...] = (
    Handler("portal.hold_planned", frozenset({ElectionPeriodSaved.name}), page_notices.hold_planned),
)
NOTICES: tuple[NoticeRule, ...] = (
    *page_notices.RULES,
    *calendar_notices.RULES,
    *barrier_notices.RULES,
)
PERSONAL_DATA: tuple[PersonalData, ...] = (EDITORS, CALENDAR_DATA, *BARRIER_DATA)
SETTINGS: tuple[SettingSpec, ...] = (
    *calendar.SETTINGS,
    *official.SETTINGS,
)

manifest = Manifest(
    name="portal",
    label=_("Portal"),
    followed=_("Nachrichten, Projekte, Termine und Bekanntmachungen"),
    summary=_("Startseite, Nachrichten, Termine und Pflichttexte der Stadt"),
    urls="allmende.capabilities.portal.urls",
    plain_urls="allmende.capabilities.portal.urls.plain",
    api="allmende.capabilities.portal.api",
    menu=MENU,
    calls=CALLS,
    pages=(*START, *EDITORIAL, *OFFICIAL, *CALENDAR),
    handlers=HANDLERS,
    index=KINDS,
    notices=NOTICES,
    personal_data=PERSONAL_DATA,
    settings=SETTINGS,
    first_start=first_start,
    seed=seeds.seed,
    seed_order=60,
    scopes=("portal:read", "portal:write"),
    layers=calendar.LAYERS,
    gates={
        "event": may_see_event,
        **official.GATES,
        "picture": may_see_picture,
        "document": may_see_document,
        "film": may_see_film,
        **dict.fromkeys(("news", "page", "programme", "project", "section", "voice", "video"), may_see_page),
    },
)
