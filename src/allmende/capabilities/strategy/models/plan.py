"""The structure: guidelines, fields of action, goals with measures; and impulses that were not taken in."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.models import RefFields
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

TITLE_LIMIT = 160
TEXT_LIMIT = 3000
REASON_LIMIT = 500
"""As long as a link's reason may be."""


class Guideline(models.Model):
    """A guideline of urban development that the council has set; goals say which of them they serve."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("strategy_guideline_number"))
    title = models.JSONField(default=dict)
    text = models.JSONField(default=dict)
    place = models.PositiveSmallIntegerField()
    """Where it stands in the list, from 1."""
    is_example = models.BooleanField(default=False)

    class Meta:
        ordering = ["place", "number"]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))


class Field(models.Model):
    """A field of action: a part of city life in which the strategy sets goals."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("strategy_field_number"))
    title = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    place = models.PositiveSmallIntegerField()
    """Where it stands in the strategy, from 1; the first half of a goal's code."""
    department = models.SlugField(max_length=60, blank=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["place", "number"]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("strategy", "field", self.pk)


class Goal(models.Model):
    """What shall be different. A goal that is given up stays on record, with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("strategy_goal_number"))
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="goals")
    title = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    place = models.PositiveSmallIntegerField()
    """Where it stands in its field, from 1; never given to another goal of the field."""
    guidelines = models.ManyToManyField(Guideline, blank=True, related_name="goals")
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=REASON_LIMIT, blank=True)

    class Meta:
        ordering = ["field__place", "place"]
        constraints = [
            models.UniqueConstraint(fields=["field", "place"], name="strategy_goal_place"),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="strategy_goal_ended_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("strategy", "goal", self.pk)

    @property
    def code(self) -> str:
        """„3.2“: field and place, as people say it aloud. Needs `field`."""
        return f"{self.field.place}.{self.place}"


class Measure(models.Model):
    """What is done for a goal, in a sentence."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="measures")
    title = models.JSONField(default=dict)
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["goal", "place"], name="strategy_measure_place")]


class Aside(RefFields):
    """The city's answer to an impulse that is in none of the goals, and why. Withdrawn when it is ordered after all.

    `capability`, `kind` and `object_id` name the impulse in its own room.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("strategy_aside_number"))
    reason = models.CharField(max_length=REASON_LIMIT)
    language = models.CharField(max_length=8, default="de")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["object_id", "kind", "capability"], condition=Q(withdrawn_at=None), name="strategy_aside_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="strategy_aside_reason"),
        ]

    @property
    def impulse(self) -> Ref:
        return Ref(self.capability, self.kind, self.object_id)

    @property
    def own_ref(self) -> Ref:
        """Of the answer itself; `ref` is the impulse's."""
        return Ref("strategy", "aside", self.pk)
