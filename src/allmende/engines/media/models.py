"""Pictures and the files they are kept in."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.refs import Ref

KEPT = timedelta(hours=24)
"""How long an upload waits for the text it belongs to."""


class ImageQuerySet(models.QuerySet["Image"]):
    def attached_to(self, ref: Ref) -> "ImageQuerySet":
        return self.filter(capability=ref.capability, kind=ref.kind, object_id=ref.id)

    def unattached(self) -> "ImageQuerySet":
        return self.filter(object_id=None)

    def unsettled(self) -> "ImageQuerySet":
        """Pictures whose files do not lie yet where their state says; see `actions.settle`."""
        return self.exclude(state=models.F("placed"))


class Image(models.Model):
    """A picture, drawn anew from what was sent. It belongs to nobody's text until it is attached to one.

    `state` is what the city decided, `placed` where the files are. They differ only between a decision and the moment
    when the files have followed; until then the picture is shown by its private address, so it is never broken.
    """

    class State(models.TextChoices):
        PRIVATE = "private"
        PUBLIC = "public"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alt = models.CharField(max_length=300, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.PRIVATE)
    placed = models.CharField(max_length=8, choices=State, default=State.PRIVATE)
    capability = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    object_id = models.UUIDField(null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = ImageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="media_image_ref_whole",
                condition=models.Q(object_id=None, capability="", kind="")
                | (models.Q(object_id__isnull=False) & ~models.Q(capability="") & ~models.Q(kind="")),
            ),
            models.CheckConstraint(
                name="media_image_public_is_attached",
                condition=models.Q(state="private") | models.Q(object_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["capability", "kind", "object_id"], name="media_image_ref"),
            models.Index(fields=["created_at"], name="media_image_loose", condition=models.Q(object_id=None)),
            models.Index(fields=["id"], name="media_image_open", condition=~models.Q(state=models.F("placed"))),
        ]

    @property
    def ref(self) -> Ref | None:
        return Ref(self.capability, self.kind, self.object_id) if self.object_id else None


class Rendition(models.Model):
    """One file of a picture. Pictures with the same bytes share their files; they go when the last one goes."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    extension = models.CharField(max_length=4)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "width", "extension"], name="media_rendition_once"),
        ]
        indexes = [models.Index(fields=["sha256"], name="media_rendition_sha256")]

    @property
    def path(self) -> str:
        """Below either tree: two characters, a slash, the rest of the hash, the extension."""
        return f"{self.sha256[:2]}/{self.sha256[2:]}.{self.extension}"
