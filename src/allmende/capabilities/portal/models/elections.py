"""The election calendar: periods in which the city's own publishing holds back (duty of neutrality)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class ElectionPeriod(models.Model):
    """From `starts_at` until before `ends_at`, what was scheduled to appear waits for renewed release.

    The courts ask municipalities for restraint in the hot phase before an election (BVerwG, 18 April 1997, 8 C 5.96);
    from which day on, the city decides. Official notices are not held: a law demands them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.JSONField(default=dict)
    """What is elected, per language."""
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    """Why from this day on: told to everybody whose post waits."""
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="portal_election_period", condition=Q(ends_at__gt=F("starts_at"))),
        ]
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="portal_election_ends")]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("portal", "election", self.pk)
