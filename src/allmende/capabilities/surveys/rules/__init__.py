"""Who may do what, and when: pure predicates over viewer, survey and `at`; `require_…` raise what the person reads."""

from datetime import datetime

from django.utils.translation import gettext as _

from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.workflow import Phase, State
from allmende.core.actor import Actor, Role, Viewer
from allmende.core.errors import NotAllowed, NotFound, NotSignedIn

SCOPE = "surveys"


def may_edit(viewer: Viewer) -> bool:
    """Editors make surveys, see how they run and publish results."""
    return viewer.has(Role.EDITOR, SCOPE)


def require_may_edit(viewer: Viewer) -> None:
    if may_edit(viewer):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das kann nur die Redaktion."))


def may_check(survey: Survey, actor: Actor) -> bool:
    """A second person: an editor, but not whoever made the survey."""
    return may_edit(actor.viewer) and (actor.key is None or survey.created_by != actor.key)


def may_enter(viewer: Viewer) -> bool:
    """Who enters what came on paper: clerks of any office, moderators, editors."""
    return any(viewer.has_anywhere(role) for role in (Role.CLERK, Role.MODERATOR)) or may_edit(viewer)


def require_may_enter(viewer: Viewer) -> None:
    if may_enter(viewer):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das können nur Mitarbeitende der Stadt."))


def may_see(survey: Survey, viewer: Viewer) -> bool:
    """Drafts are the editors'."""
    return survey.state != State.DRAFT or may_edit(viewer)


def require_may_see(survey: Survey | None, viewer: Viewer) -> Survey:
    if survey is None or not may_see(survey, viewer):
        raise NotFound
    return survey


def may_see_results(survey: Survey, viewer: Viewer) -> bool:
    """Everybody once they are published; the editors from the end of the survey on."""
    return survey.state == State.PUBLISHED or (survey.state == State.CLOSED and may_edit(viewer))


def is_running(survey: Survey, at: datetime) -> bool:
    return survey.phase(at) is Phase.RUNNING
