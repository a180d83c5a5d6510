"""What was taken in at once: a mirror's reading of another system, or a set of our own."""

from django.db import models
from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class Batch(models.Model):
    """One action. `changed` names what became different („paper/<id>“), so that the index is brought up to date."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    source = models.URLField(max_length=500, blank=True)
    """Address of the list or object it came from; empty: our own."""
    new = models.PositiveIntegerField(default=0)
    different = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0)
    changed = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"{self.source} {self.at:%Y-%m-%d}"

    @property
    def ref(self) -> Ref:
        return Ref("council", "batch", self.pk)
