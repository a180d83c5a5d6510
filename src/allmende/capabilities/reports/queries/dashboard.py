"""The offices' own figures over any time: how much came, waits, was done, how long it took, where it was dense."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.fields import DurationField

from allmende.capabilities.reports.models import Category, Report
from allmende.capabilities.reports.queries import inbox
from allmende.capabilities.reports.queries.figures import DAY, GROUPS, Row
from allmende.capabilities.reports.workflow import State
from allmende.core.actor import Viewer

CELL = 0.005
"""Degrees of latitude that a square of the density map is high: about 550 metres. It is as wide in metres."""
MOST_EXPORTED = 50_000
SOON = timedelta(days=30)

COUNT = """
SELECT {column} AS name,
       count(*) FILTER (WHERE r.received_at >= %(start)s) AS inflow,
       count(*) FILTER (WHERE r.closed_at IS NULL OR r.closed_at >= %(end)s) AS backlog,
       count(*) FILTER (WHERE (r.closed_at IS NULL OR r.closed_at >= %(end)s) AND r.due_at < %(end)s) AS late,
       count(*) FILTER (WHERE r.state = 'done' AND r.closed_at >= %(start)s AND r.closed_at < %(end)s) AS done,
       count(*) FILTER (WHERE r.state = 'done' AND r.closed_at >= %(start)s AND r.closed_at < %(end)s
                          AND r.closed_at <= r.due_at) AS in_time,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.closed_at - r.received_at))
         FILTER (WHERE r.state = 'done' AND r.closed_at >= %(start)s AND r.closed_at < %(end)s) AS fixed,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first.at - r.received_at))
         FILTER (WHERE r.received_at >= %(start)s AND first.at IS NOT NULL) AS answered
  FROM reports_report r
  JOIN reports_category c ON c.id = r.category_id
  LEFT JOIN LATERAL (
    SELECT min(u.at) AS at FROM reports_update u
     WHERE u.report_id = r.id AND u.department <> '' AND u.verb NOT IN ('note', 'edit') AND r.received_at >= %(start)s
  ) first ON true
 WHERE r.state <> %(refused)s AND r.received_at < %(end)s AND (r.closed_at IS NULL OR r.closed_at >= %(start)s)
 GROUP BY 1 ORDER BY inflow DESC, backlog DESC, 1
