"""Who may have the single answers: the accompanying research, under a role of its own, and what is in its file."""

from django.utils.translation import gettext as _

from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotAllowed, NotSignedIn

SCOPE = "surveys-research"
"""An editor's role for this scope alone is what the city grants to the university that it has a contract with."""


def may_research(viewer: Viewer) -> bool:
    """Not every editor: whoever makes a survey need not read its single answers."""
    return any(grant.role == Role.EDITOR and grant.scope == SCOPE for grant in viewer.grants)


def require_may_research(viewer: Viewer) -> None:
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not may_research(viewer):
        raise NotAllowed(_("Einzelne Antworten bekommt nur die Begleitforschung."))
