"""What the actions share: locked rows, and the line in an idea's history."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet

from allmende.capabilities.participation.models import (
    Contest,
    Criterion,
    Idea,
    Meeting,
    Phase,
    StatusChange,
    TopicStore,
    WorkingGroup,
)
from allmende.capabilities.participation.workflow.contest import FIRST_CRITERIA
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


def locked_contest(store_id: UUID) -> Contest:
    """The contest of a topic store, both locked, the store first. Raises NotFound."""
    store = locked_store(store_id)
    contest = Contest.objects.select_for_update(of=("self",)).filter(store=store).first()
    if contest is None:
        raise NotFound
    contest.store = store
    return contest


def ensure_contest(store: TopicStore, at: datetime) -> Contest:
    """Each topic store of kind "contest" has one; belongs into every action that makes such a store."""
    contest, fresh = Contest.objects.get_or_create(store=store, defaults={"created_at": at})
    if fresh:
        Criterion.objects.bulk_create(
            Criterion(contest=contest, names=dict(names), weight=weight, scale=scale, order=order)
            for order, (names, weight, scale) in enumerate(FIRST_CRITERIA)
        )
    return contest


def phases_after(store: TopicStore) -> QuerySet[Phase]:
    """What depends on a store's end: all phases of its part that begin with it or later."""
    return Phase.objects.filter(module__store=store, starts_at__gte=store.closes_at)


def move_phases(store: TopicStore, *, by: timedelta | None) -> None:
    """What comes after the deadline moves with it."""
    if by is not None:
        phases_after(store).update(starts_at=F("starts_at") + by, ends_at=F("ends_at") + by)


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
