"""Invitations to a meeting: what was sent, when, and to whom. None ever changes; what comes after adds to it."""

from django.db import models
from django.utils import timezone

from allmende.capabilities.council.models.meetings import Meeting
from allmende.capabilities.council.models.people import Person
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class Invitation(models.Model):
    """One sending: the first of a meeting is the invitation, those after it are its supplements."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("council_invitation_number"))
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="invitations", db_index=False)
    issue = models.PositiveSmallIntegerField(default=0)
    """0: the invitation; 1, 2, 3: its supplements."""
    sent_at = models.DateTimeField(default=timezone.now)
    full_days = models.SmallIntegerField()
    """Calendar days that lie wholly between the day of sending and that of the meeting (ThürKO § 35)."""
    urgency = models.CharField(max_length=600, blank=True)
    """Why the period was shortened; stands in the invitation."""
    agenda = models.JSONField()
    """As it was sent: name, start, place, items (label, name, public, paper: number and reference). Never told to the
    public: points behind closed doors stand in it too."""
    is_example = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "issue"], name="council_invitation_issue")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.issue}"

    @property
    def ref(self) -> Ref:
        return Ref("council", "invitation", self.pk)


class Invited(models.Model):
    """A member to whom it went. Neither address nor account is kept, only whether a letter has to be posted."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="invited", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by_post = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "invited"
        constraints = [models.UniqueConstraint(fields=["invitation", "person"], name="council_invited_once")]

    def __str__(self) -> str:
        return f"{self.invitation_id} {self.person_id}"
