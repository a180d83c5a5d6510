"""Who has a vote, and how votes went: with names only of what is public."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from allmende.capabilities.council.models import (
    AgendaItem,
    GroupVote,
    Membership,
    NamedVote,
    Organization,
    Person,
    Vote,
)
from allmende.capabilities.council.queries.pages import is_sitting


def entitled(item: AgendaItem) -> dict[UUID, Membership]:
    """Who had a vote where and when the item was dealt with: person → seat."""
    start = item.meeting.start
    seats = Membership.objects.public().filter(organization__meetings=item.meeting).exclude(voting_right=False)
    rows = seats.select_related("person", "on_behalf_of").order_by("person__name")
    day = timezone.localtime(start).date() if start is not None else None
    return {row.person_id: row for row in rows if day is None or is_sitting(row, day)}


def groups_of(item: AgendaItem) -> list[Organization]:
    """The groups of members that there are."""
    rows = Organization.objects.public().filter(body=item.meeting.body_id, organization_type="Fraktion")
    return list(rows.order_by("name"))


def votes_of(items: Collection[UUID]) -> dict[UUID, Vote]:
    """Public item → its vote, with what groups and members gave; three queries, one where nobody has voted."""
    groups = GroupVote.objects.filter(Organization.public_if("organization__")).select_related("organization")
    names = NamedVote.objects.filter(Person.public_if("person__")).select_related("person")
    rows = Vote.objects.filter(AgendaItem.public_if("item__"), item__in=items).prefetch_related(
        Prefetch("groups", groups.order_by("organization__name"), to_attr="seen_groups"),
        Prefetch("names", names.order_by("person__name"), to_attr="seen_names"),
    )
    return {vote.item_id: vote for vote in rows}
