"""Places that measure, devices, what is measured, and series: the Sensing part of OGC SensorThings 1.1 (18-088).

Every entity has a key like everything in the house and a number, which is its `@iot.id`. Names need not be unique.
`external_id` is the name that a source gives it, so that a source read again finds what it made.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

NAME_LIMIT = 400
EXTERNAL_LIMIT = 200
GEOJSON = "application/geo+json"


class Entity(models.Model):
    """What all entities have."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=NAME_LIMIT)
    description = models.TextField(blank=True)
    properties = models.JSONField(default=dict)
    external_id = models.CharField(max_length=EXTERNAL_LIMIT, blank=True)
    language = models.CharField(max_length=2, default="de")
    """Of name and description."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


def _once(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["external_id"], condition=~Q(external_id=""), name=name)


class Location(Entity):
    """A place as GeoJSON (RFC 7946)."""

    number = models.BigIntegerField(db_default=NextNumber("urbandata_location_number"), unique=True, editable=False)
    encoding_type = models.CharField(max_length=200, default=GEOJSON)
    location = models.JSONField()

    class Meta:
        ordering = ["number"]
        constraints = [_once("urbandata_location_once")]


class Thing(Entity):
    """What measures, or is measured: a counting site, a lamp post, a building."""

    number = models.BigIntegerField(db_default=NextNumber("urbandata_thing_number"), unique=True, editable=False)
    locations = models.ManyToManyField(Location, related_name="things")
    """Where it is now: one place, possibly told in several ways."""

    class Meta:
        ordering = ["number"]
        constraints = [_once("urbandata_thing_once")]


class HistoricalLocation(models.Model):
    """Where a thing was from some time on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(
        db_default=NextNumber("urbandata_historicallocation_number"), unique=True, editable=False
    )
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="historical_locations")
    locations = models.ManyToManyField(Location, related_name="historical_locations")
    time = models.DateTimeField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.time:%Y-%m-%d %H:%M}"


class Sensor(Entity):
    """The device or the procedure that gives the values; `metadata` describes it in the encoding that is named."""

    number = models.BigIntegerField(db_default=NextNumber("urbandata_sensor_number"), unique=True, editable=False)
    encoding_type = models.CharField(max_length=200, default="text/html")
    metadata = models.JSONField(default=str)

    class Meta:
        ordering = ["number"]
        constraints = [_once("urbandata_sensor_once")]


class ObservedProperty(Entity):
    """What is measured, with the address of its definition."""

    number = models.BigIntegerField(
        db_default=NextNumber("urbandata_observedproperty_number"), unique=True, editable=False
    )
    definition = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [_once("urbandata_observedproperty_once")]


class FeatureOfInterest(Entity):
    """What a value is about. `made_from`: the place of the thing, for values that came without one of their own."""

    number = models.BigIntegerField(
        db_default=NextNumber("urbandata_featureofinterest_number"), unique=True, editable=False
    )
    encoding_type = models.CharField(max_length=200, default=GEOJSON)
    feature = models.JSONField()
    made_from = models.OneToOneField(Location, null=True, on_delete=models.SET_NULL, related_name="made")

    class Meta:
        ordering = ["number"]
        constraints = [_once("urbandata_featureofinterest_once")]


class Datastream(Entity):
    """A series: values of one property, measured at one thing with one sensor, in one unit.

    `is_amount`: values count something within a time (bicycles in a quarter of an hour) and may be added up; else they
    are levels (a temperature), of which a mean is told. `total`: the series of which this is only a part, so that
    nobody adds up a total and its parts. `step`: seconds between two values, 0 where they come as they come.
    """

    number = models.BigIntegerField(db_default=NextNumber("urbandata_datastream_number"), unique=True, editable=False)
    thing = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="datastreams")
    sensor = models.ForeignKey(Sensor, on_delete=models.PROTECT, related_name="datastreams")
    observed_property = models.ForeignKey(ObservedProperty, on_delete=models.PROTECT, related_name="datastreams")
    observation_type = models.CharField(max_length=200)
    unit = models.JSONField(default=dict)
    """`unitOfMeasurement`: name, symbol, definition."""
    observed_area = models.JSONField(null=True)
    is_amount = models.BooleanField(default=False)
    total = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="parts")
    step = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=200, blank=True)
    """Who gives the values, named as the licence wants it."""
    licence = models.CharField(max_length=200, blank=True)
    """Address of the licence."""
    is_example = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [_once("urbandata_datastream_once")]

    @property
    def ref(self) -> Ref:
        return Ref("urbandata", "series", self.pk)

    @property
    def symbol(self) -> str:
        """The unit as it stands behind a number."""
        return str(self.unit.get("symbol") or self.unit.get("name") or "") if isinstance(self.unit, dict) else ""
