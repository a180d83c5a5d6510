"""What other rooms may ask of the public index."""

from allmende.engines.search.actions import Orphans, check, index_now, rebuild
from allmende.engines.search.models import Entry
from allmende.engines.search.queries import (
    Filters,
    KindCount,
    Results,
    alike,
    entries_of,
    entry,
    find,
    fitting,
    latest,
    next_change,
    open_now,
)

__all__ = [
    "Entry",
    "Filters",
    "KindCount",
    "Orphans",
    "Results",
    "alike",
    "check",
    "entries_of",
    "entry",
    "find",
    "fitting",
    "index_now",
    "latest",
    "next_change",
    "open_now",
    "rebuild",
]
