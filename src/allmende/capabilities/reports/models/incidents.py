"""Incidents: a storm, a burst pipe. Many reports of one kind in a short time that an office deals with as one thing."""

from django.db import models
from django.db.models import F, Q

from allmende.capabilities.reports.models.categories import Category
from allmende.capabilities.reports.models.reports import Report
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class Incident(models.Model):
    """What many reports of one kind have in common: when, where, whose. The reports stay what they are.

    `ended_at` is set when an office takes it apart; taking that back empties it again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("reports_incident_number"))
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="incidents")
    department = models.SlugField(max_length=60)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    formed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["department", "-last_at"], name="reports_incident_open", condition=Q(ended_at__isnull=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(west__lte=F("east"), south__lte=F("north"), first_at__lte=F("last_at")),
                name="reports_incident_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def ref(self) -> Ref:
        return Ref("reports", "incident", self.pk)


class Member(models.Model):
    """A report is part of an incident. Whoever takes it out leaves the row, so that no rule puts it in again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="members")
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="membership")
    at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["incident", "left_at"], name="reports_member_of")]

    def __str__(self) -> str:
        return f"{self.report_id}"


class Answer(models.Model):
    """One step for all reports of an incident, carried out by the worker, some reports at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="answers")
    verb = models.CharField(max_length=12)
    words = models.TextField(blank=True)
    note = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="de")
    actor_key = models.UUIDField(null=True)
    """Whose deed it is, for the audit of each report."""
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    told = models.PositiveIntegerField(default=0)
    """How many reports took the step."""

    class Meta:
        indexes = [models.Index(fields=["incident", "-at"], name="reports_answer_latest")]

    def __str__(self) -> str:
        return self.verb
