"""Who checks when, who is away, and by which published rules."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from allmende.core.ids import uuid7
from allmende.core.refs import Ref
from allmende.engines.discussion.rules.hours import WEEKDAY_NAMES

WEEKDAYS = list(enumerate(WEEKDAY_NAMES))


class Duty(models.Model):
    """One line of the roster: a person checks within a scope on a weekday, or on all days of a period, with a deputy.

    Days are dates in the city's zone; both ends belong to the period, as people write it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    scope = models.CharField(max_length=80, blank=True)
    weekday = models.PositiveSmallIntegerField(null=True, choices=WEEKDAYS)
    """None: every day of the period."""
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="discussion_duty_period",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="discussion_duty_when", condition=Q(weekday__isnull=False) | Q(starts_on__isnull=False)
            ),
            models.CheckConstraint(
                name="discussion_duty_deputy", condition=Q(deputy=None) | ~Q(deputy=models.F("person"))
            ),
        ]

    @property
    def this(self) -> Ref:
        return Ref("discussion", "duty", self.id)


class Absence(models.Model):
    """Days on which a person does not check; the deputy does. No reason is asked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="discussion_absence_period", condition=Q(ends_on__gte=models.F("starts_on")))
        ]

    @property
    def this(self) -> Ref:
        return Ref("discussion", "absence", self.id)


class Rule(models.Model):
    """A published rule: why something is not published (DSA Art. 14(1)). Texts per language code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.SlugField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    short = models.JSONField(default=dict)
    long = models.JSONField(default=dict)
    letter = models.JSONField(default=dict)
    """What an author is told, as a start for the moderator's own words."""
    valid_from = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "key"]

    @property
    def this(self) -> Ref:
        return Ref("discussion", "rule", self.id)
