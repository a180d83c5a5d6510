"""Who may comment, and who may decide on what."""

from datetime import datetime

from django.utils.translation import gettext as _

from allmende.core import city, manifest
from allmende.core.actor import Actor, Role, Viewer
from allmende.core.errors import Closed, Conflict, NotAllowed, NotFound, NotSignedIn
from allmende.core.refs import Ref
from allmende.engines.discussion.models import Case, Comment
from allmende.engines.discussion.models.cases import own_scopes
from allmende.engines.discussion.workflow import OBJECTION, UNDO, CaseState, Cause, CommentState, Decision


def accepts_comments(ref: Ref, viewer: Viewer, at: datetime) -> bool:
    """Asks the thing's own room: its gate for seeing is taken as given, "comment:<kind>" says whether one may write."""
    room = manifest.registry().get(ref.capability)
    gate = room.gates.get(f"comment:{ref.kind}") if room else None
    return gate is None or gate(ref.id, viewer, at)


def opens_comments(ref: Ref) -> bool:
    """Whether things of this kind have comments at all: their room says so by a gate "comment:<kind>"."""
    room = manifest.registry().get(ref.capability)
    return room is not None and f"comment:{ref.kind}" in room.gates


def require_may_comment(ref: Ref, viewer: Viewer, at: datetime) -> None:
    """Raises NotFound where one may not look, NotSignedIn where visitors may not write, Closed where nobody may."""
    if not manifest.may_see(ref, viewer, at):
        raise NotFound
    if not viewer.is_signed_in and not city.setting("discussion.guests", default=True):
        raise NotSignedIn(_("Zum Kommentieren melden Sie sich bitte an."))
    if not accepts_comments(ref, viewer, at):
        raise Closed(_("Hier kann man zurzeit nicht kommentieren."))


def guests_confirm(actor: Actor) -> bool:
    """Whether a guest's comment waits until their address is confirmed; never for what staff enter for somebody."""
    return not actor.viewer.is_signed_in and bool(city.setting("discussion.guest_email", default=False))


def require_own(comment: Comment, viewer: Viewer) -> None:
    if viewer.person_id is None:
        raise NotSignedIn
    if viewer.person_id not in {comment.author_id, comment.entered_by_id}:
        raise NotAllowed(_("Das können nur Menschen ändern, die den Kommentar geschrieben haben."))


def may_answer_for_office(viewer: Viewer, department: str) -> bool:
    """Official answers are written by the clerks of that department."""
    return viewer.has(Role.CLERK, f"department:{department}")


def may_edit(comment: Comment) -> bool:
    return comment.state in {CommentState.PUBLISHED, CommentState.HELD}


def is_moderator(viewer: Viewer, scope: str) -> bool:
    return viewer.has(Role.MODERATOR, scope)


def may_read_case(case: Case, viewer: Viewer) -> bool:
    """Moderators of the scope; what was escalated also the administrators."""
    return is_moderator(viewer, case.scope) or (case.state == CaseState.ESCALATED and viewer.has(Role.ADMINISTRATOR))


def is_own(case: Case, viewer: Viewer, at: datetime) -> bool:
    """Whether it is the viewer's own post, one they entered for somebody, or their group's (practice.md 7)."""
    if viewer.person_id is not None and viewer.person_id in {case.author_id, case.entered_by_id}:
        return True
    if case.group_scopes and own_scopes(viewer) & set(case.group_scopes):
        return True
    room = manifest.registry().get(case.capability)
    gate = room.gates.get(f"own:{case.kind}") if room else None
    return gate is not None and gate(case.object_id, viewer, at)


def require_may_decide(case: Case, viewer: Viewer, at: datetime) -> None:
    """Everything that stands before a decision, in the words that the moderator then reads."""
    if case.state == CaseState.ESCALATED:
        if not viewer.has(Role.ADMINISTRATOR):
            raise NotAllowed(_("Das liegt wegen einer Gefahr bei der Verwaltung des Portals."))
    elif not is_moderator(viewer, case.scope):
        raise NotAllowed
    if is_own(case, viewer, at):
        raise NotAllowed(_("Über eigene Beiträge und Beiträge der eigenen Gruppe entscheidet jemand anderes."))
    if case.state == CaseState.DECIDED:
        raise Conflict(_("Darüber hat inzwischen jemand entschieden."))
    if case.is_claimed(at) and not case.is_claimed_by(viewer, at):
        raise Conflict(_("Das prüft gerade jemand anderes."))
    if case.cause == Cause.OBJECTION and case.previous and case.previous.decided_by_id == viewer.person_id:
        raise NotAllowed(_("Über einen Widerspruch entscheidet jemand anderes als beim ersten Mal."))


def needs_second_person(case: Case, viewer: Viewer) -> bool:
    """Whether this person's refusal still waits for another's."""
    if not city.setting("discussion.second_person", default=False):
        return False
    return case.first_vote_by_id is None or case.first_vote_by_id == viewer.person_id


def may_undo(case: Case, viewer: Viewer, at: datetime) -> bool:
    return (
        case.state == CaseState.DECIDED
        and viewer.person_id is not None
        and case.decided_by_id == viewer.person_id
        and case.decided_at is not None
        and at < case.decided_at + UNDO
        and case.decision in {Decision.RELEASED, Decision.REFUSED, Decision.KEPT}
    )


def may_check_again(case: Case, viewer: Viewer, at: datetime) -> bool:
    """Whether a moderator may have a colleague's decision looked at once more; one's own within minutes is undone."""
    return (
        case.state == CaseState.DECIDED
        and case.decision != Decision.WITHDRAWN
        and is_moderator(viewer, case.scope)
        and not is_own(case, viewer, at)
        and not may_undo(case, viewer, at)
    )


def require_may_check_again(case: Case, viewer: Viewer, at: datetime) -> None:
    if not is_moderator(viewer, case.scope):
        raise NotAllowed
    if is_own(case, viewer, at):
        raise NotAllowed(_("Über eigene Beiträge und Beiträge der eigenen Gruppe entscheidet jemand anderes."))
    if not may_check_again(case, viewer, at):
        raise Conflict(_("Das lässt sich hier nicht noch einmal prüfen."))


def _answers_the_author(case: Case) -> bool:
    """Whether the case was an objection of the author's; one by who had reported it leaves the author theirs."""
    return case.cause == Cause.OBJECTION and (case.previous is None or case.previous.decision == Decision.REFUSED)


def may_complain(case: Case, at: datetime) -> bool:
    """Whoever gave notice may object when the post stays, once, within six months (DSA Art. 20(1))."""
    return (
        case.state == CaseState.DECIDED
        and case.cause != Cause.OBJECTION
        and case.decision in {Decision.KEPT, Decision.RELEASED}
        and case.decided_at is not None
        and at < case.decided_at + OBJECTION
    )


def may_object(case: Case, at: datetime) -> bool:
    """Against a refusal, once, within six months (DSA Art. 20(1)); never against the answer to an objection."""
    return (
        case.state == CaseState.DECIDED
        and case.decision == Decision.REFUSED
        and not _answers_the_author(case)
        and case.decided_at is not None
        and at < case.decided_at + OBJECTION
    )
