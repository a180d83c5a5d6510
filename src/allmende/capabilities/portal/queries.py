"""What the start page shows, read from the public index and the Trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allmende.core.actor import Viewer
from allmende.engines.search.interface import Entry, latest, open_now, upcoming
from allmende.engines.trace.interface import Trace, trace_of

ANSWERED = ("answered",)


@dataclass(frozen=True)
class Start:
    """The start page's parts; an empty part is left out."""

    open_now: Sequence[Entry]
    """Where people can take part, what ends first comes first."""
    example: Entry | None
    """A thing that came a long way, for „Was wurde aus …?“."""
    trace: Trace | None
    upcoming: Sequence[Entry]
    """What begins next, soonest first."""
    latest: Sequence[Entry]


def start(viewer: Viewer, at: datetime) -> Start:
    """The start page as `viewer` sees it at `at`; at most 8 queries."""
    answered = latest(viewer, at, kinds=("idea",), states=ANSWERED, limit=1)
    example = answered[0] if answered else None
    return Start(
        open_now=open_now(viewer, at, limit=3),
        example=example,
        trace=trace_of(example.ref, viewer, at) if example else None,
        upcoming=upcoming(viewer, at, kinds=("meeting",), limit=3),
        latest=latest(viewer, at, kinds=("idea",), limit=3),
    )
