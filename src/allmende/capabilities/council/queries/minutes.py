"""What minutes are laid out from. The points behind closed doors are read by one function alone, for the office."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from allmende.capabilities.council.models import (
    AgendaItem,
    Attendance,
    Meeting,
    Minutes,
    Organization,
    Presence,
    Recusal,
    Task,
    Vote,
)
from allmende.capabilities.council.queries.tracking import tasks_of
from allmende.capabilities.council.queries.votes import all_votes_of, entitled_in
from allmende.core.errors import NotFound

MOST = 400


@dataclass(frozen=True)
class MinutesPage:
    """A meeting and all that was recorded of its public part. `absent` are names, and never more than names."""

    meeting: Meeting
    minutes: Minutes | None
    attendance: Attendance | None
    organizations: Sequence[Organization]
    present: Sequence[Presence]
    absent: Sequence[str]
    items: Sequence[AgendaItem]
    votes: Mapping[UUID, Sequence[Vote]]
    recused: Mapping[UUID, Sequence[str]]
    tasks: Mapping[UUID, Sequence[Task]]


def meeting_with_minutes(number: int) -> Meeting:
    """A public meeting, with its minutes and its list of those present, if there are any. Raises NotFound."""
    organizations: Any = Prefetch("organizations", Organization.objects.public().order_by("name"), "seen_organizations")
    rows = Meeting.objects.public().select_related("location", "attendance", "minutes").prefetch_related(organizations)
    found = rows.filter(number=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    return found


def minutes_of(meeting: Meeting) -> Minutes | None:
    """The minutes of a meeting that was read with them."""
    found: Minutes | None = getattr(meeting, "minutes", None)
    return found


def is_released(meeting: Meeting) -> bool:
    found = minutes_of(meeting)
    return found is not None and found.released_at is not None


def released_minutes(meeting_id: UUID) -> Minutes | None:
    """Those that everybody may read."""
    rows = Minutes.objects.filter(Meeting.public_if("meeting__"), released_at__isnull=False)
    return rows.filter(meeting=meeting_id).first()


def minutes_page(number: int) -> MinutesPage:
    """Ten queries. Raises NotFound."""
    meeting = meeting_with_minutes(number)
    attendance: Attendance | None = getattr(meeting, "attendance", None)
    items = list(AgendaItem.objects.public().filter(meeting=meeting).order_by("place", "id")[:MOST])
    keys = [one.pk for one in items]
    present: list[Presence] = []
    absent: list[str] = []
    if attendance is not None:
        present = list(attendance.presences.select_related("person").order_by("person__name"))
        there = {one.person_id for one in present}
        absent = [row.person.name for key, row in entitled_in(meeting).items() if key not in there]
    recused: dict[UUID, list[str]] = defaultdict(list)
    for row in Recusal.objects.filter(item__in=keys).select_related("person").order_by("person__name"):
        recused[row.item_id].append(row.person.name)
    return MinutesPage(
        meeting,
        minutes_of(meeting),
        attendance,
        meeting.seen_organizations,  # type: ignore[attr-defined]
        present,
        absent,
        items,
        all_votes_of(keys),
        recused,
        tasks_of(keys),
    )


def closed_items(meeting: Meeting) -> list[AgendaItem]:
    """The points behind closed doors, for the minutes that only the office makes. Nothing else may call this."""
    rows = AgendaItem.objects.filter(meeting=meeting, public=False, deleted=False)
    return list(rows.order_by("place", "id")[:MOST])
