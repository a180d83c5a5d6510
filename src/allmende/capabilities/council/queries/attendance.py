"""Who was there, and who stayed out of a point."""

from datetime import date
from uuid import UUID

from allmende.capabilities.council.models import (
    AgendaItem,
    Attendance,
    Meeting,
    Membership,
    NamedVote,
    Presence,
    Recusal,
    Vote,
)
from allmende.capabilities.council.rules.attendance import Held, Stay
from allmende.core.errors import NotFound


def meeting_by_number(number: int) -> Meeting:
    """A public meeting with its list of those present, if there is one. Raises NotFound."""
    rows = Meeting.objects.public().select_related("attendance")
    found = rows.filter(number=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    return found


def attendance_of(meeting: Meeting) -> Attendance | None:
    """The list of those present at a meeting that was read with it."""
    found: Attendance | None = getattr(meeting, "attendance", None)
    return found


def stays(meeting_id: UUID) -> dict[UUID, Stay] | None:
    """Person → from when to when they were there; None: nobody has written that down."""
    rows = Presence.objects.filter(attendance__meeting=meeting_id)
    found = {row.person_id: Stay(row.since, row.until) for row in rows}
    return found if found or Attendance.objects.filter(meeting=meeting_id).exists() else None


def present_at(item: AgendaItem) -> frozenset[UUID] | None:
    """Who was there when a point was dealt with; None: nobody has written that down."""
    found = stays(item.meeting_id)
    return None if found is None else frozenset(key for key, stay in found.items() if stay.covers(item.start))


def recused_from(item: AgendaItem) -> frozenset[UUID]:
    """Who was personally involved in a point."""
    return frozenset(Recusal.objects.filter(item=item).values_list("person_id", flat=True))


def ever_sat(meeting: Meeting) -> dict[UUID, tuple[str, int, date | None]]:
    """Everybody who ever sat in what meets there: person → (name, number, last day of their last seat)."""
    rows = Membership.objects.public().filter(organization__meetings=meeting).select_related("person")
    found: dict[UUID, tuple[str, int, date | None]] = {}
    for row in rows.order_by("person__name", "end_date"):
        found[row.person_id] = (row.person.name, row.person.number, row.end_date)
    return found


def held_in(meeting: Meeting) -> list[Held]:
    """The votes that are there already, for checking the list of those present against them; three queries."""
    votes = list(Vote.objects.filter(item__meeting=meeting).select_related("item"))
    named: dict[UUID, set[UUID]] = {}
    for vote_id, person_id in (
        NamedVote.objects.filter(vote__in=votes)
        .exclude(choice=NamedVote.Choice.ABSENT)
        .values_list("vote_id", "person_id")
    ):
        named.setdefault(vote_id, set()).add(person_id)
    recused: dict[UUID, set[UUID]] = {}
    for item_id, person_id in Recusal.objects.filter(item__meeting=meeting).values_list("item_id", "person_id"):
        recused.setdefault(item_id, set()).add(person_id)
    return [
        Held(
            str(vote.item),
            vote.item.start,
            vote.yes + vote.no + vote.abstention,
            frozenset(recused.get(vote.item_id, ())),
            frozenset(named.get(vote.pk, ())),
        )
        for vote in votes
    ]
