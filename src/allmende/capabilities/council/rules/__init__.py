"""Who may do what: pure predicates; `require_…` raise what the person reads.

Who may *see* what is no rule but a part of each query (`models.base.Objects.public`): there is no viewer for whom the
pages show more, so there is no page on which more could be seen by mistake.
"""

from django.utils.translation import gettext as _

from allmende.core.actor import Actor, Channel, Role, Viewer
from allmende.core.errors import NotAllowed, NotSignedIn

SCOPE = "council"


def may_keep(viewer: Viewer) -> bool:
    """The council's office keeps papers, meetings and what is told of them."""
    return viewer.has(Role.COUNCIL_OFFICE, SCOPE)


def require_may_write(viewer: Viewer) -> None:
    """For the office's own pages."""
    if may_keep(viewer):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das kann nur das Büro des Stadtrats."))


def require_may_keep(actor: Actor) -> None:
    """The office; or nobody in particular: the hourly mirror, the first start."""
    if actor.person_id is None and actor.channel in {Channel.SYSTEM, Channel.SEED}:
        return
    require_may_write(actor.viewer)
