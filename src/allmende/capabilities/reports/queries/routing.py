"""Routing rules of the city, the office that they lead a report to, and what they would have done last year."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allmende.capabilities.reports.models import Category, Report, RoutingRule
from allmende.capabilities.reports.queries import asking, assets, categories
from allmende.capabilities.reports.rules import routing
from allmende.capabilities.reports.rules.routing import Broken, Case, Rule, Table
from allmende.capabilities.reports.workflow import State
from allmende.core import city
from allmende.core.errors import NotFound

YEAR = timedelta(days=365)
MOST_TRIED = 20_000
"""A dry run looks at so many reports at most, the newest."""
MOST_SHOWN = 8


def every() -> Sequence[RoutingRule]:
    """In the order in which they are read, also those that are off."""
    return list(RoutingRule.objects.all())


def by_id(rule_id: UUID) -> RoutingRule:
    """Raises NotFound."""
    found = RoutingRule.objects.filter(pk=rule_id).first()
    if found is None:
        raise NotFound
    return found


def as_rule(row: RoutingRule) -> Rule:
    centre = None if row.longitude is None or row.latitude is None else (row.longitude, row.latitude)
    starts, ends = (None if one is None else one.hour * 60 + one.minute for one in (row.starts, row.ends))
    return Rule(
        key=row.pk,
        office=row.department,
        categories=frozenset(row.categories),
        districts=frozenset(row.districts),
        words=frozenset(row.words),
        weekdays=frozenset(row.weekdays),
        starts=starts,
        ends=ends,
        centre=centre,
        metres=row.metres or 0,
        polygon=tuple((x, y) for x, y in row.polygon),
        owners=frozenset(row.owners),
        answers=frozenset((kind, code, one) for kind, code, one in row.answers),
    )


def table_of(rows: Sequence[RoutingRule]) -> Table:
    """Those that are on and whose office there is."""
    return Table(routing.able((as_rule(row) for row in rows if row.is_on), city.current().departments))


def office_of(
    category: Category, district: str, point: routing.Point | None, words: str, at: datetime, *,
    owner: str = "", answers: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """Where a report goes that came in at `at`: by the first rule that fits, else by the routing table.

    `owner` is whose the numbered thing is that it is about, `answers` what was answered, by the codes of the questions.
    """
    said = routing.chosen(category.slug, answers or {})
    case = Case(category.slug, words, at.astimezone(city.current().zone), district, point, owner, said)
    found = table_of(every()).first(case)
    return found.office if found is not None else categories.office_for(category, district)


def broken_ones(rows: Sequence[RoutingRule]) -> Mapping[UUID, Broken]:
    """Rules that are on and name an office, a kind, a district, an owner or an answer that there no longer is."""
    here = city.current()
    active = {one.slug for one in categories.active() if not one.elsewhere}
    owners = assets.owners() if any(row.owners for row in rows) else ()
    choices = asking.choices() if any(row.answers for row in rows) else {}
    found = {
        row.pk: routing.broken(
            as_rule(row), offices=here.departments, categories=active, districts=here.districts,
            owners=owners, answers=choices,
        )
        for row in rows
        if row.is_on
    }  # fmt: skip
    return {key: one for key, one in found.items() if one}


@dataclass(frozen=True)
class Moved:
    """A report that would have gone elsewhere."""

    number: int
    category: str
    place: str
    before: str
    after: str


@dataclass(frozen=True)
class Trial:
    """What a change of the rules would have meant for the last year's reports."""

    looked_at: int
    moved: int
    ways: Sequence[tuple[str, str, int]]
    """Office before, office after, how many; most first."""
    examples: Sequence[Moved]


def try_out(before: Sequence[RoutingRule], after: Sequence[RoutingRule], at: datetime) -> Trial:
    """Sends the reports of the last year on their way twice: by the rules before and by those after the change."""
    zone = city.current().zone
    old, new = table_of(before), table_of(after)
    kinds = {one.pk: one for one in categories.every()}
    usual: dict[tuple[UUID, str], str] = {}
    ways: Counter[tuple[str, str]] = Counter()
    examples: list[Moved] = []
    looked_at = 0
    rows = Report.objects.filter(received_at__gte=at - YEAR, received_at__lt=at).exclude(state=State.REFUSED)
    columns = ("number", "category_id", "district", "longitude", "latitude", "words", "place", "received_at",
               "about__asset__owner", "answered__answers")  # fmt: skip
    for number, kind_id, district, longitude, latitude, words, place, received_at, owner, answers in (
        rows.order_by("-received_at").values_list(*columns)[:MOST_TRIED].iterator(2000)
    ):  # fmt: skip
        looked_at += 1
        kind = kinds[kind_id]
        point = None if longitude is None or latitude is None else (longitude, latitude)
        said = routing.chosen(kind.slug, answers or {})
        case = Case(kind.slug, words, received_at.astimezone(zone), district, point, owner or "", said)
        if (kind_id, district) not in usual:
            usual[kind_id, district] = categories.office_by_table(kind, district)
        fall_back = usual[kind_id, district]
        first, then = (found.office if found is not None else fall_back for found in (old.first(case), new.first(case)))
        if first != then:
            ways[first, then] += 1
            if len(examples) < MOST_SHOWN:
                examples.append(Moved(number, kind.slug, place, first, then))
    return Trial(looked_at, ways.total(), [(*way, count) for way, count in ways.most_common()], examples)
