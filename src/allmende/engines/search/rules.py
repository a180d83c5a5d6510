"""Who may keep the index."""

from datetime import datetime, timedelta

from allmende.core.actor import Actor, Role, Viewer
from allmende.core.errors import NotAllowed

SILENT = timedelta(minutes=5)
"""A rebuild that has said nothing for so long has died, and another may begin."""


def may_keep(viewer: Viewer | Actor) -> bool:
    """Who may have the index computed anew and see what does not fit: administrators."""
    return viewer.has(Role.ADMINISTRATOR)


def require_keeper(viewer: Viewer | Actor) -> None:
    if not may_keep(viewer):
        raise NotAllowed


def is_running(ended_at: datetime | None, moved_at: datetime, at: datetime) -> bool:
    """Whether a rebuild is at work: not ended, and heard of lately."""
    return ended_at is None and at - moved_at < SILENT
