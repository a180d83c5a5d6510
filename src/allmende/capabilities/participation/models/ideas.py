"""Ideas: who said what, in which words, where it stands; drafts and supports."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from allmende.capabilities.participation.models.stores import Category, TopicStore
from allmende.capabilities.participation.workflow import PUBLIC_STATES, STORED_STATES, State
from allmende.core.actor import Channel
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref

TITLE_LIMIT = 120
BODY_LIMIT = 4000
WORDS = SearchVector("title", "body", config="german")
"""What is searched; queries use this very expression, so that its index serves them."""
_PUBLIC = Q(state__in=[state.value for state in PUBLIC_STATES])


class IdeaQuerySet(models.QuerySet["Idea"]):
    def public(self) -> "IdeaQuerySet":
        """What everybody may read."""
        return self.filter(_PUBLIC)


class Idea(models.Model):
    """An idea, or an answer to a future question.

    `version` is what is shown; `pending` is a change by the author that moderation has not seen yet, while the older
    words stay public. `author_name` is the name it was signed with, so that no page joins people. `channel`,
    `entered_by` and `received_at` say how it reached the city. Counters are written in the transaction of what they
    count (comments: by the handler of the discussion's events). `modified` is the clock at write, for feeds.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("participation_idea_number"))
    store = models.ForeignKey(TopicStore, on_delete=models.PROTECT, related_name="ideas")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="ideas"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """The club, class or firm in whose name it was handed in; then `author_name` is its name."""
    author_name = models.CharField(max_length=120, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="entered_ideas"
    )
    channel = models.CharField(max_length=12, default=Channel.WEB.value)
    language = models.CharField(max_length=2, default="de")
    state = models.CharField(max_length=12, default=State.SUBMITTED.value)
    place = models.CharField(max_length=200, blank=True)
    district = models.CharField(max_length=60, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    version = models.ForeignKey(
        "participation.IdeaVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    pending = models.ForeignKey(
        "participation.IdeaVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    department = models.CharField(max_length=60)
    next_step = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    deputy_reminded_at = models.DateTimeField(null=True, blank=True)
    support_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)
    awaits_proof = models.BooleanField(default=False)
    """A guest has still to show that their address is theirs; until then nobody is asked to look at it."""
    keeps_text = models.BooleanField(default=True)
    """Whether the words may stay, without a name, after the author's erasure."""
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField()
    submitted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    modified = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[models.Manager["Idea"]] = IdeaQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-published_at", "-id"], condition=_PUBLIC, name="participation_idea_newest"),
            models.Index(fields=["-support_count", "-id"], condition=_PUBLIC, name="participation_idea_supported"),
            models.Index(fields=["store", "-published_at", "-id"], condition=_PUBLIC, name="participation_idea_store"),
            models.Index(fields=["modified", "id"], name="participation_idea_modified"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="participation_idea_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in STORED_STATES]), name="participation_idea_state"
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="participation_idea_point",
            ),
            models.CheckConstraint(
                condition=~_PUBLIC | Q(published_at__isnull=False), name="participation_idea_published"
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Writes the clock time into `modified`, whatever else is written."""
        self.modified = Now()
        fields: Iterable[str] | None = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "modified"}
        super().save(*args, **kwargs)

    @property
    def ref(self) -> Ref:
        return Ref("participation", "idea", self.pk)

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES


class IdeaVersion(models.Model):
    """The words, as they were at a time. Blanked on erasure or by moderation; the row stays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=200)
    body = models.TextField()
    at = models.DateTimeField()
    blanked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [GinIndex(WORDS, name="participation_version_words")]
        constraints = [models.UniqueConstraint(fields=["idea", "number"], name="participation_version_once")]


class Support(models.Model):
    """One person's support of one idea: counted, never listed, and no signature (practice.md 1 and 4)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="supports")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="idea_supports")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "person"], name="participation_support_once")]


class IdeaDraft(models.Model):
    """What someone has typed so far; of a person, or of a visitor whose cookie holds the signed id. Kept 30 days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="idea_drafts"
    )
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(F("person"), F("saved_at").desc(), name="participation_draft_person")]
