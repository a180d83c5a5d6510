"""What was done with an idea, in words, and what the city answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.participation.models.ideas import Idea
from allmende.capabilities.participation.workflow import Outcome, State
from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class StatusChange(models.Model):
    """One step in the life of an idea. `reason` is what its author reads; others see it only if `is_public`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="history")
    verb = models.CharField(max_length=20)
    """Key of `workflow.TRANSITIONS`, or "edit", "next_step"."""
    state = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    rule = models.CharField(max_length=60, blank=True)
    """Key of the published rule that a refused text breaks."""
    department = models.CharField(max_length=60, blank=True)
    is_public = models.BooleanField(default=True)
    at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["idea", "at"], name="participation_history_idea")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=State.REFUSED.value) | ~Q(reason=""), name="participation_refusal_reason"
            )
        ]


class OfficialAnswer(models.Model):
    """The city's answer. The latest one counts, earlier ones stay readable.

    A no has a reason, an alternative, an office and a date on which one may ask again (practice.md 3).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="answers")
    outcome = models.CharField(max_length=8)
    text = models.TextField()
    alternative = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="de")
    department = models.CharField(max_length=60)
    ask_again_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="official_answers"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["idea", "-at"], name="participation_answer_idea")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[outcome.value for outcome in Outcome]), name="participation_answer_outcome"
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(department=""), name="participation_answer_words"),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.NO.value) | (~Q(alternative="") & Q(ask_again_on__isnull=False)),
                name="participation_honest_no",
            ),
        ]

    @property
    def ref(self) -> Ref:
        return Ref("participation", "answer", self.id)
