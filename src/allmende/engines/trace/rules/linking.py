"""Who may say that one thing led to another."""

from allmende.core.actor import Grant, Role, Viewer
from allmende.core.refs import Ref

LINKERS = (Role.CLERK, Role.EDITOR, Role.MODERATOR)
"""In this order they lend their office to the link."""


def linking_grant(viewer: Viewer, *refs: Ref) -> Grant | None:
    """The grant by which this viewer may link these things or take a link back; None if there is none.

    Clerks of any department may, since a link joins what departments did; moderation and editing are granted for the
    whole city or for the room of one of the things. Every link shows the office and can be taken back.
    """
    scopes = {"", *(ref.capability for ref in refs)}
    for role in LINKERS:
        grants = sorted((g for g in viewer.grants if g.role == role), key=lambda g: (g.scope == "", g.scope))
        for grant in grants:
            if role == Role.CLERK or grant.scope in scopes:
                return grant
    return None


def may_link(viewer: Viewer, *refs: Ref) -> bool:
    """Whether this viewer may link these things, or take such a link back."""
    return linking_grant(viewer, *refs) is not None
