"""What the council's office has in hand: meetings that it prepares, with all their points. For the office alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from allmende.capabilities.council.models import AgendaItem, Meeting, Organization, Paper
from allmende.capabilities.council.rules.agendas import MOST_ITEMS, open_by_default
from allmende.core.errors import NotFound

MOST = 100
COUNCIL = "Gremium"


def ours() -> QuerySet[Meeting]:
    """Meetings that this portal keeps itself: those of a mirrored system are made there."""
    return Meeting.objects.filter(deleted=False, source_url=None)


def is_coming(at: datetime) -> Q:
    return Q(start__isnull=True) | Q(start__gt=at)


def _with_organizations(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    found: Any = Prefetch("organizations", Organization.objects.order_by("name"), to_attr="sitting")
    return rows.select_related("location").prefetch_related(found)


def in_preparation(at: datetime) -> list[Meeting]:
    """Those to come, the next first, with how many points and invitations each has; two queries."""
    points = Count("items", filter=Q(items__deleted=False), distinct=True)
    rows = ours().filter(is_coming(at)).annotate(points=points, sent=Count("invitations", distinct=True))
    return list(_with_organizations(rows).order_by(F("start").asc(nulls_last=True), "number")[:MOST])


def sitting(meeting: Meeting) -> list[Organization]:
    """Who meets, of a meeting that was read by this module."""
    found: list[Organization] = meeting.sitting  # type: ignore[attr-defined]
    return found


@dataclass(frozen=True)
class Agenda:
    """A meeting with its points, public ones first."""

    meeting: Meeting
    items: list[AgendaItem]

    @property
    def public(self) -> list[AgendaItem]:
        return [one for one in self.items if one.public]

    @property
    def closed(self) -> list[AgendaItem]:
        return [one for one in self.items if not one.public]


def agenda(number: int, at: datetime) -> Agenda:
    """A meeting to come. Raises NotFound, also for one that has begun or that another system keeps."""
    rows = _with_organizations(ours().filter(is_coming(at)))
    found = rows.filter(number=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    return Agenda(found, items_of(found))


def items_of(meeting: Meeting) -> list[AgendaItem]:
    """All points, public ones first, in their order."""
    rows = AgendaItem.objects.filter(meeting=meeting, deleted=False).select_related("own_paper")
    return sorted(rows.order_by("place", "created", "id")[: MOST_ITEMS * 2], key=lambda one: not one.public)


def papers_to_choose(meeting: Meeting) -> list[Paper]:
    """Papers that can be put on this agenda, the newest first: ours, and not on it yet."""
    there = AgendaItem.objects.filter(meeting=meeting, deleted=False, own_paper__isnull=False).values("own_paper")
    rows = Paper.objects.filter(deleted=False, source_url=None).exclude(pk__in=there)
    return list(rows.order_by("-number")[:MOST])


def organizations_that_meet() -> list[Organization]:
    """The council first, then its committees."""
    rows = Organization.objects.public().filter(organization_type=COUNCIL)
    return sorted(rows[:MOST], key=lambda one: (is_committee(one), one.name))


def is_committee(one: Organization) -> bool:
    return one.sub_organization_of_id is not None


def is_open(meeting: Meeting) -> bool:
    """Whether a new point is public unless somebody says otherwise: where several sit together, as the strictest."""
    return all(
        open_by_default(is_committee=is_committee(one), open_by_orders=one.open_by_orders) for one in sitting(meeting)
    )
