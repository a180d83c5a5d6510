"""How an agenda item was voted on: counted as a whole, by group, and by name where the vote was a named one."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from allmende.capabilities.council.models.meetings import AgendaItem
from allmende.capabilities.council.models.people import Organization, Person
from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class Vote(models.Model):
    """A vote on one agenda item; public exactly when the item is.

    `order` 0 is the vote on the item itself, the last of all. Before it motions to change it are voted on, in the order
    1, 2, 3; each says in `subject` what it is about.
    """

    class Kind(models.TextChoices):
        OPEN = "open"
        NAMED = "named"
        SECRET = "secret"  # noqa: S105 - a way to vote

    class Channel(models.TextChoices):
        MEETING = "meeting"
        MINUTES = "minutes"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="votes", db_index=False)
    order = models.PositiveSmallIntegerField(default=0)
    subject = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OPEN)
    majority = models.CharField(max_length=20)
    """A key of `rules.votes.MAJORITIES`."""
    yes = models.PositiveIntegerField()
    no = models.PositiveIntegerField()
    abstention = models.PositiveIntegerField(default=0)
    absent = models.PositiveIntegerField(default=0)
    seats = models.PositiveIntegerField(null=True, blank=True)
    """Members by law: what a qualified majority is counted of."""
    passed = models.BooleanField()
    """By the rule of its majority: never typed."""
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MINUTES)
    recorded_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    corrections = models.PositiveIntegerField(default=0)
    is_example = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats__gte=F("yes") + F("no") + F("abstention") + F("absent")),
                name="council_vote_seats",
            ),
            models.UniqueConstraint(fields=["item", "order"], name="council_vote_in_order"),
            models.CheckConstraint(condition=Q(order=0) | ~Q(subject=""), name="council_vote_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.order} {self.yes}:{self.no}"

    @property
    def ref(self) -> Ref:
        return Ref("council", "vote", self.pk)


class GroupVote(models.Model):
    """What the members of one group gave, together."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="groups")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)
    abstention = models.PositiveIntegerField(default=0)
    absent = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "organization"], name="council_group_votes_once")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.yes}:{self.no}"


class NamedVote(models.Model):
    """What one member gave in a named vote, which the standing orders make public."""

    class Choice(models.TextChoices):
        YES = "yes"
        NO = "no"
        ABSTENTION = "abstention"
        ABSENT = "absent"

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="names")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "person"], name="council_member_votes_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.choice}"
