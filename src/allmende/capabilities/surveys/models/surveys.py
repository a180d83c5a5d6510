"""A survey: what it is for, who is asked until when, and what happens with the answers."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Length, Trim
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from allmende.capabilities.surveys.workflow import Access, Phase, State, phase
from allmende.core import city
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

CONTRACT_FIELDS = ("what_is_open", "decided_already", "who_decides", "when_decided", "what_it_changes")
"""The five answers without which nothing opens (practice.md 1)."""
PRIVACY_FIELDS = ("purpose", "legal_basis")
"""What a survey says of its data before anybody answers (GDPR Art. 13)."""


def _complete() -> Q:
    """All that must be said before people are asked has German words."""
    complete = Q()
    for column, fields in (("contract", CONTRACT_FIELDS), ("privacy", PRIVACY_FIELDS)):
        for field in fields:
            text = Coalesce(KT(f"{column}__{field}__de"), models.Value(""))
            complete &= Q(GreaterThan(Length(Trim(text)), 0))
    return complete


def _day(at: datetime) -> date:
    """The day that it is in the city."""
    return at.astimezone(city.current().zone).date()


class Survey(models.Model):
    """Texts are JSON per language. Nothing that decides who counts changes once it is checked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("surveys_survey_number"))
    title = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    """What it is for, in two sentences."""
    contract = models.JSONField(default=dict)
    """The five answers of `CONTRACT_FIELDS`, each per language."""
    privacy = models.JSONField(default=dict)
    """The answers of `PRIVACY_FIELDS`, each per language."""
    asked_by = models.JSONField(default=dict)
    """Who asks besides the city, per language: the university."""
    department = models.SlugField(max_length=60, blank=True)
    """The office that answers for it."""
    access = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in Access], default=Access.OPEN.value
    )
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in State], default=State.DRAFT.value
    )
    version_id = models.UUIDField()
    """The version of the questionnaire in `engines/questions`; frozen when the survey is checked."""
    languages = models.JSONField(default=list)
    """In which it can be answered."""
    minutes = models.PositiveSmallIntegerField(default=10)
    """How long it takes, as the city says."""
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    grace_minutes = models.PositiveIntegerField(default=60)
    """How long after the end whoever began in time may still send."""
    paper_days = models.PositiveSmallIntegerField(default=0)
    """How many days after the end papers that came in time may be entered; closing waits for it."""
    quota = models.PositiveIntegerField(null=True, blank=True)
    """With how many answers it is full; None: never."""
    quotas = models.JSONField(default=list)
    """[{"question", "option", "most", "label"}]: enough answers of one kind."""
    key = models.BinaryField(max_length=32, null=True)
    """Of the keyed hashes of codes and residents; destroyed at the close."""
    retention_days = models.PositiveSmallIntegerField(default=365)
    """How long after the close the single answers are kept; the results stay."""
    raw_deleted_at = models.DateTimeField(null=True, blank=True)
    raw_held_at = models.DateTimeField(null=True, blank=True)
    """Since when the deletion that was due is held back, because the results are not kept yet."""
    wave_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="waves")
    """The survey before this one that asked the same, for comparison."""
    channels = models.JSONField(default=dict)
    """After the close: how many answers came by which channel."""
    answered = models.PositiveIntegerField(default=0)
    """After the close: how many answers there are; stays when they are deleted."""
    is_example = models.BooleanField(default=False)
    is_simulated = models.BooleanField(default=False)
    """The answers were made up by a program, and every page says so."""
    created_by = models.UUIDField(null=True, blank=True)
    """Pseudonym of who made it: somebody else checks it."""
    created_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "closes_at"], name="surveys_survey_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state=State.DRAFT.value) | _complete(), name="surveys_survey_complete"),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT.value)
                | Q(opens_at__isnull=False, closes_at__isnull=False, opens_at__lt=F("closes_at")),
                name="surveys_survey_period",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.CLOSED.value, State.PUBLISHED.value])
                | Q(key__isnull=True, closed_at__isnull=False),
                name="surveys_survey_key_destroyed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("surveys", "survey", self.pk)

    @property
    def grace_until(self) -> datetime | None:
        """Until when somebody who began in time may send."""
        return None if self.closes_at is None else self.closes_at + timedelta(minutes=self.grace_minutes)

    @property
    def ends_at(self) -> datetime | None:
        """From when on it is closed for good: after grace, and after the days for paper."""
        if self.closes_at is None or self.grace_until is None:
            return None
        return max(self.grace_until, self.closes_at + timedelta(days=self.paper_days))

    @property
    def raw_until(self) -> date | None:
        """The day on which the single answers are deleted, as the city counts days."""
        end = self.closed_at or self.ends_at
        return None if end is None else _day(end) + timedelta(days=self.retention_days)

    def is_past_retention(self, at: datetime) -> bool:
        """Whether that day has come."""
        return self.raw_until is not None and self.raw_until <= _day(at)

    def phase(self, at: datetime) -> Phase:
        return phase(self.state, self.opens_at, self.closes_at, self.ends_at, at)


class ConsentText(models.Model):
    """What people agreed to, edition by edition: an answer names the edition that it was given under."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="consents")
    edition = models.PositiveSmallIntegerField()
    text = models.JSONField(default=dict)
    valid_from = models.DateTimeField()

    objects: models.Manager["ConsentText"] = models.Manager()

    class Meta:
        ordering = ["edition"]
        constraints = [models.UniqueConstraint(fields=["survey", "edition"], name="surveys_consent_edition")]


class QuotaCount(models.Model):
    """How far a quota is filled. `place` 0 is the whole survey's, from 1 on those of `Survey.quotas`."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="quota_counts")
    place = models.PositiveSmallIntegerField()
    most = models.PositiveIntegerField()
    count = models.PositiveIntegerField(default=0)

    objects: models.Manager["QuotaCount"] = models.Manager()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "place"], name="surveys_quota_place"),
            models.CheckConstraint(condition=Q(count__lte=F("most")), name="surveys_quota_most"),
        ]
