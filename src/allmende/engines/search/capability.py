"""The room of the public index. It keeps no data of persons: entries are copies of what rooms show in public, and go
(or lose their words) with the thing; who searched for what is written down nowhere.
"""

from django.utils.translation import gettext_lazy as _

from allmende.core.actor import SYSTEM, Role
from allmende.core.city import CityPack
from allmende.core.manifest import ADMINISTRATORS, EVERYONE, Handler, Lookup, Manifest, MenuItem, Page, SettingSpec
from allmende.engines.search import actions, handlers, queries, views
from allmende.engines.search.events import RebuildStarted
from allmende.engines.search.forms import CHOSEN
from allmende.engines.search.models import Entry
from allmende.engines.search.queries import cells
from allmende.engines.search.queries.asked import SYNONYMS

ASKED = frozenset({"q", "after", "genau", *CHOSEN})
"""Query keys that the search page understands."""


def _first_start(pack: CityPack) -> None:
    actions.bring_synonyms(actor=SYSTEM, folder=pack.folder)


manifest = Manifest(
    name="search",
    label=_("Suche"),
    summary=_("Alles Öffentliche an einer Stelle: finden, abonnieren, dauerhaft verlinken."),
    urls="allmende.engines.search.urls",
    plain_urls="allmende.engines.search.urls.plain",
    api="allmende.engines.search.api",
    menu=(
        MenuItem(
            _("Such-Index"),
            "search:index",
            order=925,
            staff=True,
            roles=frozenset({Role.ADMINISTRATOR}),
            summary=_("Stand, Neuaufbau und Wörter mit gleicher Bedeutung."),
        ),
    ),
    pages=(
        Page("search:search", EVERYONE, cached=True, cache_query=ASKED),
        Page("search:search", EVERYONE, query="?q=Laterne"),
        Page("search:search", EVERYONE, query="?q=qqqqxxxx"),
        Page("search:search", EVERYONE, query="?q=Latrenen&zeit=365&ordnung=neu"),
        Page(
            "search:suggestions",
            EVERYONE,
            query="?q=Lat",
            cached=True,
            cache_query=frozenset({"q", "liste"}),
            axe=False,
        ),
        Page("search:opensearch", EVERYONE, cached=True, axe=False),
        Page("search:index", ADMINISTRATORS),
        Page("search_plain:sitemap", EVERYONE, cached=True, axe=False),
        Page("search_plain:sitemap_part", EVERYONE, kwargs=lambda: {"part": 1}, cached=True, axe=False),
        Page("search_plain:robots", EVERYONE, cached=True, axe=False),
        Page("search:feed", EVERYONE, axe=False),
        Page("search:permanent", EVERYONE, kwargs=views.example, axe=False),
        Page("search:permanent_full", EVERYONE, kwargs=views.full_example, axe=False),
    ),
    handlers=(
        Handler("search.index", frozenset({"*"}), handlers.index, wants=handlers.concerns_an_entry),
        Handler("search.rebuild", frozenset({RebuildStarted.name}), handlers.rebuild, queue="bulk"),
    ),
    settings=(
        SettingSpec(
            SYNONYMS,
            _("Wörter mit gleicher Bedeutung (Suche)"),
            [],
            _("Je Zeile eine Gruppe, Wörter durch Komma getrennt. Wer eines davon sucht, findet auch die anderen."),
            kind="lines",
        ),
    ),
    first_start=_first_start,
    # After all rooms' examples: the first page is full at once, whenever the worker gets to the events.
    seed=lambda _pack: actions.rebuild(),
    seed_order=1000,
    lookup=Lookup(
        resolve=queries.shown_of,
        sights=queries.sights_of,
        find=queries.first_of,
        next_change=queries.next_change,
        squares=cells.squares,
        located=lambda viewer, at: Entry.objects.visible_to(viewer, at).located(),
    ),
)
