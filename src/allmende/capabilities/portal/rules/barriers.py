"""Who reads and answers reports of barriers."""

from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.portal.rules.notices import SCOPE, offices
from allmende.core.actor import Actor, Channel, Role, Viewer
from allmende.core.city import City
from allmende.core.errors import NotAllowed, NotFound, NotSignedIn

HAND_CHANNELS = (Channel.TELEPHONE, Channel.PAPER, Channel.COUNTER, Channel.EMAIL)


def sees_all(viewer: Viewer) -> bool:
    """Editors and administrators: the accessibility statement is theirs."""
    return viewer.has(Role.EDITOR, SCOPE) or viewer.has(Role.ADMINISTRATOR)


def may_work(viewer: Viewer, city: City) -> bool:
    return sees_all(viewer) or bool(offices(viewer, city))


def require_may_work(viewer: Viewer, city: City) -> None:
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not may_work(viewer, city):
        raise NotAllowed(_("Gemeldete Barrieren bearbeiten die Ämter, die Redaktion und die Verwaltung des Portals."))


def may_answer(department: str, viewer: Viewer, city: City) -> bool:
    """The office in charge, its deputy, and those who see all."""
    return sees_all(viewer) or department in offices(viewer, city)


def require_may_answer(department: str, viewer: Viewer, city: City) -> None:
    """NotFound for other offices, so that nobody learns who reported what."""
    require_may_work(viewer, city)
    if not may_answer(department, viewer, city):
        raise NotFound


def require_may_report(actor: Actor, city: City) -> None:
    """Anybody for themselves; by hand only those who work on reports."""
    if actor.channel in HAND_CHANNELS:
        require_may_work(actor.viewer, city)


def may_see(department: str, author_id: UUID | None, viewer: Viewer, city: City) -> bool:
    """Whoever reported it with an account, and those who answer."""
    own = viewer.person_id is not None and viewer.person_id == author_id
    return own or may_answer(department, viewer, city)
