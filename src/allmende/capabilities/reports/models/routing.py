"""Rules that refine the routing table: read in their order, the first that fits says which office it is."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class RoutingRule(models.Model):
    """„Müll im Stadtwald am Wochenende geht an das Amt für Umwelt“: every condition that is filled has to hold.

    Of a list, one is enough. `words` count as key words of categories do. `weekdays` are 0 (Monday) to 6 (Sunday);
    `starts` and `ends` a time of day in the city's zone, over midnight when it ends before it starts. `polygon` is
    one ring of GeoJSON coordinates (longitude, latitude); the position with `metres` is a circle. `owners` are those of
    numbered things; `answers` are triples of category, question and choice, by their codes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField(default=10)
    is_on = models.BooleanField(default=True)
    department = models.SlugField(max_length=60)
    categories = models.JSONField(default=list)
    """Slugs."""
    districts = models.JSONField(default=list)
    words = models.JSONField(default=list)
    weekdays = models.JSONField(default=list)
    starts = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    metres = models.PositiveIntegerField(null=True, blank=True)
    polygon = models.JSONField(default=list)
    owners = models.JSONField(default=list)
    answers = models.JSONField(default=list)
    alarmed_at = models.DateTimeField(null=True, blank=True)
    """When the desk was told that it is broken; empty while it is in order."""
    changed_at = models.DateTimeField()

    objects: ClassVar[models.Manager["RoutingRule"]] = models.Manager()

    class Meta:
        ordering: ClassVar = ["order", "changed_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True, metres__isnull=True)
                | Q(longitude__isnull=False, latitude__isnull=False, metres__isnull=False),
                name="reports_rule_circle",
            ),
            models.CheckConstraint(
                condition=Q(starts__isnull=True, ends__isnull=True) | Q(starts__isnull=False, ends__isnull=False),
                name="reports_rule_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> Ref:
        return Ref("reports", "rule", self.pk)
