"""Who is invited to what.

Whole invitations, with the points behind closed doors, are read here and nowhere else: by the council's office and by
the members to whom they went.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from allmende.capabilities.council.models import Draft, Invitation, Invited, Meeting, Membership, Person
from allmende.capabilities.council.queries.agendas import items_of
from allmende.capabilities.council.queries.pages import is_sitting
from allmende.capabilities.council.rules import may_keep
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound

MOST = 400


def members_of(meeting: Meeting) -> list[Person]:
    """Who sits in it on the day of the meeting, with a vote or without."""
    assert meeting.start is not None
    day = timezone.localtime(meeting.start).date()
    seats = Membership.objects.public().filter(organization__meetings=meeting).select_related("person")
    rows = {row.person_id: row.person for row in seats.order_by("person__name")[:MOST] if is_sitting(row, day)}
    return list(rows.values())


def agenda_of(meeting: Meeting) -> dict[str, Any]:
    """The meeting as an invitation holds it."""
    return {
        "name": meeting.name,
        "start": meeting.start.isoformat() if meeting.start else "",
        "place": str(meeting.location) if meeting.location else "",
        "items": [
            {
                "label": item.label,
                "name": item.name,
                "public": item.public,
                "paper": item.own_paper.number if item.own_paper else None,
                "reference": item.own_paper.reference if item.own_paper else "",
                "open": item.own_paper.public if item.own_paper else False,
            }
            for item in items_of(meeting)
        ],
    }


def items_of_part(agenda: Mapping[str, Any], *, public: bool) -> list[Mapping[str, Any]]:
    return [item for item in agenda["items"] if item["public"] is public]


def sent_for(meeting: Meeting) -> list[Invitation]:
    """All that were sent, the first one first."""
    return list(meeting.invitations.order_by("issue"))


def readable_by(viewer: Viewer) -> QuerySet[Invitation]:
    """The office reads all of them, a member what came to them."""
    if may_keep(viewer):
        return Invitation.objects.all()
    if viewer.person_id is None:
        return Invitation.objects.none()
    mine = Invited.objects.filter(invitation=OuterRef("pk"), person__account=viewer.person_id)
    return Invitation.objects.filter(Exists(mine))


def invitation(number: int, viewer: Viewer) -> Invitation:
    """One, for those to whom it went. Raises NotFound."""
    rows = readable_by(viewer).select_related("meeting")
    found = rows.filter(number=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    return found


def last_for(meeting: Meeting, viewer: Viewer) -> Invitation | None:
    """What a member's page of the meeting leads to."""
    if viewer.person_id is None:
        return None
    mine = Invited.objects.filter(invitation=OuterRef("pk"), person__account=viewer.person_id)
    return Invitation.objects.filter(Exists(mine), meeting=meeting).order_by("-issue").first()


def invited_to(one: Invitation) -> list[Invited]:
    return list(one.invited.select_related("person").order_by("person__name"))


def accounts_of(key: UUID) -> list[UUID]:
    """Accounts of those who were invited and have one."""
    rows = Invited.objects.filter(invitation=key, person__account__isnull=False)
    return list(rows.values_list("person__account", flat=True))


def letters_of(one: Invitation, viewer: Viewer) -> list[Invited]:
    """Whose letters this viewer prints: the office those that are posted, a member their own."""
    rows = one.invited.select_related("person").order_by("person__name")
    if not may_keep(viewer):
        return list(rows.filter(person__account=viewer.person_id))
    return list(rows.filter(by_post=True)) or list(rows)


def closed_draft(one: Invitation, paper: int) -> Draft:
    """The draft behind a paper that this invitation names, also one that only members read. Raises NotFound."""
    if not any(item["paper"] == paper for item in one.agenda["items"]):
        raise NotFound
    found = Draft.objects.filter(paper__number=paper, paper__deleted=False).select_related("paper").first()
    if found is None:
        raise NotFound
    return found


def by_key(key: UUID) -> Invitation | None:
    return Invitation.objects.select_related("meeting").filter(pk=key).first()
