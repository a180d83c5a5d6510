"""What follows from a resolution: who does what by when, and what was reported back."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.council.models.meetings import AgendaItem
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class Task(models.Model):
    """A department has to do something by a day. Where it stands is read off `done_on` and the day: nobody types it.

    No person's name is kept here: the department answers, and who wrote what only the audit knows.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("council_task_number"))
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    text = models.CharField(max_length=600)
    department = models.CharField(max_length=80)
    """Slug of one of the city's departments."""
    due = models.DateField()
    """The last day."""
    done_on = models.DateField(null=True, blank=True)
    """The day of the report that says it is done."""
    is_public = models.BooleanField(default=True)
    """It is told wherever its point is; else it stands in the office's own list only."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    """When the department was told that a week is left."""
    overdue_reminded_at = models.DateTimeField(null=True, blank=True)
    """When it was told that the last day is over. Both are of the day and department that stand here."""
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    is_example = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["due", "number"], condition=Q(done_on=None), name="council_task_open"),
            models.Index(fields=["item"], name="council_task_item"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.department} {self.due}"

    @property
    def ref(self) -> Ref:
        return Ref("council", "task", self.pk)


class Report(models.Model):
    """What a department reports back. The last one says whether the task is done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="reports", db_index=False)
    day = models.DateField()
    text = models.TextField(max_length=1500)
    is_done = models.BooleanField(default=False)
    is_public = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["task", "day"], name="council_report_task")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.day}"
