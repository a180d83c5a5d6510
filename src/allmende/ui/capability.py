from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import EVERYONE, SIGNED_IN, Manifest, Page

manifest = Manifest(
    name="ui",
    label=_("Gestaltung"),
    summary=_("Rahmen, Bausteine und Anzeige der Seiten."),
    urls="allmende.ui.urls",
    plain_urls="allmende.ui.urls.files",
    pages=(
        Page("ui:display", EVERYONE, cached=True),
        Page("ui:stay", SIGNED_IN, post_only=True, axe=False),
        Page("ui:contact", EVERYONE, cached=True),
        Page("ui:paper", EVERYONE, cached=True),
        Page("ui:plain", EVERYONE, cached=True),
        Page("ui:sign", EVERYONE, cached=True),
        Page("ui:gallery", EVERYONE, cached=True),
        Page("city:theme", EVERYONE, cached=True, cache_query=frozenset({"v"}), axe=False),
        Page("city:logo", EVERYONE, cached=True, cache_query=frozenset({"v"}), axe=False),
    ),
)
