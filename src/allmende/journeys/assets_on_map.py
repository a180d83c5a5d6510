"""Numbered things that an office's file brought stand on the map and are found: many at once, not one job for each."""

from allmende.capabilities.reports import interface as reports
from allmende.core.events import Stored
from allmende.engines.search import interface as search

EVENTS = frozenset({"reports.assets_imported"})


def run(event: Stored) -> None:
    """Computes their entries anew from what they are now; a repeat changes nothing."""
    search.index_many(reports.assets_of(event.ref.id))
