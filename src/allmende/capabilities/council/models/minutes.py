"""The minutes of a meeting: laid out from what is recorded of it, kept here is only where they stand and a note."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.council.models.meetings import Meeting
from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class Minutes(models.Model):
    """Everybody may read them once they are released; until the council has approved them they say so (ThürKO § 42)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes")
    note = models.TextField(max_length=5000, blank=True)
    """What happened that no point of the agenda tells."""
    released_at = models.DateTimeField(null=True, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    """The day on which the council approved them."""
    changed_at = models.DateTimeField(default=timezone.now)
    is_example = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "minutes"
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_on__isnull=True) | Q(released_at__isnull=False), name="council_minutes_approved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}"

    @property
    def ref(self) -> Ref:
        return Ref("council", "minutes", self.pk)
