"""The room of the public index. It keeps no data of persons: entries are copies of what rooms show in public, and go
(or lose their words) with the thing; who searched for what is written down nowhere.
"""

from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import EVERYONE, Handler, Lookup, Manifest, Page
from allmende.engines.search import actions, handlers, queries, views
from allmende.engines.search.events import RebuildStarted
from allmende.engines.search.models import Entry

manifest = Manifest(
    name="search",
    label=_("Suche"),
    summary=_("Alles Öffentliche an einer Stelle: finden, abonnieren, dauerhaft verlinken."),
    urls="allmende.engines.search.urls",
    api="allmende.engines.search.api",
    pages=(
        Page("search:search", EVERYONE, cached=True, cache_query=frozenset({"q", "art", "after"})),
        Page("search:search", EVERYONE, query="?q=Laterne"),
        Page("search:search", EVERYONE, query="?q=qqqqxxxx"),
        Page("search:feed", EVERYONE, axe=False),
        Page("search:permanent", EVERYONE, kwargs=views.example, axe=False),
        Page("search:permanent_full", EVERYONE, kwargs=views.full_example, axe=False),
    ),
    handlers=(
        Handler("search.index", frozenset({"*"}), handlers.index),
        Handler("search.rebuild", frozenset({RebuildStarted.name}), handlers.rebuild, queue="bulk"),
    ),
    # After all rooms' examples: the first page is full at once, whenever the worker gets to the events.
    seed=lambda _pack: actions.rebuild(),
    seed_order=1000,
    lookup=Lookup(
        resolve=queries.entries_of,
        find=queries.first_of,
        next_change=queries.next_change,
        located=lambda viewer, at: Entry.objects.visible_to(viewer, at).located(),
    ),
)
