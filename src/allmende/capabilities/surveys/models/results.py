"""Results as they are published: tables that stand for themselves when the answers are gone."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from allmende.capabilities.surveys.models.surveys import Survey
from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class Evaluation(models.Model):
    """How a survey is evaluated, and when that was last done. One per survey."""

    survey = models.OneToOneField(Survey, on_delete=models.CASCADE, related_name="evaluation", primary_key=True)
    groups = models.JSONField(default=list)
    """Names of the questions by which results are told apart."""
    weigh_by = models.JSONField(default=list)
    """Names of the questions whose margins the census knows."""
    least = models.PositiveSmallIntegerField(default=5)
    """Behind every number that is shown stand at least this many people."""
    answers = models.PositiveIntegerField(default=0)
    weighting = models.JSONField(default=dict)
    """What raking says of itself: margins, effective, design_effect, converged, largest_gap, trimmed, missing."""
    wanted_at = models.DateTimeField(null=True, blank=True)
    """Since when a calculation is asked for that has not come yet."""
    prepared_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=300, blank=True)
    """Why the last calculation came to nothing."""

    objects: ClassVar[models.Manager["Evaluation"]] = models.Manager()


class Finding(models.Model):
    """The result of one question, with an address of its own that can be cited. Never deleted while the survey stands:
    when it is calculated anew it keeps its id and its place.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="findings")
    place = models.PositiveSmallIntegerField()
    """Its number in the address; does not change."""
    order = models.PositiveSmallIntegerField()
    variable = models.CharField(max_length=120)
    title = models.JSONField(default=dict)
    part = models.JSONField(default=dict)
    """Of a row of a matrix: its label."""
    kind = models.CharField(max_length=20)
    table = models.JSONField(default=dict)
    """As `rules.results` describes."""
    charts = models.JSONField(default=dict)
    """Per language: an SVG that was drawn ahead, with classes instead of colours."""
    before = models.JSONField(default=dict)
    """Compared with the survey before this one: `rules.waves` describes it."""
    is_held = models.BooleanField(default=False)
    """Held back by the editors: not shown to anybody else, nor in any file."""
    note = models.JSONField(default=dict)
    """What the editors say to it, per language."""

    objects: ClassVar[models.Manager["Finding"]] = models.Manager()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "place"], name="surveys_finding_place"),
            models.UniqueConstraint(fields=["survey", "variable"], name="surveys_finding_variable"),
        ]

    def __str__(self) -> str:
        part = self.part.get("de")
        return f"{self.title.get('de', '')}: {part}" if part else str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("surveys", "finding", self.pk)


class Cut(models.Model):
    """A finding by a group: the same question, told apart."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="cuts")
    group = models.CharField(max_length=120)
    group_title = models.JSONField(default=dict)
    table = models.JSONField(default=dict)
    charts = models.JSONField(default=dict)

    objects: ClassVar[models.Manager["Cut"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["finding", "group"], name="surveys_cut_once")]


class Topic(models.Model):
    """What several open answers speak of. Found by key words, named and released by a person. Holds no words of one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="topics")
    title = models.JSONField(default=dict)
    words = models.JSONField(default=list)
    """Key words by which it was found."""
    members = models.JSONField(default=list)
    """Ids of the answers; emptied when these are deleted."""
    count = models.PositiveIntegerField(default=0)
    is_released = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["Topic"]] = models.Manager()

    class Meta:
        ordering = ["-count", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_released=False) | ~Q(title__de=""), name="surveys_topic_released_has_name"
            )
        ]
