"""Reports that somebody outside of the city's administration sees to, by a link of their own."""

from typing import ClassVar

from django.core import signing
from django.db import models
from django.db.models import Q

from allmende.capabilities.reports.models.reports import Report, new_token
from allmende.core.ids import uuid7
from allmende.core.refs import Ref

SALT = "allmende.reports.handover"


class Handover(models.Model):
    """An energy supplier, the railway, a housing company: they answer by the link that they were sent, without account.

    `message` is all that they read of the matter beside kind and place; `images` are keys of the pictures that they
    see. A link ends at `expires_at`, or when the office takes it back. `answer` is for the offices only.
    """

    class State(models.TextChoices):
        SENT = "sent"
        IN_WORK = "in_work"
        DONE = "done"
        NOT_OURS = "not_ours"
        WITHDRAWN = "withdrawn"
        LAPSED = "lapsed"
        """The link ended without an answer that settles it."""

    OPEN: ClassVar = (State.SENT, State.IN_WORK)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="handovers")
    party = models.CharField(max_length=120)
    email = models.EmailField()
    message = models.TextField(blank=True)
    images = models.JSONField(default=list)
    nonce = models.CharField(max_length=40, default=new_token, editable=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.SENT)
    department = models.SlugField(max_length=60)
    """The office that handed it over and hears of the answer."""
    answer = models.TextField(blank=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Handover"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(state__in=["sent", "in_work"]), name="reports_handover_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "in_work", "done", "not_ours", "withdrawn", "lapsed"]),
                name="reports_handover_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], condition=Q(state__in=["sent", "in_work"]), name="reports_handover_waits"
            )
        ]

    def __str__(self) -> str:
        return self.party

    @property
    def ref(self) -> Ref:
        return Ref("reports", "handover", self.pk)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def link(self) -> str:
        """What stands in the mail: signed, so that nobody makes one up; with a secret, so that it can be taken back."""
        return signing.Signer(salt=SALT).sign_object([str(self.pk), self.nonce], compress=True)
