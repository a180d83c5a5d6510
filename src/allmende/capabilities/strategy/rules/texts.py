"""Who may read, say, answer and write."""

from datetime import datetime

from django.utils.translation import gettext as _

from allmende.capabilities.strategy.models import Feedback, Text
from allmende.capabilities.strategy.rules import SCOPE, may_edit
from allmende.capabilities.strategy.workflow.texts import Heard, State
from allmende.core.actor import Channel, Role, Viewer
from allmende.core.errors import Closed, NotAllowed, NotFound, NotSignedIn

HAND_CHANNELS = (Channel.PAPER, Channel.TELEPHONE, Channel.COUNTER, Channel.EMAIL)
"""What staff enter for somebody."""


def may_see(text: Text, viewer: Viewer) -> bool:
    """Drafts are the team's."""
    return text.state != State.DRAFT or may_edit(viewer)


def require_may_see(text: Text | None, viewer: Viewer) -> Text:
    if text is None or not may_see(text, viewer):
        raise NotFound
    return text


def may_enter(viewer: Viewer) -> bool:
    """Who enters what came on paper, by telephone, at the counter or by mail: clerks, moderators, the team."""
    return any(viewer.has_anywhere(role) for role in (Role.CLERK, Role.MODERATOR)) or may_edit(viewer)


def require_open(text: Text, at: datetime) -> None:
    """For saying and supporting. What came by hand in time is dated to when it came."""
    if not text.is_open(at):
        raise Closed(_("Zu diesem Text kann man zurzeit nichts sagen."))


def require_may_enter(viewer: Viewer) -> None:
    if may_enter(viewer):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das können nur Mitarbeitende der Stadt."))


def may_moderate(viewer: Viewer) -> bool:
    return viewer.has(Role.MODERATOR, SCOPE)


def require_may_moderate(viewer: Viewer) -> None:
    if may_moderate(viewer):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das kann nur die Moderation."))


def may_see_feedback(said: Feedback, viewer: Viewer) -> bool:
    """Everybody what is shown; its author and who decides on it always."""
    if said.state == Heard.SHOWN:
        return may_see(said.text, viewer)
    own = viewer.person_id is not None and viewer.person_id == said.author_id
    return own or may_moderate(viewer) or may_edit(viewer)


def require_signed_in(viewer: Viewer) -> None:
    if not viewer.is_signed_in:
        raise NotSignedIn


def require_own(said: Feedback, viewer: Viewer) -> None:
    """For what only its author does."""
    if viewer.person_id is None or said.author_id != viewer.person_id:
        raise NotAllowed
