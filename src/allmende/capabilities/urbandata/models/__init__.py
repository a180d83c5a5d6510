"""What the urban data platform keeps: the entities of SensorThings, their values, and what is summed up of them."""

from allmende.capabilities.urbandata.models.observations import Batch, Day, Hour, Observation, Standing
from allmende.capabilities.urbandata.models.things import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)

__all__ = [
    "Batch",
    "Datastream",
    "Day",
    "FeatureOfInterest",
    "HistoricalLocation",
    "Hour",
    "Location",
    "Observation",
    "ObservedProperty",
    "Sensor",
    "Standing",
    "Thing",
]
