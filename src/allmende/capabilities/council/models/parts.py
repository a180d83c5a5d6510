"""What a paper asks that is decided one by one: its parts, in their order, each with its own decision."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.council.models.meetings import AgendaItem
from allmende.capabilities.council.models.papers import Paper
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class Part(models.Model):
    """One part of a paper; public exactly when the paper is. Ours, also where the paper is a mirrored one.

    A part that was taken out keeps its row, without a place: its address says so, and nothing else shows it.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted"
        REJECTED = "rejected"
        POSTPONED = "postponed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("council_part_number"))
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="parts", db_index=False)
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    """From 1; empty: taken out."""
    title = models.CharField(max_length=300)
    text = models.TextField(max_length=1500, blank=True)
    """In plain words, what it would change."""
    about = models.CharField(max_length=120, blank=True)
    """Reference, as text, of the thing of another room that it decides on; empty: nothing that is in the portal."""
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    item = models.ForeignKey(AgendaItem, null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    """The point of the meeting at which it was decided, where that is known."""
    edition = models.PositiveIntegerField(default=1)
    """Grows with every change: whoever changes what another one has changed meanwhile is told so."""
    corrections = models.PositiveIntegerField(default=0)
    told = models.BooleanField(default=False)
    """Its decision has been published as an event: at once, or when the paper became public."""
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    is_example = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "place"], name="council_part_place", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_on=None, item=None, told=False)
                | (~Q(decision="") & Q(decided_on__isnull=False, place__isnull=False)),
                name="council_part_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.title}"

    @property
    def ref(self) -> Ref:
        return Ref("council", "part", self.pk)

    @property
    def about_ref(self) -> Ref | None:
        return Ref.parse(self.about) if self.about else None

    @property
    def anchor(self) -> str:
        """Its place on the page of the paper, the same for good."""
        return f"teil-{self.number}"
