"""Who may do what: pure predicates; `require_…` raise what the person reads."""

from django.utils.translation import gettext as _

from allmende.capabilities.pilots.models import Pilot
from allmende.core.actor import Actor, Channel, Role, Viewer
from allmende.core.errors import NotAllowed, NotSignedIn

SCOPE = "pilots"


def may_edit(viewer: Viewer) -> bool:
    """The portfolio's team: editors of the whole city or of this room. They make pilots and take every step."""
    return viewer.has(Role.EDITOR, SCOPE)


def may_maintain(viewer: Viewer, pilot: Pilot) -> bool:
    """The team, and the leading office for its own: facts, milestones, values."""
    return may_edit(viewer) or viewer.has(Role.CLERK, f"department:{pilot.department}")


def may_see(viewer: Viewer, pilot: Pilot) -> bool:
    """Drafts are for whoever works on them."""
    return pilot.is_public or may_maintain(viewer, pilot)


def require_may_edit(viewer: Viewer) -> None:
    if may_edit(viewer):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das kann nur das Team der Pilotprojekte."))


def require_may_maintain(viewer: Viewer, pilot: Pilot) -> None:
    if may_maintain(viewer, pilot):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das kann nur das Team der Pilotprojekte oder das Amt, das den Piloten leitet."))


def require_may_record(actor: Actor, pilot: Pilot) -> None:
    """Values: whoever maintains the pilot, and the platform itself, which measures by program."""
    if actor.channel != Channel.SYSTEM:
        require_may_maintain(actor.viewer, pilot)
