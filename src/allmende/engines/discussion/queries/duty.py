"""Who is on duty, who is away, who could step in."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from allmende.accounts.interface import group_scope, groups_of
from allmende.accounts.models import RoleGrant
from allmende.core import city
from allmende.core.actor import Role
from allmende.engines.discussion.models import Absence, Case, Duty


def local_day(at: datetime) -> date:
    return at.astimezone(city.current().zone).date()


def moderators_for(scope: str) -> set[UUID]:
    """Everyone whose grant covers the scope."""
    grants = RoleGrant.objects.filter(role=Role.MODERATOR, scope__in={"", scope}, person__is_active=True)
    return set(grants.values_list("person_id", flat=True))


def moderator_names(scope: str) -> dict[UUID, str]:
    """As `moderators_for`, with their names; one query."""
    grants = RoleGrant.objects.filter(role=Role.MODERATOR, scope__in={"", scope}, person__is_active=True)
    return {grant.person_id: grant.person.public_name for grant in grants.select_related("person")}


def administrators() -> list[UUID]:
    grants = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, scope="", person__is_active=True)
    return list(grants.values_list("person_id", flat=True))


def may_be_handed(case: Case, person_id: UUID) -> bool:
    """Whether this person could decide the case: the scope, not their own, not their own decision objected to."""
    barred = {case.author_id, case.entered_by_id, case.first_vote_by_id}
    if case.previous is not None:
        barred.add(case.previous.decided_by_id)
    if person_id in barred or person_id not in moderators_for(case.scope):
        return False
    if {group_scope(id_) for id_ in groups_of(person_id)} & set(case.group_scopes):
        return False
    return not RoleGrant.objects.filter(person_id=person_id, scope__in=case.group_scopes).exists()


def absent(people: Iterable[UUID], day: date) -> set[UUID]:
    rows = Absence.objects.filter(person_id__in=list(people), starts_on__lte=day, ends_on__gte=day)
    return set(rows.values_list("person_id", flat=True))


def _lines(scope: str, day: date) -> list[Duty]:
    within = (Q(starts_on=None) | Q(starts_on__lte=day)) & (Q(ends_on=None) | Q(ends_on__gte=day))
    today = Q(weekday=None) | Q(weekday=day.weekday())
    return list(Duty.objects.filter(within, today, scope__in={"", scope}).order_by("id"))


def on_duty(scope: str, day: date) -> list[UUID]:
    """Those who check within the scope on that day; for who is away, the deputy, unless away as well."""
    lines = _lines(scope, day)
    away = absent({p for line in lines for p in (line.person_id, line.deputy_id) if p}, day)
    found: dict[UUID, None] = {}
    for line in lines:
        if line.person_id not in away:
            found[line.person_id] = None
        elif line.deputy_id is not None and line.deputy_id not in away:
            found[line.deputy_id] = None
    return list(found)


def deputies(scope: str, day: date) -> list[UUID]:
    """Those who stand in on that day; without any, everyone who may moderate the scope."""
    lines = _lines(scope, day)
    found = {line.deputy_id for line in lines if line.deputy_id}
    found -= absent(found, day)
    return sorted(found) or sorted(moderators_for(scope))


def to_remind(case: Case, reminder: int, at: datetime) -> list[UUID]:
    """Whom an overdue case is told: first those on duty, then their deputies (practice.md 3)."""
    day = local_day(at)
    if reminder > 1:
        return deputies(case.scope, day)
    return on_duty(case.scope, day) or sorted(moderators_for(case.scope))


def roster() -> list[Duty]:
    """All lines: weekdays first, in their order."""
    return list(Duty.objects.select_related("person", "deputy").order_by("scope", "weekday", "starts_on", "id"))


def absences(day: date) -> list[Absence]:
    """Those of today and later."""
    return list(Absence.objects.filter(ends_on__gte=day).select_related("person").order_by("starts_on", "id"))
