"""Rows that every room shares: events and their deliveries, the audit, idempotency keys, settings, rate limits."""

from django.db import models
from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class RefFields(models.Model):
    """The three columns of a `Ref`, for tables that point into any room."""

    capability = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    object_id = models.UUIDField()

    class Meta:
        abstract = True

    @property
    def ref(self) -> Ref:
        return Ref(self.capability, self.kind, self.object_id)


class Event(RefFields):
    """What happened, stored with the change itself. The payload holds ids and states, never text or names."""

    sequence = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    actor_key = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)
    payload = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["capability", "kind", "object_id", "sequence"], name="core_event_ref")]


class Delivery(models.Model):
    """One event on its way to one handler. Rows in state `dead` are the dead-letter list."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        DEAD = "dead"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="core_delivery_once")]
        indexes = [
            models.Index(fields=["changed_at"], name="core_delivery_open", condition=~models.Q(state="done")),
        ]


class AuditEntry(RefFields):
    """Who changed what, when and why. Field *names* only, never values; the app role can neither change nor delete."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    actor_key = models.UUIDField(null=True)
    on_behalf_of = models.UUIDField(null=True)
    channel = models.CharField(max_length=12)
    action = models.CharField(max_length=80)
    fields = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["capability", "kind", "object_id", "at"], name="core_audit_ref"),
            models.Index(fields=["-at"], name="core_audit_at"),
        ]


class IdempotencyKey(models.Model):
    """A request that was carried out: repeating it returns the same thing instead of doing it twice. Kept 24 hours."""

    actor_key = models.UUIDField()
    key = models.CharField(max_length=200)
    action = models.CharField(max_length=80)
    body_hash = models.BinaryField(max_length=32)
    result_model = models.CharField(max_length=80, blank=True)
    result_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_key", "key"], name="core_idempotency_once")]


class Setting(models.Model):
    """What the city decides. Filled from the city pack at first start; afterwards only `change_setting` writes it."""

    key = models.CharField(max_length=80, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField(auto_now=True)


class RateLimit(models.Model):
    """Counters per window; an UNLOGGED table, since losing it in a crash harms nobody. Keys are keyed hashes."""

    scope = models.CharField(max_length=40)
    key = models.BinaryField(max_length=32)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key", "window"], name="core_ratelimit_once")]


class Erasure(models.Model):
    """Who was erased. Ids without a person behind them, so that a restored backup can be cleaned again."""

    person_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
