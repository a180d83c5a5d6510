"""Who may do what with accounts and roles: pure predicates over viewer and object."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from allmende.core.actor import STAFF_ROLES, Actor, Channel, Grant, Role, Viewer
from allmende.core.errors import NotAllowed, NotSignedIn

if TYPE_CHECKING:
    from allmende.accounts.models import Membership

CITY = "city"
CAPABILITY = "capability"
DEPARTMENT = "department"

SCOPES_OF: Mapping[Role, frozenset[str]] = {
    Role.RESIDENT: frozenset(),
    Role.ORGANISATION_MEMBER: frozenset(),
    Role.MODERATOR: frozenset({CITY, CAPABILITY}),
    Role.CLERK: frozenset({CAPABILITY, DEPARTMENT}),
    Role.COUNCIL_MEMBER: frozenset({CITY}),
    Role.COUNCIL_OFFICE: frozenset({CITY}),
    Role.EDITOR: frozenset({CITY, CAPABILITY, DEPARTMENT}),
    Role.ADMINISTRATOR: frozenset({CITY}),
}
"""Within which kinds of scope a role is granted. Nobody is granted to be a resident; members come with their
organisation. Nobody administers half a city."""


def scope_kind(scope: str) -> str:
    """Empty is the whole city, "department:umwelt" an office, anything else a capability."""
    if not scope:
        return CITY
    return DEPARTMENT if scope.startswith("department:") else CAPABILITY


def awake(grants: frozenset[Grant], *, second_factor: bool) -> frozenset[Grant]:
    """The roles that count in a login. Those of staff rest until a second factor was given (setting aside a demo).

    This is the one place where it is decided; pages, actions, the API and the editors' pages ask the viewer's grants.
    """
    if second_factor:
        return grants
    return frozenset(grant for grant in grants if grant.role not in STAFF_ROLES)


def may_administer(viewer: Viewer) -> bool:
    return viewer.has(Role.ADMINISTRATOR)


def require_administrator(viewer: Viewer) -> None:
    """Raises NotSignedIn or NotAllowed."""
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not may_administer(viewer):
        raise NotAllowed


def require_staff(viewer: Viewer) -> None:
    """Raises NotSignedIn or NotAllowed."""
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not viewer.is_staff:
        raise NotAllowed


def require_self(actor: Actor, person_id: UUID) -> None:
    """Only the person themselves."""
    if actor.person_id is None:
        raise NotSignedIn
    if actor.person_id != person_id:
        raise NotAllowed


def require_may_erase(actor: Actor, person_id: UUID) -> None:
    """The person themselves, an administrator on their written request, or the operator (GDPR Art. 17)."""
    if actor.channel == Channel.SYSTEM or may_administer(actor.viewer):
        return
    require_self(actor, person_id)


def require_responsible(actor: Actor, membership: "Membership | None") -> None:
    """Who answers for a group decides who belongs to it and what they may do there."""
    if actor.person_id is None:
        raise NotSignedIn
    if membership is None or not membership.is_responsible:
        raise NotAllowed
