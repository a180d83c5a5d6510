"""An idea contest: what it asks, its entries, its jury and their scores, what the plenary said, who got which place."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.participation.models.ideas import Idea
from allmende.capabilities.participation.models.stores import TopicStore
from allmende.capabilities.participation.workflow.contest import (
    LEAST_SCALE,
    MOST_SCALE,
    MOST_WEIGHT,
    Admission,
    Entrant,
    TieRule,
)
from allmende.core.ids import uuid7
from allmende.core.refs import Ref

LONGEST_GRACE = 24 * 60
"""Minutes."""


def _everybody() -> list[str]:
    return [Entrant.EVERYBODY.value]


class Contest(models.Model):
    """What a topic store of kind "contest" has beside its question, its dates and its contract.

    Nothing is public before `published_at`: then all entries that were checked appear in the same instant, once the
    deadline and its grace are over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    store = models.OneToOneField(TopicStore, on_delete=models.CASCADE, related_name="contest")
    groups = models.JSONField(default=_everybody)
    """Who is invited: values of `workflow.contest.Entrant`."""
    rules = models.JSONField(default=dict)
    prizes = models.JSONField(default=dict)
    """Texts per language, one line for each place."""
    grace_minutes = models.PositiveSmallIntegerField(default=0)
    """How long after the deadline a form that was open then is still taken."""
    tie_rule = models.CharField(max_length=12, default=TieRule.SHARED.value)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(grace_minutes__lte=LONGEST_GRACE), name="participation_contest_grace"),
            models.CheckConstraint(
                condition=Q(tie_rule__in=[rule.value for rule in TieRule]), name="participation_contest_tie"
            ),
        ]

    @property
    def placing_ref(self) -> Ref:
        """The placing as a station of the Trace; one for all its editions."""
        return Ref("participation", "placing", self.pk)


class Criterion(models.Model):
    """What the jury looks at, how much it weighs, and how many points there are at most."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="criteria")
    names = models.JSONField(default=dict)
    weight = models.PositiveSmallIntegerField(default=1)
    scale = models.PositiveSmallIntegerField(default=5)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__range=(1, MOST_WEIGHT)), name="participation_criterion_weight"),
            models.CheckConstraint(
                condition=Q(scale__range=(LEAST_SCALE, MOST_SCALE)), name="participation_criterion_scale"
            ),
        ]


class Entry(models.Model):
    """What an idea is when it stands in a contest. `cleared_at`: a moderator has checked it, it waits for the end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries")
    idea = models.OneToOneField(Idea, on_delete=models.CASCADE, related_name="entry")
    entrant = models.CharField(max_length=12, blank=True)
    """What the entrant said; empty where somebody entered it from paper that does not say it."""
    admission = models.CharField(max_length=10, default=Admission.OPEN.value)
    admission_reason = models.TextField(blank=True)
    """Why it stands outside the ranking: the entrant reads it."""
    checked_at = models.DateTimeField(null=True, blank=True)
    """When the office last said whether it takes part."""
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(entrant__in=["", *(one.value for one in Entrant)]), name="participation_entry_entrant"
            ),
            models.CheckConstraint(
                condition=Q(admission__in=[one.value for one in Admission]), name="participation_entry_admission"
            ),
            models.CheckConstraint(
                condition=~Q(admission=Admission.OUTSIDE.value) | ~Q(admission_reason=""),
                name="participation_entry_reason",
            ),
        ]


class Juror(models.Model):
    """A member of the jury, by public name. Whoever leaves keeps the scores given; a new one begins anew."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="jurors")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="jury_seats"
    )
    name = models.CharField(max_length=120)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "person"], condition=Q(until=None), name="participation_juror_once"
            )
        ]


class JurorConflict(models.Model):
    """A juror does not score this entry: it is their own, their group's, or they say that they are biased."""

    class Cause(models.TextChoices):
        OWN = "own"
        GROUP = "group"
        DECLARED = "declared"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    juror = models.ForeignKey(Juror, on_delete=models.CASCADE, related_name="conflicts")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="conflicts")
    cause = models.CharField(max_length=8, choices=Cause)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["juror", "entry"], name="participation_conflict_once")]


class ScoreSheet(models.Model):
    """One juror's scores of one entry, with a note for the jury. Nobody but the juror ever sees whose it is."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    juror = models.ForeignKey(Juror, on_delete=models.CASCADE, related_name="sheets")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="sheets")
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["juror", "entry"], name="participation_sheet_once")]


class Score(models.Model):
    """Points for one criterion."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    points = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="participation_score_once"),
            models.CheckConstraint(condition=Q(points__lte=MOST_SCALE), name="participation_score_points"),
        ]


class PlenaryResult(models.Model):
    """How the plenary voted, as somebody authorised recorded it. The latest edition counts, earlier ones stay."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="plenaries")
    edition = models.PositiveSmallIntegerField(default=1)
    held_on = models.DateField()
    voters = models.PositiveIntegerField(null=True, blank=True)
    votes = models.JSONField(default=dict)
    """Id of the entry → votes."""
    reason = models.TextField()
    """Where the figures come from, and from the second edition on what was wrong."""
    at = models.DateTimeField()

    class Meta:
        ordering = ["-edition"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "edition"], name="participation_plenary_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="participation_plenary_reason"),
        ]


class Placing(models.Model):
    """Who got which place, by the council's decision. A correction is a further edition with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="placings")
    edition = models.PositiveSmallIntegerField(default=1)
    decision = models.TextField()
    """What the council decided, in words."""
    decision_url = models.URLField(blank=True)
    reason = models.TextField()
    """Why the placing is as it is; from the second edition on what was corrected."""
    at = models.DateTimeField()

    class Meta:
        ordering = ["-edition"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "edition"], name="participation_placing_once"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(decision=""), name="participation_placing_words"),
        ]


class Place(models.Model):
    """One entry's place; None for one without a place. `why` where it differs from the jury or a vote."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    placing = models.ForeignKey(Placing, on_delete=models.CASCADE, related_name="places")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="places")
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["placing", "entry"], name="participation_placed_once"),
            models.CheckConstraint(condition=Q(place=None) | Q(place__gte=1), name="participation_place_number"),
        ]
