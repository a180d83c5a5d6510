"""Fills a city with addresses and points on its map by COPY, then times the geocoder in this process.

The rows are those that `places.actions.replace_places` writes. Street names are put together from German parts, so that
many share their beginning or their end, as in a real city.

Usage: python places.py ADDRESSES POINTS SAID, with the settings of a running city; prints times as JSON.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from fill import copy
from tend import tend

from allmende.core.ids import uuid7
from allmende.engines.places.interface import find, place_at
from allmende.engines.places.models import Address, Source, Street, stable_id
from allmende.engines.places.queries import plane
from allmende.engines.places.queries.words import plain
from allmende.engines.search.interface import Entry

FIRST = """
Linden Berg Wiesen Wald Kirch Schul Mühlen Garten Rosen Birken Ahorn Eichen Tannen Feld Bach Teich Sonnen Markt Brunnen
Hafer Amsel Drossel Finken Lerchen Meisen Falken Tal Hang Ufer Quell Ziegel Kalk Sand Stein Ost West Nord Süd Anger Dorf
""".split()  # noqa: SIM905 - reads as it is meant
KINDS = ["straße", "weg", "gasse", "platz", "allee", "ring", "steig", "winkel", "hof", "rain", "blick", "grund"]
PEOPLE = ["Karl", "Anna", "Otto", "Clara", "Rosa", "Emil", "Ida", "Max", "Ernst", "Helene"]
NAMES = [
    "Abend",
    "Beispiel",
    "Muster",
    "Sommer",
    "Winter",
    "Vogel",
    "Krause",
    "Lange",
    "Roth",
    "Braun",
    "Kühn",
    "Stark",
]
STREETS = 1200
WEST, SOUTH, EAST, NORTH = 12.0, 50.81, 12.14, 50.95


def names(chance: random.Random) -> list[str]:
    made = [f"{first}{kind}" for first in FIRST for kind in KINDS]
    made += [f"{first} {kind}".title() for first in ("Am Alten", "Am Hohen", "An der Neuen") for kind in KINDS]
    made += [f"{first}-{last}-Straße" for first in PEOPLE for last in NAMES]
    made += [f"Obere {first}{kind}" for first in FIRST for kind in KINDS[:6]]
    made += [f"{person} {name}-Weg" for person in PEOPLE for name in NAMES]
    chance.shuffle(made)
    return list(dict.fromkeys(made))[:STREETS]


def fill(chance: random.Random, addresses: int, points: int) -> list[tuple[str, str]]:
    """Returns (street, house) of some of the addresses."""
    source = Source.objects.create(
        key="bench", name="Bench", licence="CC0", attribution="Bench", imported_at=datetime.now(UTC)
    )
    streets = []
    for name in names(chance):
        lon, lat = chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)
        row = Street(
            id=stable_id("bench", "street", name), source=source, name=name, plain=plain(name),
            longitude=lon, latitude=lat, west=lon, south=lat, east=lon, north=lat,
        )  # fmt: skip
        streets.append(row)
    copy(Street, streets)
    some: list[tuple[str, str]] = []

    def houses() -> Any:
        for count in range(addresses):
            street, number = streets[count % len(streets)], 1 + count // len(streets)
            lon, lat = street.longitude + number * 0.0002, street.latitude + (number % 2) * 0.0002
            suffix = chance.choice("abc") if chance.random() < 0.1 else ""
            x, y = plane.metres(lon, lat)
            if chance.random() < 0.05:
                some.append((street.name, f"{number}{suffix}"))
            yield Address(
                id=stable_id("bench", "address", str(count)), source=source, street=street,
                number=number, suffix=suffix, postcode="07545", longitude=lon, latitude=lat, x=x, y=y,
            )  # fmt: skip

    copy(Address, houses())
    now = datetime.now(UTC)

    def entries() -> Any:
        for count in range(points):
            yield Entry(
                id=uuid7(), capability="participation", kind="idea", object_id=uuid7(),
                url=f"/mitmachen/ideen/{count}/",
                titles={"de": f"Bank und Baum {count}"}, summaries={"de": "Mehr Schatten."}, state="published",
                state_labels={"de": "veröffentlicht"}, happened_at=now - timedelta(minutes=count), district="lusan",
                longitude=chance.triangular(WEST, EAST, 12.08), latitude=chance.triangular(SOUTH, NORTH, 50.88),
            )  # fmt: skip

    copy(Entry, entries())
    tend()
    return some


def typed(chance: random.Random, street: str, house: str) -> str:
    """As people type: half of them exactly, the others in a hurry."""
    text = street
    if chance.random() < 0.5:
        text = text.replace("straße", "str.").replace("Straße", "Str.").lower()
        at = chance.randrange(1, max(2, len(text) - 2))
        if chance.random() < 0.5:
            text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return f"{text} {house}, 07545 Gera" if chance.random() < 0.3 else f"{text} {house}"


def timed(calls: list[Callable[[], object]]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    for call in calls[:50]:
        call()
    taken = []
    for call in calls:
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[18]


def main(addresses: int, points: int, said: int) -> None:
    chance = random.Random(7)
    with transaction.atomic():
        some = fill(chance, addresses, points)
    asked = [(typed(chance, *place), f"{place[0]} {place[1]}") for place in chance.choices(some, k=said)]
    found = sum(any(place.text == meant for place in find(text)) for text, meant in asked)
    spots = [(chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)) for _ in range(said)]
    outcome: dict[str, Any] = {"addresses": Address.objects.count(), "found": 100 * found / said}
    with CaptureQueriesContext(connection) as forward:
        find(asked[0][0])
    with CaptureQueriesContext(connection) as backward:
        place_at(*spots[0])
    outcome["forward_queries"], outcome["backward_queries"] = len(forward), len(backward)
    outcome["forward_p50_ms"], outcome["forward_p95_ms"] = timed([partial(find, text) for text, _meant in asked])
    outcome["backward_p50_ms"], outcome["backward_p95_ms"] = timed([partial(place_at, *spot) for spot in spots])
    print(json.dumps(outcome))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))
