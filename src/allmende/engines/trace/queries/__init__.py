"""Reading the Trace: where does this come from, what became of it."""

from allmende.engines.trace.queries.graph import (
    MOST_IN_WHOLE,
    MOST_LINKS,
    MOST_STEPS,
    Reached,
    origins_of,
    reached_from,
    retracted_edges,
)
from allmende.engines.trace.queries.provenance import Document, as_text, provenance_of
from allmende.engines.trace.queries.story import Trace, TraceLink, TraceStation, trace_of, traces_of
from allmende.engines.trace.queries.ways import Order, Ways, ways
from allmende.engines.trace.queries.whole import Part, PartName, Whole, bridges, whole_of

__all__ = [
    "MOST_IN_WHOLE",
    "MOST_LINKS",
    "MOST_STEPS",
    "Document",
    "Order",
    "Part",
    "PartName",
    "Reached",
    "Trace",
    "TraceLink",
    "TraceStation",
    "Ways",
    "Whole",
    "as_text",
    "bridges",
    "origins_of",
    "provenance_of",
    "reached_from",
    "retracted_edges",
    "trace_of",
    "traces_of",
    "ways",
    "whole_of",
]
