"""Opinion maps: a conversation, the short statements in it, what each voice says to them, and the map drawn of it.

A voice is a person as the conversation knows them: a keyed hash, nothing else. Its votes are one row, so that a vote is
given once per person and statement by construction, and no row tells when it was cast. At the close the key is
destroyed and the rows are written anew in random order.
"""

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Length, Trim
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from allmende.capabilities.surveys.models.surveys import CONTRACT_FIELDS
from allmende.capabilities.surveys.workflow.opinion import Checked, Said, Talk, TalkPhase, Who, talk_phase
from allmende.core.actor import Channel
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

STATEMENT_LIMIT = 200
"""Characters of what people write; imported statements may be longer."""


def _contract() -> Q:
    complete = Q()
    for field in CONTRACT_FIELDS:
        complete &= Q(GreaterThan(Length(Trim(Coalesce(KT(f"contract__{field}__de"), models.Value("")))), 0))
    return complete


class Conversation(models.Model):
    """What people are asked to say something to. Texts are JSON per language."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("surveys_conversation_number"))
    title = models.JSONField(default=dict)
    """The question, in words a neighbour would use."""
    summary = models.JSONField(default=dict)
    """What it is for, in two sentences."""
    contract = models.JSONField(default=dict)
    """The five answers of `CONTRACT_FIELDS`, each per language."""
    department = models.SlugField(max_length=60, blank=True)
    """The office that asks and answers for it."""
    who = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Who], default=Who.EVERYBODY.value)
    checked = models.CharField(
        max_length=6, choices=[(one.value, one.value) for one in Checked], default=Checked.BEFORE.value
    )
    state = models.CharField(max_length=6, choices=[(one.value, one.value) for one in Talk], default=Talk.DRAFT.value)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    gives_votes = models.BooleanField(default=False)
    """After the close the single votes, tied to nobody, are open data. Said before anybody votes."""
    language = models.CharField(max_length=2, default="de")
    key = models.BinaryField(max_length=32, null=True)
    """Of the keyed hashes of the voices; destroyed at the close."""
    source = models.TextField(blank=True)
    """Of an imported one: whom to credit, and under which licence."""
    source_url = models.URLField(max_length=500, blank=True)
    is_example = models.BooleanField(default=False)
    is_simulated = models.BooleanField(default=False)
    """The votes were made up by a program, and every page says so."""
    created_by = models.UUIDField(null=True, blank=True)
    """Pseudonym of who made it: somebody else opens it."""
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    votes_deleted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Conversation"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["state", "closes_at"], name="surveys_conversation_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=Talk.DRAFT.value) | ~Q(source="") | _contract(), name="surveys_conversation_contract"
            ),
            models.CheckConstraint(
                condition=~Q(state=Talk.OPEN.value)
                | Q(opens_at__isnull=False, closes_at__isnull=False, opens_at__lt=F("closes_at"), key__isnull=False),
                name="surveys_conversation_open",
            ),
            models.CheckConstraint(
                condition=~Q(state=Talk.CLOSED.value) | Q(key__isnull=True, closed_at__isnull=False),
                name="surveys_conversation_key_destroyed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("surveys", "conversation", self.pk)

    def phase(self, at: datetime) -> TalkPhase:
        return talk_phase(self.state, self.opens_at, self.closes_at, at)


class Statement(models.Model):
    """One short sentence that people agree with or not. `number` counts within its conversation.

    The counts are those of the last map, for choosing what comes next; pages show the map's own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="statements")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=1000)
    language = models.CharField(max_length=2, default="de")
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Said], default=Said.WAITING.value)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")
    by_city = models.BooleanField(default=False)
    """Put in at the start by whoever asks."""
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """Never shown; None for guests. Nothing leads from here to a voice."""
    channel = models.CharField(max_length=12, default=Channel.WEB.value)
    refused_for = models.CharField(max_length=500, blank=True)
    agrees = models.PositiveIntegerField(default=0)
    disagrees = models.PositiveIntegerField(default=0)
    passes = models.PositiveIntegerField(default=0)
    extremity = models.FloatField(default=0)
    day = models.DateField()

    objects: ClassVar[models.Manager["Statement"]] = models.Manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="surveys_statement_number"),
            models.CheckConstraint(
                condition=~Q(state=Said.MERGED.value) | Q(merged_into__isnull=False), name="surveys_statement_merged"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def ref(self) -> Ref:
        return Ref("surveys", "statement", self.pk)


class Voice(models.Model):
    """What one person said to the statements: {"number": 1 agree, -1 disagree, 0 pass}; the last answer counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="voices")
    mark = models.BinaryField(max_length=32, null=True)
    """HMAC-SHA-256 of who it is under the conversation's key; None after the close."""
    choices = models.JSONField(default=dict)
    casts = models.PositiveIntegerField(default=0)
    """How often an answer was given or changed: tells whether the map is behind."""

    objects: ClassVar[models.Manager["Voice"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "mark"], name="surveys_voice_once")]


class DrawnMap(models.Model):
    """The map as it was last drawn. `result` is what pages show and holds no number below five people."""

    conversation = models.OneToOneField(
        Conversation, primary_key=True, on_delete=models.CASCADE, related_name="drawn_map"
    )
    result = models.JSONField()
    axes = models.JSONField(default=dict)
    """Means, directions and centres, by which one person is placed without drawing anew."""
    casts = models.PositiveBigIntegerField(default=0)
    is_final = models.BooleanField(default=False)
    drawn_at = models.DateTimeField()

    objects: ClassVar[models.Manager["DrawnMap"]] = models.Manager()
