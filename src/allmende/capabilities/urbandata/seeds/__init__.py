"""One example of our own: bicycles at a counting site that nobody has built, with an evening out of the ordinary.

Ten weeks of hours, made by a rule, so that every city shows at once what a series looks like. Marked as an example.
"""

from datetime import datetime, timedelta
from math import exp

from django.utils import timezone

from allmende.capabilities.urbandata import actions
from allmende.capabilities.urbandata.actions import Described, Reading, SeriesData
from allmende.capabilities.urbandata.models import Datastream
from allmende.core import city
from allmende.core.actor import SYSTEM
from allmende.core.city import CityPack

WEEKS = 10
SATURDAY = 5
BUSY = 3
"""So many times as many as usual came in the last hour and on the day before."""


def bicycles(local: datetime) -> int:
    """A morning and an evening peak on working days, a long afternoon at the weekend; always the same unrest."""
    hour, noise = local.hour, (local.toordinal() * 7 + local.hour * 13) % 23 - 11
    if local.weekday() < SATURDAY:
        rate = 12 + 150 * exp(-((hour - 7) ** 2) / 3) + 130 * exp(-((hour - 17) ** 2) / 6)
    else:
        rate = 10 + 80 * exp(-((hour - 14) ** 2) / 18)
    return max(0, round(rate * (1 + noise / 30)))


def seed(_pack: CityPack) -> None:
    """Once, on an empty city."""
    if Datastream.objects.exists():
        return
    now = timezone.now()
    here = city.current()
    data = SeriesData(
        external_id="beispiel:raeder",
        name="Räder am Bahnhof",
        description="So viele Fahrräder fahren in einer Stunde am Bahnhof vorbei, in beide Richtungen zusammen.",
        thing=Described(
            "beispiel:bahnhof", "Zählstelle am Bahnhof", "Ein ausgedachtes Beispiel: Diese Zählstelle gibt es nicht.",
            point=here.centre,
        ),
        sensor=Described("beispiel:schleife", "Zählschleife", "Eine Schleife in der Straße zählt, was darüber fährt."),
        observed_property=Described("beispiel:fahrraeder", "Fahrräder", "Fahrräder, die eine Stelle passieren."),
        unit={"name": "Fahrräder", "symbol": "Räder", "definition": ""},
        is_amount=True,
        step=3600,
        source="Allmende, Beispiel",
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
        is_example=True,
    )  # fmt: skip
    made = actions.save_series(actor=SYSTEM, data=data, at=now)
    last = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    readings = []
    for back in range(WEEKS * 7 * 24):
        start = last - timedelta(hours=back)
        count = bicycles(start.astimezone(here.zone))
        readings.append(Reading(made.number, start, count * BUSY + 40 if back in {0, 26, 27} else count))
    actions.add_observations(actor=SYSTEM, readings=readings, source="Beispiel", at=now)
