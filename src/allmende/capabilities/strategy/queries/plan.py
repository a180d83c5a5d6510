"""Fields of action, goals, guidelines; answers to what is in no goal."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, Max, Prefetch, QuerySet

from allmende.capabilities.strategy.models import Aside, Field, Goal, Guideline
from allmende.core.errors import NotFound
from allmende.engines.trace.interface import Edge


def fields() -> list[Field]:
    """All fields with their goals that are not given up, in their order: two queries."""
    goals = Goal.objects.filter(ended_at=None).select_related("field").order_by("place")
    return list(Field.objects.prefetch_related(Prefetch("goals", queryset=goals, to_attr="live_goals")))


def field_by_number(number: int) -> Field:
    """Raises NotFound."""
    found = Field.objects.filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def field(field_id: UUID) -> Field | None:
    return Field.objects.filter(pk=field_id).first()


def goals_of(field_id: UUID) -> list[Goal]:
    """All goals of a field, those that were given up last."""
    rows = Goal.objects.filter(field=field_id).select_related("field").order_by("place")
    return sorted(rows, key=lambda goal: goal.ended_at is not None)


def goals() -> QuerySet[Goal]:
    """Goals that hold, with their fields."""
    return Goal.objects.filter(ended_at=None).select_related("field").order_by("field__place", "place")


def goal_by_number(number: int) -> Goal:
    """With its field. Raises NotFound."""
    found = Goal.objects.select_related("field").filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def goal(goal_id: UUID) -> Goal | None:
    return Goal.objects.select_related("field").filter(pk=goal_id).first()


def guidelines() -> list[Guideline]:
    return list(Guideline.objects.all())


def guideline_by_number(number: int) -> Guideline:
    """Raises NotFound."""
    found = Guideline.objects.filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def rests_on(goal_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many things led to each of these goals; in one query. Goals that rest on nothing are missing."""
    rows = Edge.objects.filter(
        target_id__in=goal_ids, target_capability="strategy", target_kind="goal", retracted_at=None
    )
    return {row["target_id"]: row["n"] for row in rows.values("target_id").annotate(n=Count("id"))}


def next_place(field_id: UUID) -> int:
    """The first place in a field that no goal ever had."""
    last = Goal.objects.filter(field=field_id).aggregate(last=Max("place"))["last"]
    return (last or 0) + 1


def aside(aside_id: UUID) -> Aside | None:
    return Aside.objects.filter(pk=aside_id).first()


def aside_by_number(number: int) -> Aside:
    """Raises NotFound."""
    found = Aside.objects.filter(number=number).first()
    if found is None:
        raise NotFound
    return found
