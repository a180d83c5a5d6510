"""A comment and its versions."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Concat

from allmende.core.actor import CHANNEL_LABELS, Channel, Viewer
from allmende.core.ids import uuid7
from allmende.core.models import RefFields
from allmende.core.refs import Ref
from allmende.engines.discussion.workflow import DEPTH, CommentState, Stance

SEGMENT = 24
"""Characters per level of a path: 12 of the time it was said (milliseconds), 6 of the time it was kept, 6 of chance."""


class CommentQuery(models.QuerySet["Comment"]):
    """Reads over comments."""

    def on(self, ref: Ref) -> "CommentQuery":
        return self.filter(capability=ref.capability, kind=ref.kind, object_id=ref.id)

    def published(self) -> "CommentQuery":
        return self.filter(state=CommentState.PUBLISHED)

    def visible_to(self, viewer: Viewer) -> "CommentQuery":
        """What stands in a thread for this viewer: what is published, one's own, and the gap that an answer needs."""
        answers = Comment.objects.filter(
            Q(parent=OuterRef("pk"))
            | Q(path__gt=OuterRef("path"), path__lt=Concat(OuterRef("path"), models.Value("~"))),
            capability=OuterRef("capability"),
            kind=OuterRef("kind"),
            object_id=OuterRef("object_id"),
            state=CommentState.PUBLISHED,
        )
        seen = Q(state=CommentState.PUBLISHED) | Q(Exists(answers))
        if viewer.person_id is not None:
            seen |= Q(author_id=viewer.person_id) & ~Q(state=CommentState.WITHDRAWN)
        return self.filter(seen)


class Comment(RefFields):
    """What someone says about a thing. The words stand in versions, so that they can be blanked (design.md)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="answers")
    path = models.CharField(max_length=SEGMENT * DEPTH, db_collation="C")
    """Place in the thread: comments sorted by it stand in reading order. Empty for none."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="comments")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """The club, class or firm in whose name it was written; `author` is who wrote, and is shown to nobody."""
    public_name = models.CharField(max_length=120, blank=True)
    """The name as it stood when the comment was written, a person's or a group's; empty for no name."""
    channel = models.CharField(max_length=12, choices=[(c.value, CHANNEL_LABELS[c]) for c in Channel])
    language = models.CharField(max_length=2, default="de")
    state = models.CharField(max_length=10, choices=CommentState)
    stance = models.CharField(max_length=8, choices=Stance, blank=True)
    mentions = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    """Names of people in the thread whom the current words address with „@“."""
    awaits_proof = models.BooleanField(default=False)
    """A guest has still to show that their address is theirs; held until then, and nobody is asked to look at it."""
    is_official = models.BooleanField(default=False)
    department = models.CharField(max_length=40, blank=True)
    """Slug of the office that answers, for official answers."""
    current = models.OneToOneField("CommentVersion", on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    modified = models.DateTimeField(auto_now=True)

    objects: ClassVar[CommentQuery] = CommentQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["capability", "kind", "object_id", "path"], name="discussion_comment_place"
            ),
            models.CheckConstraint(name="discussion_comment_state", condition=Q(state__in=CommentState.values)),
            models.CheckConstraint(name="discussion_comment_stance", condition=Q(stance__in=["", *Stance.values])),
            models.CheckConstraint(
                name="discussion_comment_office", condition=Q(is_official=False) | ~Q(department="")
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-written_at"], name="discussion_comment_author"),
            models.Index(fields=["modified", "id"], name="discussion_comment_feed"),
        ]

    @property
    def this(self) -> Ref:
        """The comment itself as a reference; `ref` is the thing that it hangs on."""
        return Ref("discussion", "comment", self.id)

    @property
    def level(self) -> int:
        """1 for a comment on the thing, up to 3."""
        return max(1, len(self.path) // SEGMENT)

    @property
    def body(self) -> str:
        return self.current.body if self.current else ""

    def place_below(self, parent: "Comment | None", at: datetime) -> None:
        """Sets parent and path. What would stand deeper than the third level stands on that, and names its parent."""
        segment = f"{int(at.timestamp() * 1000):012x}{self.id.hex[6:12]}{self.id.hex[-6:]}"
        self.parent = parent
        self.path = (parent.path[: SEGMENT * (DEPTH - 1)] if parent else "") + segment


class CommentVersion(models.Model):
    """The words of a comment at one time. Blanked by erasure, by removing a third person's name, and by time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    body = models.TextField(blank=True)
    written_at = models.DateTimeField()
    was_public = models.BooleanField(default=False)
    """Whether everybody could read these words: then they stand in the comment's history."""
    blanked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "number"], name="discussion_version_once")]
