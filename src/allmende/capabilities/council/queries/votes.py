"""Who has a vote, and how votes went: with names only of what is public."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, Prefetch
from django.utils import timezone

from allmende.capabilities.council.models import (
    AgendaItem,
    GroupVote,
    Meeting,
    Membership,
    NamedVote,
    Organization,
    Person,
    Vote,
)
from allmende.capabilities.council.models.base import among
from allmende.capabilities.council.queries.pages import is_sitting


def entitled(item: AgendaItem) -> dict[UUID, Membership]:
    """Who had a vote where and when the item was dealt with: person → seat."""
    return entitled_in(item.meeting)


def entitled_in(meeting: Meeting) -> dict[UUID, Membership]:
    """Who had a vote in a meeting, on its day: person → seat."""
    start = meeting.start
    seats = Membership.objects.public().filter(organization__meetings=meeting).exclude(voting_right=False)
    rows = seats.select_related("person", "on_behalf_of").order_by("person__name")
    day = timezone.localtime(start).date() if start is not None else None
    return {row.person_id: row for row in rows if day is None or is_sitting(row, day)}


def groups_of(item: AgendaItem) -> list[Organization]:
    """The groups of members that there are."""
    rows = Organization.objects.public().filter(body=item.meeting.body_id, organization_type="Fraktion")
    return list(rows.order_by("name"))


def votes_of(items: Collection[UUID]) -> dict[UUID, Vote]:
    """Public item → the vote on itself, with what groups and members gave."""
    found = all_votes_of(items)
    return {key: votes[-1] for key, votes in found.items() if votes[-1].order == 0}


def all_votes_of(items: Collection[UUID]) -> dict[UUID, list[Vote]]:
    """Public item → its votes in their order, the one on itself last; three queries, one where nobody has voted."""
    if not items:
        return {}
    groups = GroupVote.objects.filter(Organization.public_if("organization__")).select_related("organization")
    names = NamedVote.objects.filter(Person.public_if("person__")).select_related("person")
    rows = Vote.objects.filter(AgendaItem.public_if("item__"), among("item", items)).prefetch_related(
        Prefetch("groups", groups.order_by("organization__name"), to_attr="seen_groups"),
        Prefetch("names", names.order_by("person__name"), to_attr="seen_names"),
    )
    found: dict[UUID, list[Vote]] = defaultdict(list)
    for vote in rows.annotate(recused=Count("item__recusals")):
        found[vote.item_id].append(vote)
    return {key: sorted(votes, key=lambda one: (one.order == 0, one.order)) for key, votes in found.items()}
