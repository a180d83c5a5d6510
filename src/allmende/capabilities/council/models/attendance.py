"""Who was there, and who had to stay out of a point. Why somebody was absent or involved is never asked nor kept."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from allmende.capabilities.council.models.meetings import AgendaItem, Meeting
from allmende.capabilities.council.models.people import Person
from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class Attendance(models.Model):
    """The list of those present at one meeting. Numbers are public with the meeting; names stand in its minutes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="attendance")
    quorum = models.CharField(max_length=20, default="majority")
    """A key of `rules.attendance.QUORA`."""
    present = models.PositiveIntegerField()
    seats = models.PositiveIntegerField()
    """Members with a vote on that day, as they were when the list was written."""
    recorded_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    corrections = models.PositiveIntegerField(default=0)
    is_example = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(present__lte=F("seats")), name="council_attendance_present"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.present}/{self.seats}"

    @property
    def ref(self) -> Ref:
        return Ref("council", "attendance", self.pk)


class Presence(models.Model):
    """A member was there; from the beginning and to the end unless a time says otherwise."""

    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attendance", "person"], name="council_present_once"),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gt=F("since")),
                name="council_presence_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendance_id} {self.person_id}"


class Recusal(models.Model):
    """A member was personally involved in a point and took no part in it (ThürKO § 38)."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="recusals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="council_recused_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.person_id}"