"""
DENSE = """
SELECT to_char(r.received_at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month,
       floor(r.longitude / %(wide)s)::int AS x, floor(r.latitude / %(high)s)::int AS y, count(*)
  FROM reports_report r
 WHERE r.received_at >= %(start)s AND r.received_at < %(end)s AND r.longitude IS NOT NULL AND r.state <> %(refused)s
 GROUP BY 1, 2, 3
"""
BY_DISTRICT = """
SELECT r.district, to_char(r.received_at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month, count(*)
  FROM reports_report r
 WHERE r.received_at >= %(start)s AND r.received_at < %(end)s AND r.state <> %(refused)s
 GROUP BY 1, 2
"""


def figures(group: str, start: datetime, end: datetime) -> Sequence[Row]:
    """From `start` to before `end`; what waits and is late is so at `end`. Refused reports do not count. One query."""
    values: dict[str, Any] = {"start": start, "end": end, "refused": State.REFUSED.value}
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(column=GROUPS[group]), values)
        return [Row(*row[:6], *(None if value is None else value / DAY for value in row[6:])) for row in cursor]


@dataclass(frozen=True)
class Density:
    """Month („2026-03“) → square (column, row from the south west) → how many; how many squares lie side by side."""

    months: Sequence[str]
    squares: Mapping[str, Mapping[tuple[int, int], int]]
    width: int
    height: int
    most: int
    districts: Mapping[str, Mapping[str, int]]
    """District → month → how many, also of what has no position."""


def density(
    months: Sequence[date], end: date, *, zone: str, start: datetime, until: datetime, stretch: float
) -> Density:
    """`stretch` is how much wider a degree of latitude is than one of longitude here. Two queries."""
    names = [f"{month:%Y-%m}" for month in months if month < end]
    values: dict[str, Any] = {
        "start": start, "end": until, "zone": zone, "refused": State.REFUSED.value,
        "wide": CELL * stretch, "high": CELL,
    }  # fmt: skip
    found: defaultdict[str, dict[tuple[int, int], int]] = defaultdict(dict)
    by_district: defaultdict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(DENSE, values)
        for month, x, y, count in cursor:
            found[month][x, y] = count
        cursor.execute(BY_DISTRICT, values)
        for district, month, count in cursor:
            by_district[district][month] = count
    every = [square for month in found.values() for square in month]
    west, south = (min((square[side] for square in every), default=0) for side in (0, 1))
    east, north = (max((square[side] for square in every), default=0) for side in (0, 1))
    squares = {
        month: {(x - west, y - south): count for (x, y), count in there.items()} for month, there in found.items()
    }
    most = max((count for there in found.values() for count in there.values()), default=0)
    return Density(names, squares, east - west + 1, north - south + 1, most, by_district)


def to_export(viewer: Viewer, start: datetime, end: datetime) -> Iterator[Report]:
    """The reports that somebody handles, newest first; 50,000 at most."""
    rows = inbox.theirs(viewer).filter(received_at__gte=start, received_at__lt=end)
    return rows.order_by("-received_at", "-id")[:MOST_EXPORTED].iterator(1000)


@dataclass(frozen=True)
class Ends:
    """What the nightly retention takes persons, words and pictures out of, by kind."""

    category: Category
    waiting: int
    """Ended, and still whole."""
    tonight: int
    soon: int
    """Within thirty days from then."""
    emptied: int
    """Number, kind, place and steps are left."""
    deleted_tonight: int
    deleted_soon: int
    deleted: int
    """Tombstones: nothing but the number is left."""


def retention(at: datetime) -> Sequence[Ends]:
    """What would be emptied and what deleted, now and soon. Writes nothing. One query."""
    kept, ever = (
        ExpressionWrapper(Value(timedelta(days=1)) * F(name), output_field=DurationField())
        for name in ("retention_days", "deletion_days")
    )
    empty = Q(reports__closed_at__isnull=False, reports__anonymised_at__isnull=False, reports__deleted_at__isnull=True)
    whole = Q(reports__closed_at__isnull=False, reports__anonymised_at__isnull=True)
    rows = Category.objects.alias(kept=kept, whole=ever).annotate(
        waiting=Count("reports", filter=whole),
        tonight=Count("reports", filter=whole & Q(reports__closed_at__lt=at - F("kept"))),
        until_soon=Count("reports", filter=whole & Q(reports__closed_at__lt=at + SOON - F("kept"))),
        emptied=Count("reports", filter=empty),
        gone_tonight=Count("reports", filter=empty & Q(reports__closed_at__lt=at - F("whole"))),
        gone_until_soon=Count("reports", filter=empty & Q(reports__closed_at__lt=at + SOON - F("whole"))),
        gone=Count("reports", filter=Q(reports__deleted_at__isnull=False)),
    )
    return [
        Ends(row, row.waiting, row.tonight, row.until_soon - row.tonight, row.emptied, row.gone_tonight,
             row.gone_until_soon - row.gone_tonight, row.gone)
        for row in rows
    ]  # fmt: skip


def to_delete(at: datetime) -> QuerySet[Report]:
    """Emptied reports of which only the number is to be left by now."""
    kept = ExpressionWrapper(Value(timedelta(days=1)) * F("category__deletion_days"), output_field=DurationField())
    rows = Report.objects.filter(closed_at__isnull=False, anonymised_at__isnull=False, deleted_at__isnull=True)
    return rows.alias(ends=F("closed_at") + kept).filter(ends__lt=at)
