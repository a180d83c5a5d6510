"""How much comes in, how much waits, how long it takes: by kind, district or office, never by clerk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from allmende.capabilities.reports.workflow import OPEN, State

PERIOD = timedelta(days=90)
GROUPS = {"art": "c.slug", "stadtteil": "r.district", "amt": "r.department"}
"""Word in the address → column."""
DAY = 24 * 3600.0
COUNT = """
SELECT {column} AS name,
       count(*) FILTER (WHERE r.received_at >= %(start)s) AS inflow,
       count(*) FILTER (WHERE r.state = ANY(%(open)s)) AS backlog,
       count(*) FILTER (WHERE r.state = ANY(%(open)s) AND r.due_at < %(at)s) AS late,
       count(*) FILTER (WHERE r.state = 'done' AND r.closed_at >= %(start)s) AS done,
       count(*) FILTER (WHERE r.state = 'done' AND r.closed_at >= %(start)s AND r.closed_at <= r.due_at) AS in_time,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.closed_at - r.received_at))
         FILTER (WHERE r.state = 'done' AND r.closed_at >= %(start)s) AS fixed,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first.at - r.received_at))
         FILTER (WHERE r.received_at >= %(start)s AND first.at IS NOT NULL) AS answered
  FROM reports_report r
  JOIN reports_category c ON c.id = r.category_id
  LEFT JOIN LATERAL (
    SELECT min(u.at) AS at FROM reports_update u
     WHERE u.report_id = r.id AND u.department <> '' AND u.verb NOT IN ('note', 'edit') AND r.received_at >= %(start)s
  ) first ON true
 WHERE r.state <> %(refused)s AND (r.received_at >= %(start)s OR r.closed_at >= %(start)s OR r.state = ANY(%(open)s))
 GROUP BY 1 ORDER BY inflow DESC, backlog DESC, 1
"""


@dataclass(frozen=True)
class Row:
    """One kind, district or office. Times are medians in days; None where there is nothing to measure."""

    name: str
    inflow: int
    backlog: int
    late: int
    done: int
    in_time: int
    fixed: float | None
    answered: float | None


def figures(group: str, at: datetime) -> Sequence[Row]:
    """Of the last 90 days; refused reports do not count. One query."""
    values: dict[str, Any] = {
        "start": at - PERIOD,
        "at": at,
        "open": [state.value for state in OPEN],
        "refused": State.REFUSED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(column=GROUPS[group]), values)
        return [Row(*row[:6], *(None if value is None else value / DAY for value in row[6:])) for row in cursor]
