"""The map of all public reports, whatever it shows, and the list beside it; and the list of public reports.

Every look goes to Django and the database. Twelve views from the whole city down to a street corner, all over the city.
"""

import random

from harness import City, Run, load

RATE, SECONDS = 8.0, 15.0
UNCACHED = "Cookie: bench=1\r\n"
WEST, SOUTH, EAST, NORTH = 12.0, 50.81, 12.14, 50.95
WIDE, HIGH = 1280, 800
"""Pixels of the screen."""
TILE = 512


def views(count: int = 60, *, seed: int = 5) -> list[str]:
    """Addresses of the layer as the map asks for them, for zooms 11 to 18 in turn."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        zoom = 11 + number % 8
        wide = 360 / 2**zoom * WIDE / TILE
        high = wide * HIGH / WIDE * 0.63
        lon = chance.triangular(WEST, EAST) if zoom > 12 else (WEST + EAST) / 2
        lat = chance.triangular(SOUTH, NORTH) if zoom > 12 else (SOUTH + NORTH) / 2
        box = (lon - wide / 2, lat - high / 2, lon + wide / 2, lat + high / 2)
        found.append(f"/karte/daten/meldungen/?bbox={','.join(f'{one:.5f}' for one in box)}&zoom={zoom}.3")
    return found


def figures(run: Run, running: City) -> None:
    for name, paths, limit in (
        ("map_p95_ms", views(), "<80"),
        ("map_city_p95_ms", views(8)[:3], "<80"),
        ("map_list_p95_ms", ["/karte/?ebene=meldungen"], "<150"),
        ("public_list_p95_ms", ["/meldungen/", "/meldungen/?state=open", "/meldungen/?category=licht&state=done"],
         "<100"),
    ):  # fmt: skip
        load("open", running.port, paths, headers=UNCACHED, rate=RATE / 2, seconds=4.0)
        outcome = load("open", running.port, paths, headers=UNCACHED, rate=RATE, seconds=SECONDS)
        run.keep(name, outcome)
        run.figure(name, outcome["p95"] * 1000, "ms", limit)
