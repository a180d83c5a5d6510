"""Parts of the city of whose reports people want to hear."""

from django.db import models
from django.db.models import Q

from allmende.core.ids import uuid7
from allmende.core.refs import Ref

RADII = (250, 500, 1000, 2000)
"""Metres around a place."""
DIGITS = 3
"""Of degrees: the middle of an area is good to about a hundred metres, so that it names nobody's door."""


class Area(models.Model):
    """A district, or a circle of `radius` metres around a place. It is nobody's: who follows it, only they know.

    Two who choose the same follow the same area.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    district = models.SlugField(max_length=60, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    radius = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["latitude", "longitude"], name="reports_area_near")]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "longitude", "latitude", "radius"], name="reports_area_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=(~Q(district="") & Q(radius=0, longitude__isnull=True, latitude__isnull=True))
                | (Q(district="", radius__in=RADII) & Q(longitude__range=(-180, 180)) & Q(latitude__range=(-90, 90))),
                name="reports_area_shape",
            ),
        ]

    def __str__(self) -> str:
        return self.district or f"{self.latitude},{self.longitude} {self.radius}"

    @property
    def ref(self) -> Ref:
        return Ref("reports", "area", self.pk)

    @property
    def middle(self) -> tuple[float, float] | None:
        return None if self.longitude is None or self.latitude is None else (self.longitude, self.latitude)
