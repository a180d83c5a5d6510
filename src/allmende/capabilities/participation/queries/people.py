"""Who takes over, what is open when they do; certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allmende.accounts.interface import person_names
from allmende.capabilities.participation.models import (
    Certificate,
    GroupMember,
    Handover,
    Idea,
    Meeting,
    Minutes,
    Task,
    TopicStore,
    WorkingGroup,
)
from allmende.core.errors import NotFound


@dataclass(frozen=True)
class Open:
    """What a new chair takes over, counted."""

    tasks: int
    late: int
    stores: Sequence[TopicStore]
    answers: int
    meetings: int
    minutes: Sequence[Meeting]


def open_in(group_id: UUID, at: datetime) -> Open:
    """Five queries."""
    tasks = list(Task.objects.filter(group_id=group_id, done_at=None, dropped_at=None).values_list("due_at", flat=True))
    stores = list(TopicStore.objects.filter(group_id=group_id, opens_at__isnull=False).order_by("closes_at"))
    written = Minutes.objects.filter(meeting__group_id=group_id).exclude(state=Minutes.State.RELEASED)
    return Open(
        tasks=len(tasks),
        late=sum(due <= at for due in tasks),
        stores=[row for row in stores if row.closes_at is not None and (row.closes_at > at or row.due_at is not None)],
        answers=Idea.objects.public().filter(store__group_id=group_id, due_at__isnull=False).count(),
        meetings=Meeting.objects.filter(group_id=group_id, cancelled_at=None, starts_at__gt=at).count(),
        minutes=[row.meeting for row in written.filter(meeting__ends_at__lte=at).select_related("meeting")[:10]],
    )


def handover_of(group_id: UUID) -> Handover | None:
    """The one that waits for an answer."""
    return Handover.objects.filter(group_id=group_id, state=Handover.State.OPEN).select_related("group").first()


def handover(handover_id: UUID) -> Handover | None:
    return Handover.objects.filter(pk=handover_id).select_related("group").first()


def last_change(group_id: UUID) -> datetime | None:
    """When the chair was handed over the last time."""
    rows = Handover.objects.filter(group_id=group_id, state=Handover.State.ACCEPTED)
    return rows.order_by("-ended_at").values_list("ended_at", flat=True).first()


def certificate(certificate_id: UUID) -> Certificate | None:
    return Certificate.objects.filter(pk=certificate_id).select_related("group").first()


def certificate_by_number(number: int) -> Certificate:
    """Raises NotFound."""
    rows = Certificate.objects.select_related("group")
    found = rows.filter(number=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    return found


def certificates_of(person_id: UUID) -> list[Certificate]:
    return list(Certificate.objects.filter(person_id=person_id).select_related("group")[:50])


def certificates_asked(group_id: UUID) -> list[Certificate]:
    """What waits for the chair, oldest first."""
    rows = Certificate.objects.filter(group_id=group_id, issued_at=None, declined_at=None)
    return list(rows.select_related("group").order_by("requested_at")[:100])


def groups_of(person_id: UUID) -> list[WorkingGroup]:
    """Groups in which somebody works or has worked."""
    ids = GroupMember.objects.filter(person_id=person_id).values("group_id")
    return list(WorkingGroup.objects.filter(pk__in=ids))


def name_of(person_id: UUID) -> str:
    return person_names([person_id]).get(person_id, "")
