"""Series and values for tests, made as the actions make them."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.urbandata import actions
from allmende.capabilities.urbandata.actions import Added, Described, Reading, SeriesData
from allmende.capabilities.urbandata.models import Datastream
from allmende.core.actor import Actor, Role

_numbers = itertools.count(1)


def editor() -> Actor:
    """One of the data team."""
    return people.actor(people.with_role(Role.EDITOR, "urbandata"))


def series(**fields: Any) -> Datastream:
    """Bicycles in an hour at some counting site."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "external_id": f"test:{number}",
        "name": f"Räder an Stelle {number}",
        "description": "So viele Räder fahren in einer Stunde vorbei.",
        "thing": Described(f"test:stelle-{number}", f"Stelle {number}", point=(12.08, 50.88)),
        "sensor": Described("test:schleife", "Zählschleife"),
        "observed_property": Described("test:raeder", "Fahrräder"),
        "unit": {"name": "Fahrräder", "symbol": "Räder", "definition": ""},
        "is_amount": True,
        "step": 3600,
        "source": "Amt für Verkehr",
        "licence": "https://www.govdata.de/dl-de/by-2-0",
    }
    return actions.save_series(actor=editor(), data=SeriesData(**{**values, **fields}), at=timezone.now())


def measure(of: Datastream, start: datetime, numbers: Sequence[Any], *, every: timedelta = timedelta(hours=1)) -> Added:
    """Values one after another from `start` on."""
    readings = [Reading(of.number, start + place * every, value) for place, value in enumerate(numbers)]
    return actions.add_observations(actor=editor(), readings=readings, at=timezone.now())
