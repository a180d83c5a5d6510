"""What other rooms may ask of the public index."""

from allmende.engines.search.actions import Orphans, check, index_now, rebuild
from allmende.engines.search.models import Entry
from allmende.engines.search.queries import (
    Cluster,
    Filters,
    Hit,
    KindCount,
    Results,
    alike,
    clusters,
    entries_of,
    entry,
    find,
    fitting,
    latest,
    next_change,
    open_now,
    similar,
    topics,
)

__all__ = [
    "Cluster",
    "Entry",
    "Filters",
    "Hit",
    "KindCount",
    "Orphans",
    "Results",
    "alike",
    "check",
    "clusters",
    "entries_of",
    "entry",
    "find",
    "fitting",
    "index_now",
    "latest",
    "next_change",
    "open_now",
    "rebuild",
    "similar",
    "topics",
]
