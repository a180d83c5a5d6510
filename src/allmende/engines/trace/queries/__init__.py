"""Reading the Trace: where does this come from, what became of it."""

from allmende.engines.trace.queries.graph import (
    MOST_LINKS,
    MOST_STEPS,
    Reached,
    origins_of,
    reached_from,
    retracted_edges,
)
from allmende.engines.trace.queries.story import Trace, TraceLink, TraceStation, trace_of, traces_of
from allmende.engines.trace.queries.ways import Order, Ways, ways

__all__ = [
    "MOST_LINKS",
    "MOST_STEPS",
    "Order",
    "Reached",
    "Trace",
    "TraceLink",
    "TraceStation",
    "Ways",
    "origins_of",
    "reached_from",
    "retracted_edges",
    "trace_of",
    "traces_of",
    "ways",
]
