"""What the actions share: locked rows, and the line in an idea's history."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.participation.models import (
    Idea,
    Meeting,
    StatusChange,
    TopicStore,
    WorkingGroup,
)
from allmende.core.actions import lock
from allmende.core.errors import NotFound


def idea_and_store(idea_id: UUID) -> tuple[Idea, TopicStore]:
    """The idea, locked, with its store (not locked). Raises NotFound."""
    try:
        idea = lock(Idea.objects.select_related("store", "version"), pk=idea_id)
    except Idea.DoesNotExist:
        raise NotFound from None
    return idea, idea.store


def locked_store(store_id: UUID) -> TopicStore:
    """Raises NotFound."""
    try:
        return lock(TopicStore.objects.select_related("group"), pk=store_id)
    except TopicStore.DoesNotExist:
        raise NotFound from None


def locked_group(group_id: UUID) -> WorkingGroup:
    """Raises NotFound."""
    try:
        return lock(WorkingGroup.objects.all(), pk=group_id)
    except WorkingGroup.DoesNotExist:
        raise NotFound from None


def locked_meeting(meeting_id: UUID) -> Meeting:
    """Raises NotFound."""
    try:
        return lock(Meeting.objects.select_related("group"), pk=meeting_id)
    except Meeting.DoesNotExist:
        raise NotFound from None


def note_change(
    idea: Idea,
    verb: str,
    *,
    at: datetime,
    reason: str = "",
    rule: str = "",
    department: str = "",
    is_public: bool = True,
) -> StatusChange:
    """One line of the idea's history, in its state after the deed."""
    return StatusChange.objects.create(
        idea=idea,
        verb=verb,
        state=idea.state,
        reason=reason,
        rule=rule,
        department=department,
        is_public=is_public,
        at=at,
    )
