"""What was read out of files that came without a text."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.council.models.papers import File


class FileText(models.Model):
    """The words of a file, for search alone, and how reading it went. Never older than the file, or it is read again.

    A table of its own: no reading moves a date that programs see, and no mirror writes over it. It goes with the
    file's publication.
    """

    class Outcome(models.TextChoices):
        WHOLE = "whole"
        CUT = "cut"
        """The first pages only."""
        EMPTY = "empty"
        """Pictures of pages."""
        LOCKED = "locked"
        """It asks for a password."""
        BROKEN = "broken"
        ABSENT = "absent"
        """It could not be had: the other system did not send it, or ours is still being looked through for viruses."""

    file = models.OneToOneField(File, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    text = models.TextField(blank=True)
    outcome = models.CharField(max_length=6, choices=Outcome)
    begun_at = models.DateTimeField(default=timezone.now)
    """Clock time before the file was fetched: what changed since was not read."""
    attempts = models.PositiveSmallIntegerField(default=1)
    """How often it was looked for in vain."""
    next_at = models.DateTimeField(null=True, blank=True)
    """When it is looked for again; empty: when it changes."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="absent") | Q(next_at__isnull=True), name="council_filetext_again"
            ),
            models.CheckConstraint(
                condition=Q(text="") | Q(outcome__in=["whole", "cut"]), name="council_filetext_of_read"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.outcome}"
