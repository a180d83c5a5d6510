"""Votes as parts of projects, and the proposals between which a budget vote decides. Casting and counting are done by
`engines/ballots`; no row here knows who voted, or how.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.participation.models.ideas import Idea
from allmende.capabilities.participation.models.projects import Module
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class Poll(models.Model):
    """A question that a part of a project puts to the vote. Everything that decides the outcome stands in `vote_id`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("participation_poll_number"))
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="polls")
    vote_id = models.UUIDField(unique=True)
    """The vote in `engines/ballots`."""
    title = models.JSONField(default=dict)
    text = models.JSONField(default=dict)
    """What people should know before they vote."""
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["module", "-created_at"], name="participation_poll_module")]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("participation", "poll", self.pk)


class Proposal(models.Model):
    """What could be done with the money: an idea that an office has checked, or one of the city's own.

    Title and text are the office's words for the ballot paper; the idea stays in its author's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("participation_proposal_number"))
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="proposals")
    idea = models.ForeignKey(Idea, null=True, blank=True, on_delete=models.SET_NULL, related_name="proposals")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="de")
    cost = models.PositiveBigIntegerField(default=0)
    """Cents."""
    is_feasible = models.BooleanField()
    reason = models.TextField(blank=True)
    """Of the office; needed where it is not feasible."""
    department = models.SlugField(max_length=60)
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["module", "idea"], name="participation_proposal_once"),
            models.CheckConstraint(condition=Q(is_feasible=False) | Q(cost__gt=0), name="participation_proposal_cost"),
            models.CheckConstraint(condition=Q(is_feasible=True) | ~Q(reason=""), name="participation_proposal_reason"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> Ref:
        return Ref("participation", "proposal", self.pk)
