"""Series and what they hang on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allmende.capabilities.urbandata import rules
from allmende.capabilities.urbandata.events import SeriesSaved
from allmende.capabilities.urbandata.models import Datastream, Location, ObservedProperty, Sensor, Thing
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor

COUNT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CountObservation"
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


@dataclass(frozen=True)
class Described:
    """A thing, a sensor or a property: by its `external_id` it is found again."""

    external_id: str
    name: str
    description: str = ""
    definition: str = ""
    point: tuple[float, float] | None = None
    """Of a thing: longitude and latitude."""


@dataclass(frozen=True)
class SeriesData:
    """A series as a source describes it."""

    external_id: str
    name: str
    description: str
    thing: Described
    sensor: Described
    observed_property: Described
    unit: Mapping[str, str]
    is_amount: bool = False
    total: Datastream | None = None
    step: int = 0
    source: str = ""
    licence: str = ""
    is_example: bool = False
    language: str = "de"
    properties: Mapping[str, Any] = field(default_factory=dict)


@action
def save_series(*, actor: Actor, data: SeriesData, at: datetime) -> Datastream:
    """Makes a series with all it hangs on, or brings it up to date: a source read again makes nothing twice."""
    rules.require_may_edit(actor)
    thing = _thing(data.thing, data.language, at)
    sensor, _new = Sensor.objects.get_or_create(
        external_id=data.sensor.external_id,
        defaults=_words(data.sensor, data.language, at) | {"metadata": data.sensor.description},
    )
    measured, _new = ObservedProperty.objects.get_or_create(
        external_id=data.observed_property.external_id,
        defaults=_words(data.observed_property, data.language, at) | {"definition": data.observed_property.definition},
    )
    fields = {
        "name": data.name,
        "description": data.description,
        "language": data.language,
        "thing": thing,
        "sensor": sensor,
        "observed_property": measured,
        "observation_type": COUNT if data.is_amount else MEASUREMENT,
        "unit": dict(data.unit),
        "is_amount": data.is_amount,
        "total": data.total,
        "step": data.step,
        "source": data.source,
        "licence": data.licence,
        "is_example": data.is_example,
        "properties": dict(data.properties),
    }
    made, _new = Datastream.objects.update_or_create(
        external_id=data.external_id, defaults=fields, create_defaults={**fields, "created_at": at}
    )
    if _new:
        made.refresh_from_db(fields=["number"])
    audit.record(actor, "urbandata.save_series", made.ref, fields=fields)
    events.publish(actor, SeriesSaved(ref=made.ref))
    return made


def _words(given: Described, language: str, at: datetime) -> dict[str, Any]:
    return {"name": given.name, "description": given.description, "language": language, "created_at": at}


def _thing(given: Described, language: str, at: datetime) -> Thing:
    thing, new = Thing.objects.get_or_create(external_id=given.external_id, defaults=_words(given, language, at))
    if new and given.point is not None:
        place = Location.objects.create(
            **_words(given, language, at), location={"type": "Point", "coordinates": list(given.point)}
        )
        thing.locations.add(place)
        thing.historical_locations.create(time=at).locations.add(place)
    return thing
