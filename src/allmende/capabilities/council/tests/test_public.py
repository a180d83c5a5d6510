"""Who may read a row is said in SQL, owner by owner; here it is said again, slowly, and both are compared."""

import random
from itertools import product

import pytest
from django.utils import timezone

from allmende.capabilities.council.models import (
    AgendaItem,
    Body,
    Consultation,
    File,
    LegislativeTerm,
    Meeting,
    Membership,
    Organization,
    Paper,
    Person,
    Task,
    Thing,
)
from allmende.capabilities.council.queries.tracking import public_tasks

STATES = (
    {"public": True, "was_public": True, "deleted": False},
    {"public": False, "was_public": True, "deleted": False},
    {"public": False, "was_public": False, "deleted": False},
    {"public": False, "was_public": True, "deleted": True},
    {"public": False, "was_public": False, "deleted": True},
)
"""All that the database takes; the first one is what everybody may read."""


def owners(row: Thing) -> list[Thing]:
    return [owner for name in row.hidden_with if (owner := getattr(row, name)) is not None]


def is_public(row: Thing) -> bool:
    return row.public and not row.deleted and all(map(is_public, owners(row)))


def was_public(row: Thing) -> bool:
    return row.was_public and all(map(was_public, owners(row)))


def is_known(row: Thing) -> bool:
    return is_public(row) or (row.deleted and was_public(row))


def each(model: type[Thing], **ways: object) -> list:
    """A row in every state, for each combination of what it is part of."""
    rows = [
        model(**state, **dict(zip(ways, chosen, strict=True)))
        for *chosen, state in product(*ways.values(), STATES)  # type: ignore[arg-type, call-overload]
    ]
    for place, row in enumerate(rows):
        if hasattr(row, "name"):
            row.name = f"{model.kind} {place}"
    return model.objects.bulk_create(rows)


@pytest.fixture
def everything(db) -> dict[type[Thing], list]:
    """Every type in every state below owners in every state; what has two owners is drawn, as there are too many."""
    chance = random.Random(5)
    bodies = each(Body)
    terms, groups, people = (each(model, body=bodies) for model in (LegislativeTerm, Organization, Person))
    meetings, papers = each(Meeting, body=bodies), each(Paper, body=bodies)
    items = each(AgendaItem, meeting=meetings)
    files = [
        *each(File, paper=papers),
        *each(File, meeting=meetings),
        *each(File, agenda_item=chance.sample(items, 60)),
    ]
    ways = [
        Consultation(
            paper=chance.choice(papers),
            meeting=chance.choice([None, *meetings]),
            agenda_item=chance.choice([None, None, *items]),
            **chance.choice(STATES),
        )
        for _ in range(600)
    ]
    best = [Consultation(paper=papers[0], meeting=meetings[0], agenda_item=item, **STATES[0]) for item in items]
    seats = [
        Membership(person=chance.choice(people[:6]), organization=chance.choice(groups[:6]), **chance.choice(STATES))
        for _ in range(200)
    ]
    return {
        Body: bodies,
        LegislativeTerm: terms,
        Organization: groups,
        Person: people,
        Meeting: meetings,
        Paper: papers,
        AgendaItem: items,
        File: files,
        Consultation: Consultation.objects.bulk_create([*ways, *best]),
        Membership: Membership.objects.bulk_create(seats),
    }


def test_everybody_reads_what_is_public_together_with_all_it_is_part_of_and_nothing_else(everything):
    for model, rows in everything.items():
        read = set(model.objects.public().values_list("pk", flat=True))
        assert read == {row.pk for row in rows if is_public(row)}, model
        assert read, model
        assert len(read) < len(rows), model


def test_programs_know_of_tombstones_below_what_could_be_read_once(everything):
    for model, rows in everything.items():
        known = set(model.objects.known().values_list("pk", flat=True))
        assert known == {row.pk for row in rows if is_known(row)}, model


def test_what_hangs_on_a_point_is_as_public_as_the_point(everything):
    due = timezone.localdate()
    items = everything[AgendaItem]
    Task.objects.bulk_create(Task(item=item, text="Bauen", department="bau", due=due) for item in items)
    assert set(public_tasks().values_list("item_id", flat=True)) == {item.pk for item in items if is_public(item)}
    ways = AgendaItem.objects.filter(Meeting.public_if("meeting__"))
    assert set(ways) == {item for item in items if is_public(item.meeting)}
