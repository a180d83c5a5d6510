"""Who may bring places in."""

from allmende.core.actor import Actor, Channel, Role, Viewer
from allmende.core.errors import NotAllowed, NotSignedIn


def may_import(viewer: Viewer) -> bool:
    """Places stand under every form and map of the city, so they are brought in by administrators."""
    return viewer.has(Role.ADMINISTRATOR)


def require_may_import(viewer: Viewer) -> None:
    """Raises NotSignedIn or NotAllowed."""
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not may_import(viewer):
        raise NotAllowed


def require_may_write(actor: Actor) -> None:
    """The command line and the first start may, too: whoever runs them holds the server."""
    if actor.channel != Channel.SYSTEM:
        require_may_import(actor.viewer)
