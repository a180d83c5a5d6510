"""What other rooms may ask of the public index."""

from allmende.engines.search.actions import Orphans, check, index_now, rebuild
from allmende.engines.search.models import Entry
from allmende.engines.search.queries import (
    KindCount,
    Results,
    entries_of,
    entry,
    find,
    latest,
    next_change,
    open_now,
)

__all__ = [
    "Entry",
    "KindCount",
    "Orphans",
    "Results",
    "check",
    "entries_of",
    "entry",
    "find",
    "index_now",
    "latest",
    "next_change",
    "open_now",
    "rebuild",
]
