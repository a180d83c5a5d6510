"""Pictures, documents and videos, and the files they are kept in."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.refs import Ref

KEPT = timedelta(hours=24)
"""How long an upload waits for the text it belongs to."""


class MediumQuerySet(models.QuerySet["Medium"]):
    def attached_to(self, ref: Ref) -> "MediumQuerySet":
        return self.filter(capability=ref.capability, kind=ref.kind, object_id=ref.id)

    def unattached(self) -> "MediumQuerySet":
        return self.filter(object_id=None)

    def loose(self) -> "MediumQuerySet":
        """Belongs to nothing and is no piece of the editors' library: gone after a day."""
        return self.filter(object_id=None, library=False)

    def unsettled(self) -> "MediumQuerySet":
        """Those whose files do not lie yet where their state says; see `actions.settle`."""
        return self.exclude(state=models.F("placed")).filter(scan=Medium.Scan.CLEAN)


class Medium(models.Model):
    """A picture, drawn anew from what was sent, a document or a video. It belongs to nothing until it is attached.

    `state` is what the city decided, `placed` where the files are. They differ only between a decision and the moment
    when the files have followed; until then a picture is shown by its private address, so it is never broken.
    """

    HALF: ClassVar[int] = 1 << 63

    class Type(models.TextChoices):
        IMAGE = "image"
        DOCUMENT = "document"
        VIDEO = "video"

    class State(models.TextChoices):
        PRIVATE = "private"
        PUBLIC = "public"
        EXPIRED = "expired"

    class Scan(models.TextChoices):
        CLEAN = "clean"
        """Looked at, or no virus scanner is set up."""
        WAITING = "waiting"
        """The scanner did not answer: nobody gets it until it did."""

    class Drawing(models.TextChoices):
        DONE = "done"
        WAITING = "waiting"
        """The worker draws it anew; until then it has no files."""
        REFUSED = "refused"
        """Nothing could be made of what was sent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    media_type = models.CharField(max_length=8, choices=Type, default=Type.IMAGE)
    title = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, blank=True)
    """Of the title, the description and what is said."""
    alt = models.CharField(max_length=300, blank=True)
    decorative = models.BooleanField(default=False)
    """Somebody said that the picture shows nothing that one would miss."""
    summary = models.TextField(blank=True)
    """What stands in a document, what happens in a video: for those who cannot open it."""
    transcript = models.TextField(blank=True)
    credit = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=80, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    """From this instant on it is shown nowhere (rights of use end)."""
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    fingerprint = models.BigIntegerField(null=True, editable=False)
    """What pictures of the same view have nearly in common (`drawing.fingerprint`, less `HALF`); the worker's."""
    link = models.URLField(max_length=500, blank=True)
    """A video that stays with its host."""
    library = models.BooleanField(default=False)
    """Kept by the editors although it may belong to nothing."""
    scan = models.CharField(max_length=8, choices=Scan, default=Scan.CLEAN)
    drawing = models.CharField(max_length=8, choices=Drawing, default=Drawing.DONE)
    state = models.CharField(max_length=8, choices=State, default=State.PRIVATE)
    placed = models.CharField(max_length=8, choices=State, default=State.PRIVATE)
    capability = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    object_id = models.UUIDField(null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = MediumQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="media_medium_ref_whole",
                condition=Q(object_id=None, capability="", kind="")
                | (Q(object_id__isnull=False) & ~Q(capability="") & ~Q(kind="")),
            ),
            models.CheckConstraint(
                name="media_medium_public_is_attached",
                condition=~Q(state="public") | Q(object_id__isnull=False),
            ),
            models.CheckConstraint(
                name="media_document_says_what_it_holds",
                condition=~Q(media_type="document") | (~Q(title="") & ~Q(summary="")),
            ),
            models.CheckConstraint(
                name="media_decorative_has_no_alt", condition=Q(decorative=False) | Q(alt=""),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["capability", "kind", "object_id"], name="media_medium_ref"),
            models.Index(fields=["created_at"], name="media_medium_loose", condition=Q(object_id=None)),
            models.Index(fields=["id"], name="media_medium_open", condition=~Q(state=models.F("placed"))),
            models.Index(fields=["expires_at"], name="media_medium_expires", condition=Q(expires_at__isnull=False)),
            models.Index(fields=["created_at"], name="media_medium_drawing", condition=Q(drawing="waiting")),
            models.Index(fields=["-id"], name="media_medium_library", condition=Q(library=True)),
        ]

    @property
    def ref(self) -> Ref | None:
        return Ref(self.capability, self.kind, self.object_id) if self.object_id else None


class File(models.Model):
    """One file of a medium. Media with the same bytes share their files; they go when the last one goes."""

    class Role(models.TextChoices):
        RENDITION = "rendition"
        """A picture in one width and format."""
        DOCUMENT = "document"
        VIDEO = "video"
        SIGN = "sign"
        """The same in sign language, played beside it."""
        CAPTIONS = "captions"
        POSTER = "poster"
        """The picture before a video starts, in one width and format."""

    medium = models.ForeignKey(Medium, on_delete=models.CASCADE, related_name="files")
    role = models.CharField(max_length=9, choices=Role, default=Role.RENDITION)
    language = models.CharField(max_length=8, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    extension = models.CharField(max_length=4)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    stored = models.BooleanField(default=False)
    """The storage service has it too; means nothing where files lie on the disk only."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["medium", "role", "language", "width", "extension"], name="media_file_once"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["sha256"], name="media_file_sha256"),
            models.Index(fields=["id"], name="media_file_unstored", condition=Q(stored=False)),
        ]

    @property
    def path(self) -> str:
        """Below either tree: two characters, a slash, the rest of the hash, the extension."""
        return f"{self.sha256[:2]}/{self.sha256[2:]}.{self.extension}"
