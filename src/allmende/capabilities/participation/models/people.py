"""The chair that goes from hand to hand, and thanks on paper for who worked along."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from allmende.capabilities.participation.models.groups import WorkingGroup
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class Handover(models.Model):
    """A chair proposes who follows; that person accepts or not. At most one is open per group."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(WorkingGroup, on_delete=models.CASCADE, related_name="handovers")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="group_handovers")
    note = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    proposed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group"], condition=Q(state="open"), name="participation_one_handover"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="participation_handover_ended",
            ),
        ]

    @property
    def ref(self) -> Ref:
        return self.group.ref


class Certificate(models.Model):
    """Asked for by a member, given by the chair or an editor, kept by the member alone.

    `content` is what it said on the day it was given: periods, functions, meetings, tasks done.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(
        unique=True, editable=False, db_default=NextNumber("participation_certificate_number")
    )
    group = models.ForeignKey(WorkingGroup, on_delete=models.CASCADE, related_name="certificates")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="certificates")
    name = models.CharField(max_length=120)
    """As it shall stand on paper; nobody but the person and who gives it reads it."""
    hours = models.PositiveSmallIntegerField(null=True, blank=True)
    thanks = models.CharField(max_length=600, blank=True)
    content = models.JSONField(default=dict)
    requested_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"],
                condition=Q(issued_at=None, declined_at=None),
                name="participation_certificate_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(issued_at=None) | Q(declined_at=None), name="participation_certificate_ended_once"
            ),
        ]

    @property
    def ref(self) -> Ref:
        return Ref("participation", "certificate", self.pk)

    @property
    def is_open(self) -> bool:
        return self.issued_at is None and self.declined_at is None
