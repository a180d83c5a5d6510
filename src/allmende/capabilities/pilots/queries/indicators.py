"""Indicators, their values, the goals that they measure."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from allmende.capabilities.pilots.models import Direction, Indicator, Value
from allmende.capabilities.pilots.queries import origins, portfolio
from allmende.capabilities.pilots.rules import effect
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.refs import Ref
from allmende.engines.trace.interface import Edge

MOST = 100


def _with_values() -> QuerySet[Indicator]:
    current = Value.objects.filter(replaced_at=None).order_by("measured_on")
    return Indicator.objects.select_related("pilot").prefetch_related(
        Prefetch("values", queryset=current, to_attr="current_values")
    )


def values_of(indicator: Indicator) -> Sequence[Value]:
    """Those that hold, oldest first; of an indicator that was read here."""
    found: list[Value] = indicator.current_values  # type: ignore[attr-defined]
    return found


def of_pilot(pilot_id: UUID) -> list[Indicator]:
    """With the values that hold: two queries."""
    return list(_with_values().filter(pilot=pilot_id).order_by("number")[:MOST])


def by_number(number: int, viewer: Viewer) -> Indicator:
    """With the values that hold; seen by whoever may see its pilot. Raises NotFound."""
    found = _with_values().filter(number=number, pilot__in=portfolio.visible_to(viewer)).first()
    if found is None:
        raise NotFound
    return found


def by_id(indicator_id: UUID) -> Indicator | None:
    return _with_values().filter(pk=indicator_id).first()


def many(indicator_ids: Collection[UUID]) -> list[Indicator]:
    """Public ones with the values that hold: two queries."""
    rows = _with_values().filter(pk__in=indicator_ids, pilot__in=portfolio.public())
    return list(rows.order_by("number")[:MOST])


def of_series(series: str) -> list[UUID]:
    """Those that take their values from a series of the data platform."""
    return list(Indicator.objects.filter(series=series).exclude(series="").values_list("pk", flat=True))


def history(indicator: Indicator) -> list[Value]:
    """All values that ever held, last recorded first, each with what took its place."""
    return list(indicator.values.select_related("replaced_by").order_by("-measured_on", "-recorded_at")[:MOST])


def of_goal(ref: Ref) -> list[Indicator]:
    """Public indicators that measure a goal: three queries at most, one when there is none."""
    edges = Edge.objects.filter(
        source_capability="pilots", source_kind="indicator", target_capability=ref.capability, target_kind=ref.kind,
        target_id=ref.id, retracted_at=None,
    )  # fmt: skip
    ids = list(edges.values_list("source_id", flat=True)[:MOST])
    return many(ids) if ids else []


def goals_of(indicator_ids: Collection[UUID]) -> dict[UUID, list[Ref]]:
    """Indicator → the goals that it measures; in one query."""
    found: defaultdict[UUID, list[Ref]] = defaultdict(list)
    room, kind = origins.GOAL
    edges = Edge.objects.filter(
        source_capability="pilots", source_kind="indicator", source_id__in=indicator_ids, target_capability=room,
        target_kind=kind, retracted_at=None,
    )  # fmt: skip
    for edge in edges.order_by("happened_at", "id"):
        found[edge.source_id].append(edge.target)
    return dict(found)


def all_values() -> QuerySet[Value]:
    """Of public pilots, also those that were replaced: for the file of open data."""
    rows = Value.objects.filter(indicator__pilot__in=portfolio.public())
    return rows.select_related("indicator__pilot").order_by("indicator__number", "measured_on", "recorded_at")


def standing(indicator: Indicator, value: Decimal) -> effect.Standing:
    return effect.standing(indicator.baseline, indicator.target, value, higher=indicator.direction == Direction.HIGHER)
