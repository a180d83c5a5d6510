"""Indicators and their values. A value is never overwritten: a better one takes its place and says why."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.pilots.models.portfolio import Pilot
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

EVIDENCE_LIMIT = 500
DIGITS = 16
DECIMALS = 4


class Direction(models.TextChoices):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


class Indicator(models.Model):
    """What is measured to see whether a pilot has an effect."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("pilots_indicator_number"))
    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="indicators")
    title = models.JSONField(default=dict)
    unit = models.JSONField(default=dict)
    formula = models.JSONField(default=dict)
    """How it is computed, in words."""
    source = models.JSONField(default=dict)
    """Where the figures come from."""
    direction = models.CharField(max_length=6, choices=Direction, default=Direction.HIGHER)
    baseline = models.DecimalField(max_digits=DIGITS, decimal_places=DECIMALS)
    baseline_on = models.DateField()
    target = models.DecimalField(max_digits=DIGITS, decimal_places=DECIMALS)
    target_on = models.DateField()
    series = models.CharField(max_length=120, blank=True)
    """Name of the data platform's series that will tell the values; empty: they are typed."""
    charts = models.JSONField(default=dict)
    """Language → the drawn chart, made ahead by a job; a copy of nothing that is not in the values."""
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(direction__in=["higher", "lower"]), name="pilots_indicator_direction"),
            models.CheckConstraint(
                condition=Q(target_on__gt=models.F("baseline_on")), name="pilots_indicator_target_later"
            ),
        ]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("pilots", "indicator", self.pk)


class Value(models.Model):
    """One measured value with its evidence. Rows are only ever added; `replaced_at` is set when a better one came."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="values")
    measured_on = models.DateField()
    value = models.DecimalField(max_digits=DIGITS, decimal_places=DECIMALS)
    evidence = models.CharField(max_length=EVIDENCE_LIMIT, blank=True)
    """Where the figure stands, in words."""
    evidence_url = models.URLField(max_length=500, blank=True)
    language = models.CharField(max_length=8, default="de")
    channel = models.CharField(max_length=10)
    recorded_at = models.DateTimeField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reason = models.CharField(max_length=EVIDENCE_LIMIT, blank=True)
    """Why it takes the place of another."""
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["measured_on", "recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "measured_on"], condition=Q(replaced_at=None), name="pilots_value_once_a_day"
            ),
            models.CheckConstraint(condition=~Q(evidence="") | ~Q(evidence_url=""), name="pilots_value_evidence"),
            models.CheckConstraint(condition=Q(replaces=None) | ~Q(reason=""), name="pilots_value_corrected_why"),
        ]

    def __str__(self) -> str:
        return f"{self.measured_on} {self.value}"

    @property
    def ref(self) -> Ref:
        """What a document with the evidence hangs on; it has no page of its own."""
        return Ref("pilots", "value", self.pk)
