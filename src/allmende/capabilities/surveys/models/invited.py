"""Who may answer and has: codes and residents, as keyed hashes. No row here leads to an answer."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from allmende.capabilities.surveys.models.surveys import Survey


class Invitation(models.Model):
    """A code that was sent: its keyed hash, and whether it was used. Deleted at the close."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="invitations")
    mark = models.BinaryField(max_length=32)
    """HMAC-SHA-256 of the code under the survey's key."""
    run = models.PositiveSmallIntegerField(default=1)
    """Of which print run it is."""
    used = models.BooleanField(default=False)
    sealed = models.BinaryField(null=True)
    """Only where an address is known: address and code, encrypted, for the reminder. Emptied with the use."""
    by_post = models.BooleanField(default=False)
    """Whether that address is a letter's."""

    objects: ClassVar[models.Manager["Invitation"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "mark"], name="surveys_invitation_once"),
            models.CheckConstraint(
                condition=models.Q(used=False) | models.Q(sealed__isnull=True), name="surveys_invitation_forgets"
            ),
        ]
        indexes = [models.Index(fields=["survey", "used"], name="surveys_invitation_used")]


class ResidentMark(models.Model):
    """That somebody whose residence is confirmed has answered: a keyed hash of the person. Deleted at the close."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="residents")
    mark = models.BinaryField(max_length=32)

    objects: ClassVar[models.Manager["ResidentMark"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "mark"], name="surveys_resident_once")]
