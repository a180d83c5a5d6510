"""Who of an office sees to which kinds of reports."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from allmende.accounts import interface as accounts
from allmende.accounts.models import RoleGrant
from allmende.capabilities.reports.models import Category, Duty
from allmende.core import city
from allmende.core.actor import Role

PREFIX = "department:"


def of_person(person_id: UUID | None) -> frozenset[UUID]:
    """The kinds that somebody sees to; empty: every kind."""
    if person_id is None:
        return frozenset()
    return frozenset(Duty.objects.filter(person_id=person_id).values_list("category_id", flat=True))


@dataclass(frozen=True)
class Clerk:
    """Somebody of an office; `kinds` empty: they see to all of them."""

    person_id: UUID
    name: str
    kinds: frozenset[UUID]

    def sees_to(self, category: Category) -> bool:
        return not self.kinds or category.pk in self.kinds


def clerks() -> Mapping[str, Sequence[Clerk]]:
    """Office → its clerks by name, of offices that the city has. Three queries however many there are."""
    grants = RoleGrant.objects.filter(role=Role.CLERK, scope__startswith=PREFIX, person__is_active=True)
    rows = [(person_id, scope.removeprefix(PREFIX)) for person_id, scope in grants.values_list("person_id", "scope")]
    kinds: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for person_id, category_id in Duty.objects.values_list("person_id", "category_id"):
        kinds[person_id].add(category_id)
    names = accounts.person_names(person_id for person_id, _office in rows)
    found: defaultdict[str, list[Clerk]] = defaultdict(list)
    for person_id, office in rows:
        if office in city.current().departments and person_id in names:
            found[office].append(Clerk(person_id, names[person_id], frozenset(kinds[person_id])))
    return {office: sorted(people, key=lambda one: (one.name, one.person_id)) for office, people in found.items()}


def uncovered(people: Mapping[str, Sequence[Clerk]], categories: Sequence[Category]) -> list[tuple[str, Category]]:
    """Offices that have clerks, of whom none sees to a kind that goes there: then only the desk would find it."""
    found = []
    for category in categories:
        if category.elsewhere or not category.is_active:
            continue
        for office in sorted({category.department, *(route.department for route in category.routes.all())}):
            there = people.get(office, ())
            if there and not any(clerk.sees_to(category) for clerk in there):
                found.append((office, category))
    return found
