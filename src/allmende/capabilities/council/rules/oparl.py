"""How things are said in OParl 1.1 (https://oparl.org/spezifikation/), as far as the database does not say them itself.

`queries.said` writes the objects of the standard. What the standard has no word for, and what needs more than rows
(names of departments, things of other rooms), is here: tasks and parts, with the prefix `allmende:`. Empty
values are left out; instants carry an offset and no fractions.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from allmende.capabilities.council.models import (
    AgendaItem,
    Consultation,
    File,
    LegislativeTerm,
    Location,
    Meeting,
    Membership,
    Organization,
    Paper,
    Part,
    Person,
    Task,
    Thing,
)
from allmende.core import city

type Json = dict[str, Any]
LICENCE = "https://www.govdata.de/dl-de/by-2-0"
"""Unless the city decides otherwise: Datenlizenz Deutschland, attribution, version 2.0."""
LISTS: Mapping[str, type[Thing]] = {
    "organization": Organization,
    "person": Person,
    "meeting": Meeting,
    "paper": Paper,
    "agendaItem": AgendaItem,
    "consultation": Consultation,
    "file": File,
    "locationList": Location,
    "legislativeTermList": LegislativeTerm,
    "membership": Membership,
}
"""Lists of a body, under their names in OParl."""


def instant(value: datetime | None) -> str | None:
    """`yyyy-mm-ddThh:mm:ss±hh:mm` in the city's time."""
    zone = timezone.get_default_timezone()
    return None if value is None else value.astimezone(zone).isoformat(timespec="seconds")


def day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def address(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _clean(values: Json) -> Json:
    """Without what is null or empty (section 2.2.4); `false` and 0 say something."""
    return {key: value for key, value in values.items() if value or value == 0}


def task(row: Task, reports: Iterable[Any]) -> Json:
    """Who does what by when, and what was reported; whether it is late follows from `due`, `done` and the day."""
    office = city.current().department(row.department)
    return _clean(
        {
            "number": row.number,
            "text": row.text,
            "department": office.name("de") if office else row.department,
            "due": day(row.due),
            "done": day(row.done_on),
            "report": [{"date": day(one.day), "text": one.text, "done": one.is_done} for one in reports],
        }
    )


def part(row: Part, item: AgendaItem | None, about: str) -> Json:
    """What is decided on one by one; `about`: the permanent address of what it decides on, if that is public."""
    return _clean(
        {
            "order": row.place,
            "title": row.title,
            "text": row.text,
            "about": address(about) if about else None,
            "decision": row.decision,
            "decided": day(row.decided_on),
            "agendaItem": item.oparl_id if item is not None else None,
        }
    )
