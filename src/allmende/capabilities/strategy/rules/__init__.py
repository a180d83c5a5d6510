"""Who may do what, and when: pure predicates; `require_…` raise what the person reads."""

from django.utils.translation import gettext as _

from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotAllowed, NotSignedIn

SCOPE = "strategy"


def may_edit(viewer: Viewer) -> bool:
    """The strategy's team: editors of the whole city or of this room."""
    return viewer.has(Role.EDITOR, SCOPE)


def require_may_edit(viewer: Viewer) -> None:
    if may_edit(viewer):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das kann nur das Team der Strategie."))
