"""Pictures and files of the editors. Their bytes come in by the one door, `engines/media`, and stay there.

Wagtail keeps what it needs to choose and describe them. It never sees the bytes that were sent: the form hands them to
`media`, which draws pictures anew, and the rows here only point to what `media` kept.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import Storage
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition, Filter, WagtailImageField

from allmende.core.ids import uuid7
from allmende.core.refs import Ref

if TYPE_CHECKING:
    from allmende.engines.media.interface import DocumentView, ImageView, VideoView


class KeptByMedia(Storage):
    """Stands where Django wants a storage: keeps nothing, since `engines/media` has the bytes already."""

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return "allmende.capabilities.portal.models.files.KeptByMedia", [], {}

    def _save(self, name: str, content: "File[Any]") -> str:  # noqa: ARG002 - Django's signature
        return name

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":  # noqa: ARG002 - Django's signature
        raise FileNotFoundError(name)

    def delete(self, name: str) -> None:
        """`media` deletes what nothing needs any more."""

    def exists(self, name: str) -> bool:  # noqa: ARG002 - names are made from keys and never clash
        return False

    def size(self, name: str) -> int:  # noqa: ARG002 - the row has the size
        return 0

    def url(self, name: str | None) -> str:
        return f"/redaktion/#{name or ''}"


class Licence(models.TextChoices):
    """Under which terms a picture may be shown; the usual ones of public bodies (SPDX names where there are any)."""

    OWN = "own", _("Rechte bei der Stadt")
    GRANTED = "granted", _("Nutzung vereinbart")
    CC0 = "CC0-1.0", "CC0 1.0"
    CC_BY = "CC-BY-4.0", "CC BY 4.0"
    CC_BY_SA = "CC-BY-SA-4.0", "CC BY-SA 4.0"
    DL_DE = "DL-DE-BY-2.0", "Datenlizenz Deutschland 2.0"


class Picture(AbstractImage):
    """A picture of the editors: description, credit, licence, and the day from which it may not be shown any more."""

    key = models.UUIDField(default=uuid7, unique=True, editable=False)
    media_id = models.UUIDField(null=True, editable=False)
    file = WagtailImageField(
        verbose_name=_("Datei"),
        storage=KeptByMedia(),
        upload_to="redaktion",
        width_field="width",
        height_field="height",
        max_length=200,
    )
    credit = models.CharField(
        _("Bildnachweis"), max_length=160, help_text=_("Wer das Bild gemacht hat oder wem es gehört.")
    )
    licence = models.CharField(_("Lizenz"), max_length=20, choices=Licence, default=Licence.OWN)
    expires_on = models.DateField(
        _("Nutzung endet am"), null=True, blank=True, help_text=_("Ab diesem Tag zeigt das Portal das Bild nicht mehr.")
    )

    admin_form_fields = ("title", "file", "description", "credit", "licence", "expires_on", "tags", "collection")

    class Meta(AbstractImage.Meta):
        verbose_name = _("Bild")
        verbose_name_plural = _("Bilder")

    @property
    def ref(self) -> Ref:
        return Ref("portal", "picture", self.key)

    def may_be_shown(self, on: date) -> bool:
        return self.expires_on is None or on < self.expires_on

    def get_rendition(self, filter: Filter | str) -> "PictureRendition":  # noqa: A002 - Wagtail's signature
        """What the editor's pages show: a rendition that `media` has already, by its private address."""
        from allmende.engines.media import interface as media

        spec = filter.spec if isinstance(filter, Filter) else filter
        wanted = max((int(part) for part in spec.replace("x", "-").split("-") if part.isdigit()), default=480)
        found = media.images_of([self.ref]).get(self.ref)
        shown = PictureRendition(image=self, filter_spec=spec[:255], width=self.width, height=self.height)
        if found:
            source = found[0].nearest(wanted)
            shown.width, shown.height, shown.address = source.width, source.height, source.url
        return shown

    def get_renditions(self, *filters: Filter | str) -> dict[str, "PictureRendition"]:
        return {f.spec if isinstance(f, Filter) else f: self.get_rendition(f) for f in filters}

    def find_existing_renditions(self, *filters: Filter) -> dict[Filter, "PictureRendition"]:
        return {f: self.get_rendition(f) for f in filters}


class PictureRendition(AbstractRendition):
    """Demanded by Wagtail; never stored, because `media` keeps all sizes."""

    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")
    address = ""
    """Where `media` serves it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="portal_picturerendition_once"
            )
        ]

    @property
    def url(self) -> str:
        return self.address


class Attachment(AbstractDocument):
    """A file to download, always with a summary as text (practice.md 20)."""

    key = models.UUIDField(default=uuid7, unique=True, editable=False)
    media_id = models.UUIDField(null=True, editable=False)
    file = models.FileField(verbose_name=_("Datei"), storage=KeptByMedia(), upload_to="redaktion", max_length=200)
    language = models.CharField(_("Sprache der Datei"), max_length=2, choices=[("de", "Deutsch"), ("en", "English")])
    summary = models.TextField(_("Was darin steht, als Text"), max_length=1200)

    admin_form_fields = ("title", "file", "language", "summary", "tags", "collection")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("Datei")
        verbose_name_plural = _("Dateien")

    @property
    def ref(self) -> Ref:
        return Ref("portal", "document", self.key)


FILM = "film"


def film_ref(film_id: UUID) -> Ref:
    """What a video of the library belongs to while pages show it: itself, since several pages may."""
    return Ref("portal", FILM, film_id)


def library_films() -> list[tuple[str, str]]:
    """The library's videos that a page may show, newest first: key, and title with length."""
    from allmende.engines.media import interface as media

    rows = media.library(media_type="video", size=200)
    free = [row for row in rows if row.ref is None or row.ref.kind == FILM]
    return [(str(row.pk), f"{row.title} ({_length(row.seconds)})" if row.seconds else row.title) for row in free]


def _length(seconds: float) -> str:
    return "{}:{:02}".format(*divmod(round(seconds), 60))


def shown_films(film_ids: Iterable[UUID], at: datetime, *, draft: bool = False) -> "dict[str, VideoView]":
    """The views of videos, by key, in two queries; in a draft also of those that no page has shown yet."""
    from allmende.engines.media import interface as media

    wanted = list(dict.fromkeys(film_ids))
    found = {str(ref.id): views[0] for ref, views in media.videos_of(map(film_ref, wanted), at).items()}
    for film_id in wanted if draft else ():
        if str(film_id) not in found and (view := media.video(film_id, at)) is not None:
            found[str(film_id)] = view
    return found


def shown_documents(documents: Iterable[Attachment]) -> "dict[int, DocumentView]":
    """The views of files, by key, in two queries; none when there are none."""
    from allmende.engines.media import interface as media

    keys = {document.ref: document.pk for document in documents}
    return {keys[ref]: found[0] for ref, found in media.documents_of(keys).items() if found} if keys else {}


def shown_pictures(pictures: Iterable[Picture], on: date) -> "dict[int, ImageView]":
    """The views of those pictures that may be shown on that day, by key, in one query."""
    from allmende.engines.media import interface as media

    allowed = {picture.ref: picture.pk for picture in pictures if picture.may_be_shown(on)}
    views = media.images_of(allowed)
    return {allowed[ref]: found[0] for ref, found in views.items() if found}
