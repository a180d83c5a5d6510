"""Makes rules, routes reports by them, and takes the rules away again; prints the seconds (JSON).

Usage: python reports_route.py REPORTS RULES, with the settings of a running city filled by `reports_fill.py`.
"""

import json
import math
import random
import sys
import time
from datetime import UTC, datetime
from datetime import time as clock
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import transaction

from allmende.capabilities.reports.models import Category, Report, RoutingRule
from allmende.capabilities.reports.queries import routing
from allmende.capabilities.reports.rules.routing import Case
from allmende.core import city

WORDS = """
laterne ampel schlagloch gehweg container matratze ast baum hecke graffiti brücke bordstein gully schild bank
schaukel rutsche pflaster asphalt markierung zebrastreifen mast kabel zaun mauer treppe geländer brunnen wiese
""".split()  # noqa: SIM905 - reads as it is meant
WEST, SOUTH, EAST, NORTH = 12.0, 50.81, 12.14, 50.95


def rule(chance: random.Random, number: int, offices: list[str], kinds: list[str], districts: list[str]) -> RoutingRule:
    """Most name words and one or two more conditions; few fit, so that most reports are asked to the end."""
    fields: dict[str, Any] = {
        "name": f"Regel {number}", "order": number, "department": chance.choice(offices),
        "changed_at": datetime.now(UTC),
    }  # fmt: skip
    if chance.random() < 0.8:
        fields["words"] = [f"{word} {chance.randrange(9)}" if chance.random() < 0.3 else f"{word}{chance.randrange(99)}"
                           for word in chance.sample(WORDS, 4)]  # fmt: skip
    if chance.random() < 0.5:
        fields["categories"] = chance.sample(kinds, 2)
    if chance.random() < 0.4:
        fields["districts"] = chance.sample(districts, min(2, len(districts)))
    if chance.random() < 0.3:
        fields |= {"starts": clock(20), "ends": clock(6), "weekdays": [5, 6]}
    lon, lat = chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)
    if chance.random() < 0.3:
        fields |= {"longitude": lon, "latitude": lat, "metres": 400}
    elif "words" not in fields or chance.random() < 0.3:
        corners = [math.tau * step / 24 for step in range(24)]
        fields["polygon"] = [[lon + 0.004 * math.cos(turn), lat + 0.003 * math.sin(turn)] for turn in corners]
    return RoutingRule(**fields)


def main(reports: int, rules: int) -> None:
    chance, here, outcome = random.Random(6), city.current(), {}
    kinds = {one.pk: one.slug for one in Category.objects.all() if not one.elsewhere}
    made = [
        rule(chance, number, list(here.departments), list(kinds.values()), list(here.districts))
        for number in range(rules)
    ]
    with transaction.atomic():
        RoutingRule.objects.bulk_create(made)
        began = time.perf_counter()
        table = routing.table_of(routing.every())
        rows = Report.objects.filter(token__startswith="bench").order_by("-received_at")
        columns = ("category_id", "words", "received_at", "district", "longitude", "latitude")
        hits = 0
        for kind, words, at, district, lon, lat in rows.values_list(*columns)[:reports]:
            case = Case(kinds[kind], words, at.astimezone(here.zone), district, (lon, lat))
            hits += table.first(case) is not None
        outcome = {"seconds": time.perf_counter() - began, "routed": hits, "rules": len(table.rules)}
        transaction.set_rollback(True)
    print(json.dumps(outcome))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
