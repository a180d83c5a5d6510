"""The register of a council that is kept here: what the office has entered. Mirrored things are kept elsewhere."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from allmende.capabilities.council.models import (
    KINDS,
    Body,
    LegislativeTerm,
    Location,
    Meeting,
    Membership,
    NamedVote,
    Organization,
    Person,
    Presence,
    Thing,
)
from allmende.capabilities.council.rules import register as rules
from allmende.capabilities.council.rules.register import Period, Seat
from allmende.core.errors import NotFound

MOST = 400


def ours(kind: str) -> QuerySet[Any]:
    """What the office may change: entered here, still there, of a kind that is entered by hand. Raises NotFound."""
    if kind not in rules.KINDS:
        raise NotFound
    rows: QuerySet[Any] = KINDS[kind].objects.filter(source_url=None, deleted=False)
    return rows


def entry(kind: str, key: UUID) -> Thing:
    """Raises NotFound."""
    rows = ours(kind)
    if kind == "membership":
        rows = rows.select_related("person", "organization")
    found: Thing | None = rows.filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Register:
    """All of it, each kind by name."""

    bodies: Sequence[Body]
    terms: Sequence[LegislativeTerm]
    organizations: Sequence[Organization]
    people: Sequence[Person]
    locations: Sequence[Location]
    seats: Mapping[UUID, Sequence[Membership]]
    """Person → where they sit, and sat."""


def register() -> Register:
    """Six queries."""
    seats: dict[UUID, list[Membership]] = {}
    rows = Membership.objects.filter(deleted=False, organization__deleted=False).select_related("organization")
    for seat in rows.order_by("organization__name", "start_date", "id")[: MOST * 10]:
        seats.setdefault(seat.person_id, []).append(seat)
    return Register(
        list(ours("body").order_by("name", "id")[:MOST]),
        list(ours("term").order_by("-start_date", "name", "id")[:MOST]),
        list(ours("organization").order_by("organization_type", "name", "id")[:MOST]),
        list(ours("person").order_by("family_name", "name", "id")[:MOST]),
        list(ours("location").order_by("description", "id")[:MOST]),
        seats,
    )


@dataclass(frozen=True)
class Choices:
    """What can be chosen in a form: key and name; also what is mirrored, since one may sit in or for that."""

    bodies: Sequence[tuple[UUID, str]]
    organizations: Sequence[tuple[UUID, str, str]] = ()
    """Key, name, type."""
    people: Sequence[tuple[UUID, str]] = ()
    locations: Sequence[tuple[UUID, str]] = ()


def choices(kind: str) -> Choices:
    """For the form of one kind; at most four queries."""
    bodies = list(Body.objects.public().order_by("created", "id").values_list("pk", "name")[:MOST])
    organizations = Organization.objects.public().order_by("name", "id")
    named = organizations.values_list("pk", "name", "organization_type")
    people = Person.objects.public().order_by("family_name", "name", "id").values_list("pk", "name")
    places = Location.objects.public().order_by("description", "id")
    return Choices(
        bodies,
        list(named[: MOST * 2]) if kind in {"organization", "membership"} else (),
        list(people[: MOST * 5]) if kind == "membership" else (),
        [(one.pk, str(one)) for one in places[:MOST]] if kind in {"body", "organization"} else (),
    )


def seats_of(row: Thing) -> list[Membership]:
    """Of a person or of an organisation, the newest first; none of anything else."""
    if not isinstance(row, (Person, Organization)):
        return []
    rows = Membership.objects.filter(**{row.kind: row}, deleted=False).select_related("person", "organization")
    return list(rows.order_by("-start_date", "person__name", "organization__name", "id")[:MOST])


def below(key: UUID) -> Collection[UUID]:
    """An organisation and all that is part of it, however deep; a circle that a mirror told ends too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE part (id) AS (SELECT %s::uuid UNION SELECT o.id FROM council_organization o"
            " JOIN part ON o.sub_organization_of_id = part.id) SELECT id FROM part",
            [key],
        )
        return {found for (found,) in cursor.fetchall()}


def seat(person_id: UUID, organization_id: UUID, key: UUID | None, *, instead: Period | None = None) -> Seat:
    """What is to be known before a seat is entered, changed or taken out (`key`: this one). Raises NotFound.

    `instead`: how long it will hold.
    """
    organization = Organization.objects.public().filter(pk=organization_id).first()
    if organization is None or not Person.objects.public().filter(pk=person_id).exists():
        raise NotFound
    rows = Membership.objects.filter(person=person_id, organization=organization_id, deleted=False)
    rows = rows.exclude(pk=key) if key is not None else rows
    others = [Period(start, end) for start, end in rows.values_list("start_date", "end_date")]
    days = recorded_days(person_id, organization_id) if key is not None else set()
    held = [*others, *([instead] if instead else [])]
    return Seat(
        others,
        Period(organization.start_date, organization.end_date),
        days,
        {day for day in days if any(one.holds(day) for one in held)},
    )


def recorded_days(person_id: UUID, organization_id: UUID) -> set[date]:
    """On which days of its meetings somebody is recorded as present or with a vote by name."""
    present = Presence.objects.filter(person=person_id).values("attendance__meeting")
    voted = NamedVote.objects.filter(person=person_id).values("vote__item__meeting")
    rows = Meeting.objects.filter(
        Q(pk__in=present) | Q(pk__in=voted), organizations=organization_id, deleted=False, start__isnull=False
    )
    return {timezone.localtime(start).date() for start in rows.values_list("start", flat=True) if start is not None}
