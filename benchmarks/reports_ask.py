"""Numbers of open reports, as JSON; with TIMES also how long it takes to look around a place, and for duplicates.

Usage: python reports_ask.py [TIMES], with the settings of a running city filled by `reports_fill.py`.
"""

import json
import random
import sys
from datetime import UTC, datetime
from functools import partial
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from places import timed

from allmende.capabilities.reports.models import Category, Report
from allmende.capabilities.reports.queries import inbox, reports
from allmende.capabilities.reports.rules import SCOPE
from allmende.core.actor import Grant, Role, Viewer

WEST, SOUTH, EAST, NORTH = 12.0, 50.81, 12.14, 50.95
OPEN = ("received", "checked", "in_work", "planned", "waiting", "forwarded")


def main(times: int = 0) -> None:
    rows = list(
        Report.objects.filter(token__startswith="bench", state__in=OPEN)
        .select_related("category")
        .order_by("-number")[: max(200, times)]
    )
    outcome: dict[str, Any] = {"numbers": [row.number for row in rows[:200]]}
    if times:
        chance, at = random.Random(3), datetime.now(UTC)
        kinds = list(Category.objects.filter(pk__in={row.category_id for row in rows}))
        spots = [
            ((chance.triangular(WEST, EAST), chance.triangular(SOUTH, NORTH)), chance.choice(kinds).pk)
            for _ in range(times)
        ]
        near = timed([partial(reports.near, point, at, category=kind) for point, kind in spots])
        wide = timed([partial(reports.near, point, at) for point, _kind in spots])
        clerk = Viewer(None, frozenset({Grant(Role.CLERK, SCOPE)}))
        same = timed([partial(inbox.same_as, row, clerk) for row in rows[:times]])
        outcome |= {
            "near_p50_ms": near[0], "near_p95_ms": max(near[1], wide[1]),
            "near_one_kind_p95_ms": near[1], "near_every_kind_p95_ms": wide[1],
            "same_p50_ms": same[0], "same_p95_ms": same[1], "same_asked": min(times, len(rows)),
        }  # fmt: skip
    print(json.dumps(outcome))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
