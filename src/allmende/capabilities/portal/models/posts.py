"""Where a page of the editors stands: what was checked and released, from when until when everybody sees it."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class PostQuerySet(models.QuerySet["Post"]):
    def visible(self, at: datetime) -> "PostQuerySet":
        """What everybody may see at that instant: released, its embargo over, not ended. Half-open."""
        return self.filter(
            models.Q(visible_until=None) | models.Q(visible_until__gt=at),
            state=Post.State.RELEASED,
            visible_from__lte=at,
        )


class Post(models.Model):
    """One page in one language. German and English of the same page share `key`, by which everything refers to it.

    `visible_from` alone decides: an embargo ends to the minute whatever any worker does.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Entwurf")
        RELEASED = "released", _("freigegeben")
        HELD = "held", _("angehalten")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    page = models.OneToOneField("wagtailcore.Page", on_delete=models.CASCADE, related_name="post")
    key = models.UUIDField()
    kind = models.CharField(max_length=20)
    language = models.CharField(max_length=2, default="de")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    written_revision = models.BigIntegerField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    checked_revision = models.BigIntegerField(null=True, blank=True)
    """The very version that was checked; one word more and it waits to be checked again."""
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    released_revision = models.BigIntegerField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    visible_from = models.DateTimeField(null=True, blank=True)
    visible_until = models.DateTimeField(null=True, blank=True)
    next_revision = models.BigIntegerField(null=True, blank=True)
    """A released new version of a page that everybody sees already; it takes over at `next_from`."""
    next_from = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    """When its first appearance was made known; empty while an embargo lasts."""
    hold_reason = models.CharField(max_length=300, blank=True)
    films = ArrayField(models.UUIDField(), default=list)
    """The library's videos in the released version: who may see the page may see them."""

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "language"], name="portal_post_once"),
            models.CheckConstraint(
                name="portal_post_released_has_date",
                condition=~models.Q(state="released")
                | models.Q(visible_from__isnull=False, released_revision__isnull=False),
            ),
            models.CheckConstraint(
                name="portal_post_next_whole",
                condition=models.Q(next_revision=None, next_from=None)
                | models.Q(next_revision__isnull=False, next_from__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "-visible_from", "-id"], name="portal_post_latest"),
            models.Index(fields=["next_from"], name="portal_post_next", condition=models.Q(next_from__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.ref} ({self.language})"

    @property
    def ref(self) -> Ref:
        return Ref("portal", self.kind, self.key)

    def is_visible(self, at: datetime) -> bool:
        return (
            self.state == self.State.RELEASED
            and self.visible_from is not None
            and self.visible_from <= at
            and (self.visible_until is None or at < self.visible_until)
        )

    def is_embargoed(self, at: datetime) -> bool:
        """Released, and nobody may see it yet."""
        return self.state == self.State.RELEASED and self.visible_from is not None and at < self.visible_from
