"""Districts, streets, addresses and landmarks, each with the source it came from.

Positions are degrees (WGS 84, EPSG:4326). Addresses and landmarks also keep them in metres of Web Mercator (EPSG:3857):
on that plane the nearest is the nearest within a city, and PostgreSQL's own index on points finds it without PostGIS.
"""

from typing import Any, ClassVar
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.models import F, Func

from allmende.core.ids import uuid7
from allmende.core.refs import Ref

NAMESPACE = UUID("5b0e6c1e-6d1c-5a52-9e8a-0a3f6f0c7d11")


def stable_id(source: str, kind: str, key: str) -> UUID:
    """The same row of the same source has the same id after every import, so a place chosen before still resolves."""
    return uuid5(NAMESPACE, f"{source}\x1f{kind}\x1f{key}")


def _on_the_plane(name: str) -> GistIndex:
    return GistIndex(Func(F("x"), F("y"), function="point"), name=name)


class Source(models.Model):
    """Where rows came from, under which licence: shown wherever they are shown or handed on (ODbL, section 4.3)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    licence = models.CharField(max_length=120)
    licence_url = models.URLField(max_length=300, blank=True)
    attribution = models.CharField(max_length=300)
    is_example = models.BooleanField(default=False)
    """Made up so that a new installation has something to show; leaves when real data of the same kind arrive."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 over what was read last: an unchanged file is not written again."""
    counts = models.JSONField(default=dict)
    imported_at = models.DateTimeField(null=True, blank=True)

    @property
    def ref(self) -> Ref:
        return Ref("places", "source", self.pk)


class Located(models.Model):
    """A name at a position. `plain` is the name as `queries.words.plain` folds it, for finding."""

    id = models.UUIDField(primary_key=True, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    plain = models.CharField(max_length=200)
    longitude = models.FloatField()
    latitude = models.FloatField()

    class Meta:
        abstract = True


class Extent(models.Model):
    """A bounding box in degrees."""

    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        abstract = True


class District(Located, Extent):
    """A part of the city. `polygons` are the coordinates of a GeoJSON MultiPolygon; the position lies inside."""

    slug = models.SlugField(max_length=60)
    polygons = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "slug"], name="places_district_once")]
        indexes: ClassVar = [models.Index(fields=["slug"], name="places_district_slug")]


class Street(Located, Extent):
    """A street; `lines` are the coordinates of a GeoJSON MultiLineString where the source has them."""

    district = models.ForeignKey(District, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    lines = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["plain"], opclasses=["gin_trgm_ops"], name="places_street_plain")]


class Address(models.Model):
    """A house. `number` 12 and `suffix` "a" for 12a, "-14" for 12-14."""

    id = models.UUIDField(primary_key=True, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    street = models.ForeignKey(Street, on_delete=models.CASCADE, related_name="addresses")
    district = models.ForeignKey(District, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    number = models.PositiveIntegerField()
    suffix = models.CharField(max_length=12, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    longitude = models.FloatField()
    latitude = models.FloatField()
    x = models.FloatField()
    y = models.FloatField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["street", "number", "suffix"], name="places_address_number"),
            _on_the_plane("places_address_point"),
        ]

    @property
    def house(self) -> str:
        return f"{self.number}{self.suffix}"


class Landmark(Located):
    """A point of interest that people name when they say where: a station, a school, a square, a bridge."""

    district = models.ForeignKey(District, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=40, default="other")
    """One of `KINDS`."""
    text = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300, blank=True)
    x = models.FloatField()
    y = models.FloatField()

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["plain"], opclasses=["gin_trgm_ops"], name="places_landmark_plain"),
            _on_the_plane("places_landmark_point"),
        ]


class Import(models.Model):
    """One run of an import, to be watched from a page that can be left and found again."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source_key = models.SlugField(max_length=60)
    form = models.JSONField(default=dict)
    """What was said of the source: name, licence, attribution."""
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    step = models.CharField(max_length=20, blank=True)
    """What is being done: "read", or the kind of row that is being written."""
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    """0 while nobody knows yet."""
    counts = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    @property
    def ref(self) -> Ref:
        return Ref("places", "import", self.pk)


def box(points: "list[tuple[float, float]]") -> dict[str, Any]:
    """The bounding box of positions, as fields of `Extent`."""
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return {"west": min(xs), "south": min(ys), "east": max(xs), "north": max(ys)}
