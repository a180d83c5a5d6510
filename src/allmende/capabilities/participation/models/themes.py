"""What a topic store is condensed to: themes, the places of ideas in them, steps of the ordering, documents."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from allmende.capabilities.participation.models.ideas import Idea
from allmende.capabilities.participation.models.stores import TopicStore
from allmende.capabilities.participation.workflow.needs import ANSWER_DAYS
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class Theme(models.Model):
    """What several ideas of a store have in common, with a summary in plain language. The ideas stay as they are.

    `dissolved_at` ends it (merged into another, or taken apart); it stays on record, since links lead to it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("participation_theme_number"))
    store = models.ForeignKey(TopicStore, on_delete=models.PROTECT, related_name="themes")
    title = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    order = models.PositiveIntegerField(default=0)
    dissolved_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["order", "number"]
        indexes = [
            models.Index(fields=["store", "order"], condition=Q(dissolved_at=None), name="participation_theme_live")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(dissolved_at__isnull=False), name="participation_theme_merged"
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="participation_theme_not_itself"),
        ]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("participation", "theme", self.pk)

    @property
    def answer_due(self) -> datetime:
        """Until when a group of needs should have its answer."""
        return self.created_at + timedelta(days=ANSWER_DAYS)


class ThemePlace(models.Model):
    """An idea stands in a theme. In several, when it speaks of several things."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="places")
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="places")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["theme", "idea"], name="participation_place_once")]


class ThemeStep(models.Model):
    """One step of the ordering, with all that is needed to take it back. Never changed but for `undone_at`."""

    class Kind(models.TextChoices):
        GROUP = "group"
        MOVE = "move"
        ALSO = "also"
        OUT = "out"
        MERGE = "merge"
        SPLIT = "split"
        UNDO = "undo"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    store = models.ForeignKey(TopicStore, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=8, choices=Kind)
    source = models.ForeignKey(Theme, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Theme, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    ideas = ArrayField(models.UUIDField(), default=list)
    """Ideas that were put into `target`."""
    left = ArrayField(models.UUIDField(), default=list)
    """Ideas that left `source`."""
    actor_key = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["store", "-at"], name="participation_step_store")]


class StoreDocument(models.Model):
    """A condensed store as it was published, one edition after the other. Holds ids and counts, never words: those are
    read from the versions of the ideas, which can be blanked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    store = models.ForeignKey(TopicStore, on_delete=models.CASCADE, related_name="documents")
    edition = models.PositiveSmallIntegerField()
    content = models.JSONField(default=dict)
    """{"themes": [{"id", "title", "summary", "ideas": [row …]}], "loose": [row …]}; a row: idea, version, supports."""
    at = models.DateTimeField()

    class Meta:
        ordering = ["-edition"]
        constraints = [models.UniqueConstraint(fields=["store", "edition"], name="participation_document_once")]

    @property
    def ref(self) -> Ref:
        return Ref("participation", "document", self.pk)
