"""Who may do what: pure predicates; `require_…` raise what the person reads."""

from django.utils.translation import gettext as _

from allmende.core.actor import Actor, Channel, Role, Viewer
from allmende.core.errors import NotAllowed, NotSignedIn

SCOPE = "urbandata"


def may_edit(viewer: Viewer) -> bool:
    """The data team: editors of the whole city or of this room, and those who run the portal."""
    return viewer.has(Role.EDITOR, SCOPE) or viewer.has(Role.ADMINISTRATOR)


def require_may_edit(actor: Actor) -> None:
    """The data team, in person or by a program of theirs, and the platform itself. Everybody may read."""
    if actor.channel == Channel.SYSTEM or may_edit(actor.viewer):
        return
    if not actor.viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das kann nur das Team der Daten der Stadt."))
