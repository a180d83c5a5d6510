"""The room of places. It keeps no data of persons: what people choose is kept by the room whose form they fill in, and
where somebody searches or stands is written down nowhere.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allmende.core.actor import Role
from allmende.core.city import CityPack
from allmende.core.manifest import ADMINISTRATORS, EVERYONE, Manifest, MenuItem, Page, Persona, SettingSpec
from allmende.engines.places.views.page import CACHE_KEYS

NOBODY: frozenset[Persona] = frozenset()


def _first_start(pack: CityPack) -> object:
    from allmende.engines.places import actions

    return actions.import_pack(pack)


def _seed(pack: CityPack) -> None:
    from allmende.engines.places import seeds

    seeds.seed(pack)


def _import() -> Mapping[str, Any] | None:
    from allmende.engines.places.models import Import

    row = Import.objects.order_by("created_at").first()
    return {"import_id": row.pk} if row else None


manifest = Manifest(
    name="places",
    label=_("Stadtkarte"),
    summary=_("Stadtteile, Straßen, Adressen und bekannte Orte; die Karte und die gleiche Liste daneben."),
    urls="allmende.engines.places.urls",
    api="allmende.engines.places.api",
    plain_urls="allmende.engines.places.urls.plain",
    settings=(
        SettingSpec(
            "places.style_url",
            _("Adresse eines Kartenstils"),
            "",
            _("Leer heißt: unsere eigene ruhige Grundkarte. Kacheln laufen immer über unsere eigene Adresse."),
        ),
        SettingSpec(
            "places.embed_hosts",
            _("Websites, die die Stadtkarte zeigen dürfen"),
            ["*"],
            _("Eine je Zeile, zum Beispiel https://verein.example. Ein Stern heißt: alle. Leer heißt: keine."),
            kind="lines",
        ),
    ),
    menu=(
        MenuItem(
            pgettext_lazy("menu", "Karte"),
            "places:map",
            order=60,
            summary=_("Was ist wo? Auf der Karte und als Liste."),
        ),
        MenuItem(
            _("Orte"),
            "places:imports",
            order=90,
            staff=True,
            roles=frozenset({Role.ADMINISTRATOR}),
            summary=_("Adressen, Straßen und Stadtteile einlesen."),
        ),
    ),
    pages=(
        Page("places:map", EVERYONE, cached=True, cache_query=CACHE_KEYS),
        Page("places:map", EVERYONE, query="?ebene=orte"),
        Page("places:map", EVERYONE, query="?near=Marktgasse+3&district=stadtmitte"),
        Page("places:map", EVERYONE, query="?near=qqqqxxxx"),
        Page("places:embed", EVERYONE, cached=True, cache_query=CACHE_KEYS),
        Page("places:frame", EVERYONE, cached=True, cache_query=CACHE_KEYS),
        Page("places:layer", EVERYONE, kwargs=lambda: {"key": "orte"}, query="?bbox=11,50,13,52&zoom=12", axe=False),
        Page("places:download", EVERYONE, kwargs=lambda: {"key": "orte", "form": "geojson"}, axe=False),
        Page("places:ground", EVERYONE, axe=False),
        Page("places:choose", EVERYONE, query="?q=Marktgasse+3", axe=False),
        Page("places:here", EVERYONE, query="?lon=12.0833&lat=50.8806", axe=False),
        Page("places_tiles:style", NOBODY, axe=False),  # answers once the city has set a style
        Page("places_tiles:part", NOBODY, kwargs=lambda: {"number": 0, "rest": "0/0/0"}, axe=False),
        Page("places:imports", ADMINISTRATORS),
        Page("places:import_new", ADMINISTRATORS),
        Page("places:import", ADMINISTRATORS, kwargs=_import),
    ),
    first_start=_first_start,
    seed=_seed,
    seed_order=10,
)
