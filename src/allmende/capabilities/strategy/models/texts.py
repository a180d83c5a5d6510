"""Draft texts: documents of paragraphs that keep their identity from version to version.

A version that is published never changes. At most one version of a text is being written.
"""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Length, Trim
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from allmende.capabilities.strategy.models.plan import Field, Goal
from allmende.capabilities.strategy.workflow.texts import Shape, State
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

CONTRACT_FIELDS = ("what_is_open", "decided_already", "who_decides", "when_decided", "what_it_changes")
"""The five answers without which nothing opens (practice.md 1)."""
PARAGRAPH_LIMIT = 4000
NOTE_LIMIT = 300
MOST_PARAGRAPHS = 1000


def _complete() -> Q:
    complete = Q()
    for field in CONTRACT_FIELDS:
        said = Coalesce(KT(f"contract__{field}__de"), models.Value(""))
        complete &= Q(GreaterThan(Length(Trim(said)), 0))
    return complete


class Text(models.Model):
    """A document of the strategy on its way to the council."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("strategy_text_number"))
    title = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    language = models.CharField(max_length=2, default="de")
    """Of the paragraphs."""
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in State], default=State.DRAFT)
    field = models.ForeignKey(Field, null=True, blank=True, on_delete=models.SET_NULL, related_name="texts")
    contract = models.JSONField(default=dict)
    """The five answers of `CONTRACT_FIELDS`, each per language."""
    department = models.SlugField(max_length=60, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """Until when the next step is promised while the text is revised or lies before the council."""
    decision = models.CharField(max_length=NOTE_LIMIT, blank=True)
    """What the council decided, in a sentence, with its number."""
    decided_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)
    created_by = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(state=State.DRAFT.value) | _complete(), name="strategy_text_contract"),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT.value)
                | Q(opens_at__isnull=False, closes_at__isnull=False, opens_at__lt=F("closes_at")),
                name="strategy_text_period",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ADOPTED.value) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="strategy_text_decided",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title.get("de", ""))

    @property
    def ref(self) -> Ref:
        return Ref("strategy", "text", self.pk)

    def is_open(self, at: datetime) -> bool:
        """Whether people can say something now. Goes by the clock, whether or not anybody has closed it."""
        if self.state != State.CONSULTATION or self.opens_at is None or self.closes_at is None:
            return False
        return self.opens_at <= at < self.closes_at


class Version(models.Model):
    """One state of a text: published, or the one that is being written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=NOTE_LIMIT, blank=True)
    """What is new, in a sentence."""
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["text", "number"], name="strategy_version_number"),
            models.UniqueConstraint(
                fields=["text"], condition=Q(published_at=None), name="strategy_version_one_is_written"
            ),
        ]

    @property
    def ref(self) -> Ref:
        return Ref("strategy", "version", self.pk)


class Paragraph(models.Model):
    """Stays the same whatever is written in it; feedback and links hang on it. Its words are in `Wording`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="paragraphs")
    number = models.PositiveIntegerField()
    """Within the text, in the order of making; never given away again."""
    goal = models.ForeignKey(Goal, null=True, blank=True, on_delete=models.SET_NULL, related_name="paragraphs")
    """The goal that it puts into words."""
    said = models.PositiveIntegerField(default=0)
    """How many comments and suggestions everybody can read."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "number"], name="strategy_paragraph_number")]

    @property
    def ref(self) -> Ref:
        return Ref("strategy", "paragraph", self.pk)


class Wording(models.Model):
    """The words of a paragraph in a version. A paragraph that a version leaves out has none there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="wordings")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.CASCADE, related_name="wordings")
    place = models.PositiveIntegerField()
    shape = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Shape], default=Shape.TEXT)
    body = models.TextField()
    revision = models.PositiveIntegerField(default=1)
    """Counts changes while the version is written, so that a late editor is noticed."""

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["version", "paragraph"], name="strategy_wording_once"),
            models.CheckConstraint(condition=~Q(body=""), name="strategy_wording_has_words"),
        ]
        indexes = [models.Index(fields=["version", "place"], name="strategy_wording_order")]


class Revision(models.Model):
    """How a wording read before its last change, so that two editors' words can be laid beside what both began with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wording = models.ForeignKey(Wording, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    body = models.TextField()
    actor_key = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["wording", "number"], name="strategy_revision_once")]


class Rival(models.Model):
    """Words of an editor who began before somebody else's change was saved. Kept until both are put together."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wording = models.ForeignKey(Wording, on_delete=models.CASCADE, related_name="rivals")
    began_with = models.PositiveIntegerField()
    """The revision that its writer had before them."""
    body = models.TextField()
    actor_key = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["wording"], condition=Q(settled_at=None), name="strategy_rival_open")]
