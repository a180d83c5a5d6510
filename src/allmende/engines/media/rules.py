"""Who may do what with media. What belongs to a thing is the business of that thing's room."""

from allmende.core.actor import Role, Viewer
from allmende.engines.media.models import Medium


def may_edit(viewer: Viewer) -> bool:
    """Keep documents and videos in the library: editors, and those who administer the portal."""
    return viewer.has_anywhere(Role.EDITOR) or viewer.has(Role.ADMINISTRATOR)


def may_remove(medium: Medium) -> bool:
    """What belongs to something is that thing's business; only what lies in the library alone may go."""
    return medium.library and medium.object_id is None


SAME_VIEW = 10
"""Of 64 bits in which two fingerprints of the same view may differ (N. Krawetz: more are another picture)."""


def is_same_view(one: int, other: int) -> bool:
    """Whether two fingerprints are of pictures that show the same from the same place."""
    return ((one + Medium.HALF) ^ (other + Medium.HALF)).bit_count() <= SAME_VIEW
