"""What the portal says of itself. Each part adds to its own tuples; the manifest at the end puts them together."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.portal import seeds
from allmende.capabilities.portal.index import KINDS
from allmende.core.actor import Role
from allmende.core.manifest import (
    EVERYONE,
    Handler,
    Manifest,
    MenuItem,
    NoticeRule,
    Page,
    Persona,
    PersonalData,
    SettingSpec,
)

# Start page and texts of the city
START = (
    Page("portal:start", EVERYONE, cached=True),
    Page("portal:text", EVERYONE, kwargs=lambda: {"word": "datenschutz"}, cached=True),
)

# Editorial pages
EDITORIAL: tuple[Page, ...] = ()

# Official notices, election calendar, feed exchange
def _notice(*fields: str, **conditions: Any) -> Callable[[], Mapping[str, Any] | None]:
    """Arguments of the first notice that fits."""

    def kwargs() -> Mapping[str, Any] | None:
        from allmende.capabilities.portal.models import Notice

        rows = Notice.objects.filter(**conditions).order_by("provided_at", "pk")
        return rows.annotate(notice_id=F("pk")).values(*fields).first()

    return kwargs


def _period() -> Mapping[str, Any] | None:
    from allmende.capabilities.portal.models import ElectionPeriod

    return ElectionPeriod.objects.annotate(period_id=F("pk")).values("period_id").first()


PLANNERS = frozenset({Persona.ADMINISTRATOR})
STANDING = _notice("year", "number", state="provided")
DRAFT = _notice("notice_id", state="draft")
OFFICIAL: tuple[Page, ...] = (
    Page("portal:notices", EVERYONE, cached=True, cache_query=frozenset({"jahr", "q", "after"})),
    Page("portal:notice", EVERYONE, STANDING, cached=True),
    Page("portal:notice_wording", EVERYONE, STANDING, axe=False),
    Page("portal:notices_desk", frozenset({Persona.CLERK})),
    Page("portal:notice_new", frozenset({Persona.CLERK})),
    Page("portal:notice_work", frozenset(), DRAFT),
    Page("portal:notice_edit", frozenset(), DRAFT),
    Page("portal:notice_step", frozenset(), lambda: {**(DRAFT() or {}), "verb": "discard"}),
    Page("portal:elections", PLANNERS),
    Page("portal:election_new", PLANNERS),
    Page("portal:election_edit", PLANNERS, _period),
    Page("portal:election_remove", PLANNERS, _period),
    Page("portal:feeds", EVERYONE, cached=True),
    Page("portal:feed", EVERYONE, lambda: {"topic": "bekanntmachungen"}, axe=False),
    Page("portal:feed_rss", EVERYONE, lambda: {"topic": "bekanntmachungen"}, axe=False),
)

# Event calendar
CALENDAR: tuple[Page, ...] = ()

MENU: tuple[MenuItem, ...] = (
    MenuItem(_("Start"), "portal:start", order=0),
    MenuItem(
        _("Bekanntmachungen"),
        "portal:notices_desk",
        order=40,
        staff=True,
        roles=frozenset({Role.CLERK, Role.EDITOR}),
        summary=_("Amtliche Texte schreiben, prüfen und bekannt machen"),
    ),
    MenuItem(
        _("Wahlkalender"),
        "portal:elections",
        order=41,
        staff=True,
        roles=frozenset({Role.EDITOR, Role.ADMINISTRATOR}),
        summary=_("Wann sich die Stadt vor Wahlen zurückhält"),
    ),
)
CALLS: tuple[MenuItem, ...] = ()
HANDLERS: tuple[Handler, ...] = ()
NOTICES: tuple[NoticeRule, ...] = ()
PERSONAL_DATA: tuple[PersonalData, ...] = ()
SETTINGS: tuple[SettingSpec, ...] = ()

manifest = Manifest(
    name="portal",
    label=_("Portal"),
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
    seed=seeds.seed,
    seed_order=60,
    gates={},
)
