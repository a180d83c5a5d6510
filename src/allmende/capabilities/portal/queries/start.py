"""What the start page shows, read from the public index and the Trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allmende.core.actor import Viewer
from allmende.engines.search.interface import Entry, latest, open_now
from allmende.engines.trace.interface import Trace, trace_of

DATES = ("meeting", "event")
"""Kinds of things that begin at an hour."""


@dataclass(frozen=True)
class Start:
    """The start page's parts; an empty part is left out."""

    open_now: Sequence[Entry]
    """Where people can take part; what closes first comes first."""
    example: Entry | None
    """A thing that was answered, for „Was wurde aus …?“."""
    trace: Trace | None
    upcoming: Sequence[Entry]
    """What begins next, soonest first."""
    latest: Sequence[Entry]
    news: Sequence[Entry]
    """What the city's editors published last."""


def start(viewer: Viewer, at: datetime) -> Start:
    """The start page as `viewer` sees it at `at`, in at most 8 queries."""
    seen = Entry.objects.visible_to(viewer, at)
    example = seen.filter(kind="idea", state="answered").order_by("-happened_at", "-id").first()
    return Start(
        open_now=open_now(viewer, at, limit=3),
        example=example,
        trace=trace_of(example.ref, viewer, at) if example else None,
        upcoming=list(seen.filter(kind__in=DATES, happened_at__gt=at).order_by("happened_at", "id")[:3]),
        latest=latest(viewer, at, kinds=("idea",), limit=3),
        news=latest(viewer, at, kinds=("news",), limit=3),
    )
