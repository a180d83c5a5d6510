"""What was said. An answer first waits among others, then all of them are written anew in random order.

Whoever sends an answer marks a code as used in the same transaction, so the database's own transaction numbers would
tie the two for as long as both rows stand. `WaitingResponse` is where an answer lies meanwhile; `Response`, which
everything reads, is written by one transaction for many answers.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from allmende.capabilities.surveys.models.surveys import Survey
from allmende.core.actor import Channel


class Answered(models.Model):
    """What stands with an answer: no person, no code, no time of day."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    """Drawn at random, so that its order says nothing."""
    version_id = models.UUIDField()
    """The version of the questionnaire that was answered."""
    answers = models.JSONField()
    """Name → value, as the engine's interface describes."""
    channel = models.CharField(max_length=12, default=Channel.WEB.value)
    language = models.CharField(max_length=8, default="de")
    day = models.DateField()
    seconds_taken = models.PositiveIntegerField(null=True)
    """Rounded to half minutes; None on paper and where nobody knows."""
    consent_edition = models.PositiveSmallIntegerField(default=0)
    is_proven = models.BooleanField(default=True)
    """False: sent without proof of work, as from a browser without scripts; evaluation may look at these apart."""

    class Meta:
        abstract = True


class WaitingResponse(Answered):
    """An answer until it is mixed with others (`actions.mix_responses`): some minutes, at the latest at the close."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="waiting")

    objects: ClassVar[models.Manager["WaitingResponse"]] = models.Manager()


class Response(Answered):
    """An answer of nobody in particular. Deleted when the survey's retention is over; results stay."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="responses")

    objects: ClassVar[models.Manager["Response"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["survey", "day"], name="surveys_response_day")]
