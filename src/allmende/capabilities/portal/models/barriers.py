"""Barriers that people report, and what the office in charge answers. Never public."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.portal.workflow.barriers import Kind, State
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

BODY_LIMIT = 4000


class BarrierReport(models.Model):
    """Somebody could not use something here. `body` and `tools` are their words; nobody but the office reads them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("portal_barrier_number"))
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Kind])
    page = models.CharField(max_length=300, blank=True)
    """Where it happened: an address of this portal, or words."""
    body = models.TextField()
    tools = models.CharField(max_length=200, blank=True)
    """What the person uses: screen reader, magnifier, keyboard, telephone."""
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    channel = models.CharField(max_length=12)
    language = models.CharField(max_length=8, default="de")
    proven = models.BooleanField(default=True)
    """False: the browser could not prove its work; looked at like any other, later than the others."""
    department = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in State], default="received")
    next_step = models.JSONField(default=dict, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    deputy_reminded_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="portal_barrier_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["closed_at"], name="portal_barrier_closed"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="portal_barrier_has_next_step",
                condition=Q(state__in=["solved", "declined"], closed_at__isnull=False)
                | (Q(state__in=["received", "in_work"], closed_at__isnull=True, due_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"B-{self.number}"

    @property
    def ref(self) -> Ref:
        return Ref("portal", "barrier", self.pk)


class BarrierAnswer(models.Model):
    """What the office told the person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(BarrierReport, on_delete=models.CASCADE, related_name="answers")
    state = models.CharField(max_length=10)
    text = models.TextField()
    language = models.CharField(max_length=8, default="de")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["at", "id"]
