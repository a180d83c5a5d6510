from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import EVERYONE, Manifest, MenuItem, Page

manifest = Manifest(
    name="portal",
    label=_("Portal"),
    summary=_("Startseite und Pflichttexte der Stadt"),
    urls="allmende.capabilities.portal.urls",
    menu=(MenuItem(_("Start"), "portal:start", order=0),),
    pages=(
        Page("portal:start", EVERYONE, cached=True),
        Page("portal:text", EVERYONE, kwargs=lambda: {"word": "datenschutz"}, cached=True),
    ),
)
