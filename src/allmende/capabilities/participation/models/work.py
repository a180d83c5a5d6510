"""Who does what until when in a group."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.participation.models.groups import WorkingGroup
from allmende.capabilities.participation.models.minutes import Decision
from allmende.capabilities.participation.workflow.decisions import DECISION_LIMIT
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class Task(models.Model):
    """Something that a member or an office does until a day; with neither it is the whole group's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("participation_task_number"))
    group = models.ForeignKey(WorkingGroup, on_delete=models.CASCADE, related_name="tasks")
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks")
    text = models.CharField(max_length=DECISION_LIMIT)
    language = models.CharField(max_length=2, default="de")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="group_tasks"
    )
    department = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField()
    """End of the last day."""
    done_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=600, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    drop_reason = models.CharField(max_length=300, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    chair_reminded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["due_at", "number"]
        indexes = [
            models.Index(fields=["group", "due_at"], name="participation_task_group"),
            models.Index(fields=["due_at"], condition=Q(done_at=None, dropped_at=None), name="participation_task_open"),
            models.Index(fields=["person", "due_at"], name="participation_task_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(department=""), name="participation_task_one_who"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dropped_at=None), name="participation_task_ended_once"
            ),
        ]

    @property
    def ref(self) -> Ref:
        return Ref("participation", "task", self.pk)

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None
