"""Questionnaires in versions, and answers in progress."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class Questionnaire(models.Model):
    """A line of versions. `capability` names the room that asks with it and decides who may build it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capability = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    versions: models.Manager["Version"]

    @property
    def this(self) -> Ref:
        return Ref("questions", "questionnaire", self.id)


class Version(models.Model):
    """One definition as it stood. Frozen it never changes again: a trigger in the database refuses it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    """Counts the changes before it is frozen, so that two who build at once notice each other."""
    saved_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Version"]] = models.Manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="questions_version_number"),
            models.UniqueConstraint(
                fields=["questionnaire"], condition=Q(frozen_at__isnull=True), name="questions_one_open_version"
            ),
        ]

    @property
    def this(self) -> Ref:
        return Ref("questions", "version", self.id)


class Sitting(models.Model):
    """Answers in progress: nobody's name, found again by a code of which only the keyed hash is kept.

    `answers` hold what was typed, right or wrong; the room that asks checks them when they are sent. `capability`,
    `kind` and `object_id` name the thing that asks.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    capability = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    mark = models.BinaryField(max_length=32, unique=True)
    answers = models.JSONField(default=dict)
    step = models.CharField(max_length=50, blank=True)
    """Where one was last."""
    revisions = models.JSONField(default=dict)
    """How often each step was saved, so that two windows on one sitting notice each other."""
    opened_at = models.DateTimeField()
    expires_on = models.DateField(db_index=True)

    code = ""
    """The code itself, on the row that has just been made and nowhere else."""
    note = ""
    """A word of the room's own that the browser keeps beside the code; never in the database."""

    objects: ClassVar[models.Manager["Sitting"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["capability", "kind", "object_id"], name="questions_sitting_ref")]

    @property
    def this(self) -> Ref:
        return Ref("questions", "sitting", self.id)

    @property
    def ref(self) -> Ref:
        return Ref(self.capability, self.kind, self.object_id)
