"""What people say to a paragraph, who supports it, and what the team answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from allmende.capabilities.strategy.models.texts import Paragraph, Text, Version
from allmende.capabilities.strategy.workflow.texts import Heard, Kind, Outcome
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

COMMENT_LIMIT = 2000
ANSWER_LIMIT = 2000


class Answer(models.Model):
    """One answer of the team, to one or to many at once. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="answers")
    outcome = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Outcome])
    reason = models.CharField(max_length=ANSWER_LIMIT)
    language = models.CharField(max_length=8, default="de")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="strategy_answer_reason")]


class Feedback(models.Model):
    """A comment on a paragraph, or another wording for it, to the version that everybody could read then."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("strategy_feedback_number"))
    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="feedback")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.CASCADE, related_name="feedback")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="feedback")
    """What it was said to; its wording is where the difference begins."""
    kind = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Kind])
    body = models.TextField(blank=True)
    """The comment, or why the wording should be another."""
    wording = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Heard], default=Heard.WAITING)
    refused_for = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="strategy_feedback"
    )
    author_name = models.CharField(max_length=120, blank=True)
    organisation_id = models.UUIDField(null=True, blank=True)
    """In whose name it stands."""
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=8, default="de")
    supports = models.PositiveIntegerField(default=0)
    answer = models.ForeignKey(Answer, null=True, blank=True, on_delete=models.SET_NULL, related_name="feedback")
    taken_into = models.ForeignKey(Version, null=True, blank=True, on_delete=models.SET_NULL, related_name="taken_from")
    """The version in which its wording stands, wholly or partly."""
    received_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(
                fields=["paragraph", "-supports", "-number"], condition=Q(state="shown"), name="strategy_said_here"
            ),
            models.Index(
                fields=["text", "-number"], condition=Q(state="shown", answer=None), name="strategy_said_open"
            ),
            models.Index(fields=["text", "-number"], condition=Q(state="shown"), name="strategy_said_text"),
        ]

    @property
    def ref(self) -> Ref:
        return Ref("strategy", "feedback", self.pk)


class Support(models.Model):
    """One person supports what somebody said. Counted and never listed (GDPR Art. 9)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="supporters")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feedback", "person"], name="strategy_support_once")]
