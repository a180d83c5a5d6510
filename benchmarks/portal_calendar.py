"""The calendar's part of `make bench NAME=portal`: a month with 500 events, made by Django each time.

Run by itself with the settings of a running city it fills that month by COPY and prints how many rows it made.
"""

import json
import random
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness import City, Run

EVENTS = 500
YEAR, MONTH = 2033, 5
PAGE = f"/kalender/monat/{YEAR}/{MONTH}/"
UNCACHED = "Cookie: bench=1\r\n"
"""A cookie that is not a display cookie: the page cache lets such a request pass, and it belongs to no session."""
SECONDS = 8.0


def figures(run: "Run", running: "City") -> None:
    """Queries and latency of the month, and of an agenda that begins in it, beside their weight."""
    from harness import load

    made: dict[str, Any] = running.script("portal_calendar.py")
    run.keep("calendar_events", made["events"])
    captured: dict[str, Any] = running.script("capture.py", PAGE, "bench=1")
    assert captured["status"] == 200, captured["status"]
    run.keep("calendar_month_bytes", len(captured["body"]) * 3 // 4)
    run.figure("calendar_month_queries", len(captured["statements"]), "queries", "<=12")
    closed = load("closed", running.port, [PAGE], headers=UNCACHED, seconds=SECONDS)
    run.keep("calendar_month_rps", closed["rate"])
    latency = load("open", running.port, [PAGE], headers=UNCACHED, rate=closed["rate"] / 2, seconds=SECONDS)
    run.keep("calendar_month", {"closed": closed, "open": latency})
    run.figure("calendar_month_p95_ms", latency["p95"] * 1000, "ms", "<50")


def fill() -> dict[str, int]:
    """As `publish_event` leaves an announced event, only many at a time."""
    import django

    django.setup()
    from django.db import transaction
    from fill import copy

    from allmende.capabilities.portal.models import CalendarEvent

    chance = random.Random(37)
    first = datetime(YEAR, MONTH, 1, 6, tzinfo=UTC)
    now = datetime.now(UTC)
    kinds = ("evening", "workshop", "talk", "consultation", "tour", "culture")
    words = ("Werkstatt am Fluss", "Sprechstunde im Pop-up-Store", "Rundgang durch die Südstadt", "Abend zur Strategie")

    def rows() -> "list[CalendarEvent]":
        found = []
        for number in range(EVENTS):
            starts = first + timedelta(days=number % 31, minutes=15 * chance.randrange(56))
            title = f"{chance.choice(words)}: Nummer {number}"
            found.append(
                CalendarEvent(
                    kind=chance.choice(kinds),
                    title={"de": title, "en": f"Event number {number}"},
                    summary={"de": "Wer mitreden möchte, kommt einfach vorbei oder schaltet sich dazu."},
                    description={"de": "Wir reden, hören zu und schreiben auf. " * 12},
                    starts_at=starts,
                    ends_at=starts + timedelta(minutes=90),
                    place={"de": "Pop-up-Store in der Innenstadt", "en": "Pop-up store in the city centre"},
                    department="steuerung",
                    languages=["de"],
                    registration=number % 2 == 0,
                    capacity=40 if number % 2 == 0 else None,
                    taken=number % 40,
                    state="published",
                    published_at=now,
                    shown_at=now,
                    created_at=now,
                )
            )
        return found

    with transaction.atomic():
        missing = EVENTS - CalendarEvent.objects.filter(starts_at__gte=first, title__de__contains="Nummer").count()
        return {"events": copy(CalendarEvent, rows()[:missing]) if missing > 0 else 0}


if __name__ == "__main__":
    json.dump(fill(), sys.stdout)
