"""Reading the index: by words, by reference, by time. Everything begins with who looks and when."""

from allmende.engines.search.queries.clustered import clusters, topics
from allmende.engines.search.queries.clustering import Cluster
from allmende.engines.search.queries.finding import (
    ORDERS,
    Choice,
    KindCount,
    Results,
    alike,
    find,
    first_of,
)
from allmende.engines.search.queries.fitting import fitting, fitting_among
from allmende.engines.search.queries.index import (
    Changes,
    changes,
    cursor_of,
    entries_of,
    entry,
    fed,
    latest,
    listed,
    next_change,
    open_now,
    place_for,
    place_of,
    shown_of,
    sights_of,
)
from allmende.engines.search.queries.pages import SITEMAP, count_public_pages, public_pages, rebuilds, standing
from allmende.engines.search.queries.sifting import Filters
from allmende.engines.search.queries.similar import Hit, similar
from allmende.engines.search.queries.suggesting import Suggestion, suggest
from allmende.engines.search.queries.words import clean

__all__ = [
    "ORDERS",
    "SITEMAP",
    "Changes",
    "Choice",
    "Cluster",
    "Filters",
    "Hit",
    "KindCount",
    "Results",
    "Suggestion",
    "alike",
    "changes",
    "clean",
    "clusters",
    "count_public_pages",
    "cursor_of",
    "entries_of",
    "entry",
    "fed",
    "find",
    "first_of",
    "fitting",
    "fitting_among",
    "latest",
    "listed",
    "next_change",
    "open_now",
    "place_for",
    "place_of",
    "public_pages",
    "rebuilds",
    "shown_of",
    "sights_of",
    "similar",
    "standing",
    "suggest",
    "topics",
]
