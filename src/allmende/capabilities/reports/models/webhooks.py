"""Who is told of every step of a public report, by a signed message; and each message with what became of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class WebhookTarget(models.Model):
    """An address that gets a message for each step. `sealed_secret` signs them; only we can read it here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    label = models.CharField(max_length=80)
    url = models.URLField(max_length=500)
    sealed_secret = models.TextField()
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    """Not before this instant is the next message tried."""
    problem = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["label", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def ref(self) -> Ref:
        return Ref("reports", "webhook", self.pk)


class WebhookCall(models.Model):
    """One message about one event. What it says is read when it is sent: what is public no more is told no more."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"
        """Given up after days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    target = models.ForeignKey(WebhookTarget, on_delete=models.CASCADE, related_name="calls")
    event_id = models.UUIDField()
    name = models.CharField(max_length=60)
    report_id = models.UUIDField()
    update_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=20, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "event_id"], name="reports_call_once")]
        indexes = [
            models.Index(fields=["target", "id"], condition=Q(state="waiting"), name="reports_call_waiting"),
            models.Index(fields=["at"], name="reports_call_at"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"
