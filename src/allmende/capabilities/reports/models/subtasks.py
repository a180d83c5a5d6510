"""Parts of a report that several offices see to."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from allmende.capabilities.reports.models.reports import Report
from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class Subtask(models.Model):
    """What one office has to do for a report of another: „Ast absägen“ before „Lampe anbringen“. Offices only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="subtasks")
    department = models.SlugField(max_length=60)
    words = models.TextField()
    answer = models.TextField(blank=True)
    """What was done, or why it is not needed."""
    given_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Subtask"]] = models.Manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["department", "given_at"],
                condition=Q(done_at__isnull=True, dropped_at__isnull=True),
                name="reports_subtask_waits",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(dropped_at__isnull=True), name="reports_subtask_one_end"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(done_at__gte=F("given_at")), name="reports_subtask_times"
            ),
        ]

    def __str__(self) -> str:
        return self.words[:60]

    @property
    def ref(self) -> Ref:
        return Ref("reports", "subtask", self.pk)

    @property
    def ended_at(self) -> datetime | None:
        return self.done_at or self.dropped_at

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None
