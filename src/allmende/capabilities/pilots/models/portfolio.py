"""The portfolio: pilots and their milestones."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from allmende.capabilities.pilots.workflow import WITH_REASON, State
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

TITLE_LIMIT = 160
SUMMARY_LIMIT = 600
TEXT_LIMIT = 6000
REASON_LIMIT = 500
"""As long as a link's reason may be."""


class Pilot(models.Model):
    """Something that the city tries out, from the proposal on. It never goes away: what is not carried out says why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("pilots_pilot_number"))
    title = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    text = models.JSONField(default=dict)
    """What is done, in several paragraphs."""
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in State], default=State.DRAFT)
    state_at = models.DateTimeField(default=timezone.now)
    reason = models.JSONField(default=dict)
    """Why it was stopped or not carried out, or what came out of it."""
    department = models.SlugField(max_length=60)
    """Who leads."""
    partners = models.JSONField(default=list)
    contact = models.JSONField(default=dict)
    """A function, never a person's name."""
    contact_email = models.EmailField(blank=True)
    contact_telephone = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    planned_cents = models.PositiveBigIntegerField(null=True, blank=True)
    spent_cents = models.PositiveBigIntegerField(null=True, blank=True)
    funding_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    """How much of the cost others bear: the federal programme, the state, partners."""
    reach = models.JSONField(default=dict)
    """Whom it reaches, in words."""
    people = models.PositiveIntegerField(null=True, blank=True)
    """About how many people that is."""
    ratings = models.JSONField(default=dict)
    """Per criterion of the comparison: {"level": 1 to 3, "note": texts}."""
    risks = models.JSONField(default=list)
    """What can go wrong and what is done about it, a text each."""
    place = models.CharField(max_length=200, blank=True)
    district = models.SlugField(max_length=60, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(
                F("published_at").desc(), F("id").desc(), condition=~Q(state="draft"), name="pilots_pilot_published"
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[one.value for one in State]), name="pilots_pilot_state"),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(one.value for one in WITH_REASON)) | ~Q(reason={}),
                name="pilots_pilot_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="pilots_pilot_published_once"
            ),
            models.CheckConstraint(
                condition=Q(funding_percent=None) | Q(funding_percent__lte=100), name="pilots_pilot_funding"
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="pilots_pilot_point",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("pilots", "pilot", self.pk)

    @property
    def is_public(self) -> bool:
        return self.state != State.DRAFT


class Milestone(models.Model):
    """Something that is to be reached by a day. `first_planned_on` never changes: moving a day is no way out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="milestones")
    place = models.PositiveSmallIntegerField()
    """Its number in the pilot, from 1; never given to another."""
    title = models.JSONField(default=dict)
    first_planned_on = models.DateField()
    planned_on = models.DateField()
    move_reason = models.JSONField(default=dict)
    """Why it is planned for another day than at first."""
    reached_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    """When the leading office was told that a week is left."""
    overdue_reminded_at = models.DateTimeField(null=True, blank=True)
    """When it was told that the day is over. Both are of the day and the office that stand here."""

    class Meta:
        ordering = ["planned_on", "place"]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "place"], name="pilots_milestone_place"),
            models.CheckConstraint(
                condition=Q(planned_on__lte=F("first_planned_on")) | ~Q(move_reason={}),
                name="pilots_milestone_moved_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))
