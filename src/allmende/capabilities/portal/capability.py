"""What the portal says of itself. Each part adds to its own tuples; the manifest at the end puts them together."""

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.portal import seeds
from allmende.capabilities.portal.index import KINDS
from allmende.core.manifest import EVERYONE, Handler, Manifest, MenuItem, NoticeRule, Page, PersonalData, SettingSpec

# Start page and texts of the city
START = (
    Page("portal:start", EVERYONE, cached=True),
    Page("portal:text", EVERYONE, kwargs=lambda: {"word": "datenschutz"}, cached=True),
)

# Editorial pages
EDITORIAL: tuple[Page, ...] = ()

# Official notices, election calendar, feed exchange
OFFICIAL: tuple[Page, ...] = ()

# Event calendar
CALENDAR: tuple[Page, ...] = ()

MENU: tuple[MenuItem, ...] = (MenuItem(_("Start"), "portal:start", order=0),)
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
