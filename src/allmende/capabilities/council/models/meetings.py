"""Meetings and what stands on their agenda."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from allmende.capabilities.council.models.base import Thing, in_order
from allmende.capabilities.council.models.people import Body, Location, Organization
from allmende.capabilities.council.workflow import MeetingPhase
from allmende.core.numbers import NextNumber

SUPPOSED = timedelta(hours=6)
"""How long a meeting lasts whose end nobody has told."""


class Meeting(Thing):
    """One sitting of one or more organisations."""

    oparl = "Meeting"
    kind = "meeting"
    hidden_with = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="meetings")
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("council_meeting_number"))
    name = models.CharField(max_length=300)
    meeting_state = models.CharField(max_length=60, blank=True)
    """As the other system words it; ours is derived from the times."""
    cancelled = models.BooleanField(default=False)
    start = models.DateTimeField(null=True, blank=True)
    end = models.DateTimeField(null=True, blank=True)
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.SET_NULL, related_name="meetings")
    organizations = models.ManyToManyField(Organization, related_name="meetings", blank=True)
    sequence = models.PositiveIntegerField(default=0)
    """Grows with every change: calendars then take the new date over (RFC 5545, section 3.8.7.4)."""

    class Meta:
        indexes, _constraints = in_order("meeting")
        indexes = [*indexes, models.Index(fields=["start", "id"], name="council_meeting_start")]
        constraints = [
            *_constraints,
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(start__isnull=False, end__gte=F("start")),
                name="council_meeting_period",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/stadtrat/sitzungen/{self.number}/"

    def phase(self, at: datetime) -> MeetingPhase:
        if self.cancelled:
            return MeetingPhase.CANCELLED
        if self.start is None or self.start > at:
            return MeetingPhase.COMING
        return MeetingPhase.OVER if self.ends <= at else MeetingPhase.BEGUN

    def is_begun(self, at: datetime) -> bool:
        return self.start is not None and self.start <= at

    @property
    def ends(self) -> datetime:
        """When it is over; where nobody said so, after six hours."""
        assert self.start is not None
        return self.end or self.start + SUPPOSED


class AgendaItem(Thing):
    """One point of the agenda. What is dealt with behind closed doors is a row that never leaves this room."""

    oparl = "AgendaItem"
    kind = "agenda_item"
    hidden_with = ("meeting",)

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveIntegerField(default=0)
    """Position among all points of the meeting, also those that are not public: `order` in OParl is counted among
    the public ones alone, since a gap would tell."""
    label = models.CharField(max_length=20, blank=True)
    """What is printed before it: „5.1“."""
    name = models.CharField(max_length=500)
    own_paper = models.ForeignKey(
        "council.Paper", null=True, blank=True, on_delete=models.PROTECT, related_name="points", db_index=False
    )
    """What our own agenda deals with here. The public way of a paper (`Consultation`) is tied to a public point once
    its meeting is public, so that no station vanishes or appears while an agenda is still being made."""
    result = models.CharField(max_length=300, blank=True)
    resolution_text = models.TextField(blank=True)
    start = models.DateTimeField(null=True, blank=True)
    end = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes, constraints = in_order("item")
        indexes = [*indexes, models.Index(fields=["meeting", "place"], name="council_item_place")]

    def __str__(self) -> str:
        return f"{self.label} {self.name}".strip()
