"""Values in monthly partitions, and what is kept of them per batch: newest, hours, days."""

from django.db import models
from django.utils import timezone

from allmende.capabilities.urbandata.models.things import Datastream, FeatureOfInterest
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber


class Observation(models.Model):
    """A value as it was measured; nothing judges it away.

    The table is partitioned by month of `time` (UTC) and written by COPY, so there are no foreign keys: a batch locks
    its series against removal. Two values of a series may have the same time: the id keeps them apart.
    """

    pk = models.CompositePrimaryKey("datastream_id", "time", "id")
    datastream = models.ForeignKey(
        Datastream, to_field="number", db_constraint=False, db_index=False, on_delete=models.DO_NOTHING,
        related_name="observations",
    )  # fmt: skip
    time = models.DateTimeField()
    """When it was measured, or when the time over which it was measured began."""
    id = models.BigIntegerField(db_default=NextNumber("urbandata_observation_number"))
    time_end = models.DateTimeField(null=True)
    result_number = models.FloatField(null=True)
    result_other = models.JSONField(null=True)
    """What is no number: text, truth value, list, object; and whole numbers that a float cannot hold."""
    result_time = models.DateTimeField(null=True)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    feature = models.ForeignKey(
        FeatureOfInterest, to_field="number", null=True, db_constraint=False, db_index=False,
        on_delete=models.DO_NOTHING, related_name="observations",
    )  # fmt: skip
    quality = models.JSONField(null=True)
    parameters = models.JSONField(null=True)
    flags = models.SmallIntegerField(default=0)
    """What is doubtful about it, as bits of `rules.flags`; the value itself stays."""

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.time:%Y-%m-%d %H:%M}"


class Batch(models.Model):
    """What came in at once: one entry of the audit, one event, one transaction."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    source = models.CharField(max_length=200, blank=True)
    """Over which way, or from which file."""
    rows = models.PositiveIntegerField()
    first = models.DateTimeField()
    last = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source} {self.rows}"


class Standing(models.Model):
    """Of one series: how many values there are, from when to when, and the newest."""

    datastream = models.OneToOneField(
        Datastream, to_field="number", primary_key=True, on_delete=models.CASCADE, related_name="standing"
    )
    count = models.BigIntegerField()
    first = models.DateTimeField()
    last = models.DateTimeField()
    result_first = models.DateTimeField(null=True)
    result_last = models.DateTimeField(null=True)
    result_number = models.FloatField(null=True)
    result_other = models.JSONField(null=True)
    flags = models.SmallIntegerField(default=0)
    observation_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.last:%Y-%m-%d %H:%M}"


class Summed(models.Model):
    """Numbers of a series within a time. The mean is `total / count`."""

    count = models.IntegerField()
    total = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()

    class Meta:
        abstract = True


class Hour(Summed):
    """An hour of UTC."""

    pk = models.CompositePrimaryKey("datastream_id", "start")
    datastream = models.ForeignKey(
        Datastream, to_field="number", db_index=False, on_delete=models.CASCADE, related_name="hours"
    )
    start = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.start:%Y-%m-%d %H}"


class Day(Summed):
    """A day of the city's own zone: 23 or 25 hours long where the clocks change."""

    pk = models.CompositePrimaryKey("datastream_id", "day")
    datastream = models.ForeignKey(
        Datastream, to_field="number", db_index=False, on_delete=models.CASCADE, related_name="days"
    )
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.day}"
