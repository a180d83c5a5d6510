"""The eight entity sets of the Sensing part: their properties, and how they hang together (18-088, section 8.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from allmende.capabilities.urbandata.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    Observation,
    ObservedProperty,
    Sensor,
    Thing,
)


@dataclass(frozen=True, slots=True)
class Column:
    """A property. `type`: text, json, time, interval (`name` and `end`), result."""

    name: str
    type: str = "text"
    end: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """The way to another kind. `path` is the ORM's, `back` the way from there. `via`: (our column, theirs), to one."""

    kind: str
    path: str
    back: str
    many: bool = True
    via: tuple[str, str] = ("", "")
    required: bool = False


@dataclass(frozen=True)
class Kind:
    """An entity set. `key`: the column that is `@iot.id`."""

    name: str
    single: str
    model: type[Model]
    columns: Mapping[str, Column]
    links: Mapping[str, Link]
    key: str = "number"
    required: tuple[str, ...] = ("name", "description")


_NAMED = {"name": Column("name"), "description": Column("description")}
_MORE = {"properties": Column("properties", "json")}
_PLACED = {"encodingType": Column("encoding_type")}

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "Things", "Thing", Thing, _NAMED | _MORE,
            {
                "Locations": Link("Locations", "locations", "things"),
                "HistoricalLocations": Link("HistoricalLocations", "historical_locations", "thing"),
                "Datastreams": Link("Datastreams", "datastreams", "thing"),
            },
        ),
        Kind(
            "Locations", "Location", Location, _NAMED | _PLACED | {"location": Column("location", "json")} | _MORE,
            {
                "Things": Link("Things", "things", "locations"),
                "HistoricalLocations": Link("HistoricalLocations", "historical_locations", "locations"),
            },
            required=("name", "description", "encodingType", "location"),
        ),
        Kind(
            "HistoricalLocations", "HistoricalLocation", HistoricalLocation, {"time": Column("time", "time")},
            {
                "Thing": Link(
                    "Things", "thing", "historical_locations", many=False, via=("thing_id", "pk"), required=True
                ),
                "Locations": Link("Locations", "locations", "historical_locations"),
            },
            required=("time",),
        ),
        Kind(
            "Sensors", "Sensor", Sensor, _NAMED | _PLACED | {"metadata": Column("metadata", "json")} | _MORE,
            {"Datastreams": Link("Datastreams", "datastreams", "sensor")},
            required=("name", "description", "encodingType", "metadata"),
        ),
        Kind(
            "ObservedProperties", "ObservedProperty", ObservedProperty,
            _NAMED | {"definition": Column("definition")} | _MORE,
            {"Datastreams": Link("Datastreams", "datastreams", "observed_property")},
            required=("name", "definition", "description"),
        ),
        Kind(
            "Datastreams", "Datastream", Datastream,
            _NAMED
            | {
                "observationType": Column("observation_type"),
                "unitOfMeasurement": Column("unit", "json"),
                "observedArea": Column("observed_area", "json"),
                "phenomenonTime": Column("standing__first", "interval", "standing__last"),
                "resultTime": Column("standing__result_first", "interval", "standing__result_last"),
            }
            | _MORE,
            {
                "Thing": Link("Things", "thing", "datastreams", many=False, via=("thing_id", "pk"), required=True),
                "Sensor": Link(
                    "Sensors", "sensor", "datastreams", many=False, via=("sensor_id", "pk"), required=True
                ),
                "ObservedProperty": Link(
                    "ObservedProperties", "observed_property", "datastreams", many=False,
                    via=("observed_property_id", "pk"),
                    required=True,
                ),
                "Observations": Link("Observations", "observations", "datastream"),
            },
            required=("name", "description", "observationType", "unitOfMeasurement"),
        ),
        Kind(
            "FeaturesOfInterest", "FeatureOfInterest", FeatureOfInterest,
            _NAMED | _PLACED | {"feature": Column("feature", "json")} | _MORE,
            {"Observations": Link("Observations", "observations", "feature")},
            required=("name", "description", "encodingType", "feature"),
        ),
        Kind(
            "Observations", "Observation", Observation,
            {
                "phenomenonTime": Column("time", "interval", "time_end"),
                "result": Column("result_number", "result", "result_other"),
                "resultTime": Column("result_time", "time"),
                "resultQuality": Column("quality", "json"),
                "validTime": Column("valid_from", "interval", "valid_until"),
                "parameters": Column("parameters", "json"),
            },
            {
                "Datastream": Link(
                    "Datastreams", "datastream", "observations", many=False, via=("datastream_id", "number"),
                    required=True,
                ),
                "FeatureOfInterest": Link(
                    "FeaturesOfInterest", "feature", "observations", many=False, via=("feature_id", "number")
                ),
            },
            key="id",
            required=("result",),
        ),
    )
}  # fmt: skip

SINGLE: Mapping[str, str] = {kind.single: kind.name for kind in KINDS.values()}


def value_of(row: Any, column: Column) -> Any:
    """What a property holds, as JSON has it."""
    value = _value(row, column.name)
    if column.type == "time":
        return None if value is None else instant(value)
    if column.type == "interval":
        end = _value(row, column.end)
        if value is None:
            return None
        return instant(value) if end is None else f"{instant(value)}/{instant(end)}"
    if column.type == "result":
        return _value(row, column.end) if value is None else int(value) if value.is_integer() else value
    return value


def _value(row: Any, path: str) -> Any:
    for step in path.split("__"):
        row = getattr(row, step, None)
    return row


def instant(value: Any) -> str:
    """ISO 8601 in UTC."""
    return str(value.isoformat()).replace("+00:00", "Z")
