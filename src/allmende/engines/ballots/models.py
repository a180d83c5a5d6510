"""Votes, what was cast while they are open, and what is left to count again after they closed."""

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from allmende.core.actor import Channel
from allmende.core.ids import uuid7
from allmende.core.models import RefFields
from allmende.core.refs import Ref
from allmende.engines.ballots.rules.counting import AS_LISTED, Lot, Options
from allmende.engines.ballots.workflow import Gate, State, Way


class Vote(RefFields):
    """One question put to the vote, on a thing of any room. Everything that decides its outcome is fixed beforehand."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="de")
    way = models.CharField(max_length=8, choices=Way)
    gate = models.CharField(max_length=10, choices=Gate)
    rule = models.CharField(max_length=20)
    seats = models.PositiveSmallIntegerField(default=1)
    budget = models.PositiveBigIntegerField(default=0)
    """Cents."""
    utility = models.CharField(max_length=12, default="cost")
    completion = models.CharField(max_length=12, default="add1u")
    lot = models.CharField(max_length=80, blank=True)
    """Published seed of the lot; empty: ties go to what stands first on the paper."""
    most_choices = models.PositiveSmallIntegerField(null=True)
    most_points = models.PositiveSmallIntegerField(null=True)
    """Points that one person may give in all."""
    has_receipts = models.BooleanField(default=False)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    paper_until = models.DateTimeField(null=True)
    """Until when papers that came in time may still be entered; counting waits for it. None: until `closes_at`."""
    eligible = models.PositiveIntegerField(null=True)
    """How many people may vote, as the city says, for the turnout."""
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    key = models.BinaryField(max_length=32, null=True)
    """Of the keyed hash that ties a ballot to who cast it; destroyed at the close."""
    closed_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    """`Result.as_data()` of the count."""
    channels = models.JSONField(default=dict)
    """After the close: how many ballots came by which channel. The counted ballots themselves do not say it, for the
    only one on paper would be somebody's."""

    class Meta:
        indexes = [models.Index(fields=["capability", "kind", "object_id"], name="ballots_vote_ref")]
        constraints = [
            models.CheckConstraint(name="ballots_vote_times", condition=Q(opens_at__lt=F("closes_at"))),
            models.CheckConstraint(
                name="ballots_vote_papers", condition=Q(paper_until__isnull=True) | Q(paper_until__gte=F("closes_at"))
            ),
            models.CheckConstraint(
                name="ballots_vote_key_destroyed",
                condition=Q(state=State.OPEN, key__isnull=False, result__isnull=True)
                | Q(state=State.CLOSED, key__isnull=True, result__isnull=False),
            ),
        ]

    @property
    def this(self) -> Ref:
        return Ref("ballots", "vote", self.id)

    @property
    def counts_at(self) -> datetime:
        """From when on it is closed and counted."""
        return self.paper_until or self.closes_at

    def counting(self) -> Options:
        """What was declared for the count; shares grow by whole euros."""
        return Options(
            seats=self.seats,
            tie=Lot(self.lot) if self.lot else AS_LISTED,
            utility=self.utility,
            completion=self.completion,
        )


class VoteOption(models.Model):
    """A line of the ballot paper; `place` is its place there, from 0."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="options")
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="de")
    cost = models.PositiveBigIntegerField(default=0)
    """Cents."""
    thing = models.CharField(max_length=120, blank=True)
    """Reference, as text, of what stands behind it: an idea, an entry, a theme."""

    objects: ClassVar[models.Manager["VoteOption"]] = models.Manager()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["vote", "place"], name="ballots_option_place")]


class CastBallot(models.Model):
    """A ballot while its vote is open. `mark` is the keyed hash of who cast it: nobody's name, no time, no order."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="cast")
    mark = models.BinaryField(max_length=32)
    choices = models.JSONField()
    """[[place, points], …]; points are 0 where there are none; the order counts for rankings."""
    receipt = models.CharField(max_length=16, blank=True)
    channel = models.CharField(max_length=12, default=Channel.WEB.value)

    objects: ClassVar[models.Manager["CastBallot"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "mark"], name="ballots_cast_once")]


class CountedBallot(models.Model):
    """A ballot after the close: rewritten under a new id in random order, tied to nobody. Public."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="counted")
    number = models.PositiveIntegerField()
    choices = models.JSONField()
    receipt = models.CharField(max_length=16, blank=True)

    objects: ClassVar[models.Manager["CountedBallot"]] = models.Manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["vote", "number"], name="ballots_counted_number")]


class VotingCode(models.Model):
    """The keyed hash of a code that was sent by letter. Which code went to whom is known to the letter only."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="codes")
    mark = models.BinaryField(max_length=32)

    objects: ClassVar[models.Manager["VotingCode"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "mark"], name="ballots_code_once")]
