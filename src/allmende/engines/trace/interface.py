"""What journeys and rooms may ask of the Trace."""

from allmende.engines.trace.actions import link_things, retract_edge, tie, untie
from allmende.engines.trace.models import Edge
from allmende.engines.trace.queries import Trace, TraceLink, TraceStation, Ways, origins_of, trace_of, traces_of, ways

__all__ = [
    "Edge",
    "Trace",
    "TraceLink",
    "TraceStation",
    "Ways",
    "link_things",
    "origins_of",
    "retract_edge",
    "tie",
    "trace_of",
    "traces_of",
    "untie",
    "ways",
]
