"""Reading pictures: which belong to a thing, under which addresses, and who may see a private one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from urllib.parse import urlsplit
from uuid import UUID

from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from allmende.core import manifest
from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotFound
from allmende.core.refs import Ref
from allmende.engines.media import rules
from allmende.engines.media.models import KEPT, File, Medium

PUBLIC_PREFIX = "/medien/"
"""Where the ASGI shell serves the public tree."""
SALT = "media.ticket"


@dataclass(frozen=True)
class Source:
    """One file of a picture and its address; `width` and `height` in pixels."""

    url: str
    width: int
    height: int
    extension: str


@dataclass(frozen=True)
class ImageView:
    """A picture as a page shows it."""

    id: UUID
    alt: str
    width: int
    height: int
    sources: tuple[Source, ...]
    """Smallest first; the last is the largest and readable everywhere."""
    decorative: bool = False
    credit: str = ""
    licence: str = ""
    language: str = ""
    """Of the description, where it is known."""
    released: bool = False
    """Whether everybody may see it."""

    @property
    def src(self) -> str:
        """The address for whoever wants only one."""
        return self.sources[-1].url

    @property
    def srcset(self) -> str:
        """The WebP files for `srcset` of a `source`."""
        return self._set("webp")

    @property
    def avif(self) -> str:
        """The AVIF files for `srcset`; empty until the worker has made them."""
        return self._set("avif")

    def _set(self, extension: str) -> str:
        return ", ".join(f"{source.url} {source.width}w" for source in self.sources if source.extension == extension)

    @property
    def text(self) -> str:
        """The description, nothing for what is decorative, or an honest word that there is none."""
        return "" if self.decorative else self.alt or _("Bild ohne Beschreibung")

    def nearest(self, width: int) -> Source:
        """The smallest WebP file at least `width` pixels wide, else the widest."""
        small = [source for source in self.sources if source.extension == "webp"]
        return next((source for source in small if source.width >= width), small[-1])


ORDER = {"webp": 0, "avif": 1}


def address(medium: Medium, row: File, *, ticket: str = "") -> str:
    """Where a file is to be had: under its public address, or by a private one, which asks who wants it."""
    if medium.state == medium.placed == Medium.State.PUBLIC and medium.scan == Medium.Scan.CLEAN:
        return PUBLIC_PREFIX + row.path
    if row.role == File.Role.RENDITION:
        url = reverse("media:private", args=[medium.pk, row.width, row.extension])
    else:
        url = reverse("media:private_file", args=[medium.pk, row.pk, row.extension])
    return f"{url}?ticket={ticket}" if ticket else url


def image_view(medium: Medium, rows: Iterable[File], *, ticket: str = "", role: str = File.Role.RENDITION) -> ImageView:
    wanted = sorted((row for row in rows if row.role == role), key=lambda row: (ORDER.get(row.extension, 2), row.width))
    sources = [Source(address(medium, row, ticket=ticket), row.width, row.height, row.extension) for row in wanted]
    width, height = (wanted[-1].width, wanted[-1].height) if wanted else (0, 0)
    return ImageView(
        medium.pk,
        medium.alt,
        width,
        height,
        tuple(sources),
        decorative=medium.decorative,
        credit=medium.credit,
        licence=medium.licence,
        language=medium.language,
        released=medium.state == Medium.State.PUBLIC,
    )


def _shown(prefix: str, at: datetime | None) -> Q:
    """What a page may show at all: not expired, not waiting for the virus scanner."""
    over = Q(**{f"{prefix}state": Medium.State.EXPIRED}) | Q(**{f"{prefix}scan": Medium.Scan.WAITING})
    if at is not None:
        over |= Q(**{f"{prefix}expires_at__lte": at})
    return ~over


def _of(refs: Iterable[Ref], prefix: str) -> Q | None:
    wanted: defaultdict[tuple[str, str], list[UUID]] = defaultdict(list)
    for ref in refs:
        wanted[ref.capability, ref.kind].append(ref.id)
    conditions = (
        Q(**{f"{prefix}capability": capability, f"{prefix}kind": kind, f"{prefix}object_id__in": ids})
        for (capability, kind), ids in wanted.items()
    )
    return reduce(or_, conditions) if wanted else None


def fingerprints_of(refs: Iterable[Ref]) -> dict[Ref, list[int]]:
    """Of the pictures of many things, for `rules.is_same_view`. The caller asks who may know of them. One query."""
    of_them = _of(refs, "")
    found: defaultdict[Ref, list[int]] = defaultdict(list)
    if of_them is not None:
        rows = Medium.objects.filter(of_them, media_type=Medium.Type.IMAGE, fingerprint__isnull=False)
        columns = ("capability", "kind", "object_id", "fingerprint")
        for capability, kind, key, fingerprint in rows.values_list(*columns):
            found[Ref(capability, kind, key)].append(fingerprint)
    return dict(found)


def addresses_of(refs: Iterable[Ref]) -> dict[Ref, list[str]]:
    """Public paths of the pictures of many things, one each: what `ImageView.src` is, for lists of thousands.

    Only what everybody may see; things without such a picture are absent. One query, no model.
    """
    condition = _of(refs, "medium__")
    if condition is None:
        return {}
    public = Medium.State.PUBLIC
    rows = File.objects.filter(
        condition, medium__media_type=Medium.Type.IMAGE, medium__state=public, medium__placed=public,
        medium__scan=Medium.Scan.CLEAN, role=File.Role.RENDITION,
    )  # fmt: skip
    thing = ("medium__capability", "medium__kind", "medium__object_id")
    best: dict[tuple[Ref, UUID], tuple[int, int, str]] = {}
    for *of, medium_id, extension, width, sha256 in rows.values_list(
        *thing, "medium_id", "extension", "width", "sha256"
    ):
        key = Ref(*of), medium_id
        path = f"{PUBLIC_PREFIX}{sha256[:2]}/{sha256[2:]}.{extension}"
        best[key] = max(best.get(key, (-1, 0, "")), (ORDER.get(extension, 2), width, path))
    found: dict[Ref, list[str]] = {}
    for (ref, _medium_id), (_order, _width, path) in sorted(best.items(), key=lambda one: one[0][1]):
        found.setdefault(ref, []).append(path)
    return found


def images_of(refs: Iterable[Ref], at: datetime | None = None) -> dict[Ref, list[ImageView]]:
    """The pictures of many things in one query, in the order in which they were sent; things without one are absent.

    Asks nobody who is looking: a private picture gets an address that asks. With `at`, what has expired is absent to
    the minute; without, as soon as the worker has noticed (it looks every minute).
    """
    condition = _of(refs, "medium__")
    if condition is None:
        return {}
    media: dict[UUID, tuple[Medium, list[File]]] = {}
    rows = File.objects.filter(condition, _shown("medium__", at), medium__media_type=Medium.Type.IMAGE)
    for row in rows.select_related("medium").order_by("medium_id"):
        media.setdefault(row.medium_id, (row.medium, []))[1].append(row)
    found: defaultdict[Ref, list[ImageView]] = defaultdict(list)
    for medium, files in media.values():
        if medium.ref is not None:
            found[medium.ref].append(image_view(medium, files))
    return dict(found)


@dataclass(frozen=True)
class FileView:
    """One file to play or to fetch; `size` in bytes."""

    url: str
    size: int
    extension: str
    language: str = ""
    width: int = 0
    height: int = 0

    @property
    def type(self) -> str:
        return {"mp4": "video/mp4", "webm": "video/webm", "pdf": "application/pdf"}.get(self.extension, "")

    @property
    def language_name(self) -> str:
        """Of captions, in their own words; the code where we do not know them."""
        return LANGUAGE_NAMES.get(self.language, self.language)


@dataclass(frozen=True)
class DocumentView:
    """A PDF as a page offers it: never without its summary as text (practice.md 20)."""

    id: UUID
    title: str
    summary: str
    language: str
    credit: str
    licence: str
    file: FileView

    @property
    def file_name(self) -> str:
        return f"{slugify(self.title)[:80] or 'dokument'}.pdf"


@dataclass(frozen=True)
class VideoView:
    """A video as a page shows it: own, or with a host that is only named until somebody goes there."""

    id: UUID
    title: str
    summary: str
    transcript: str
    language: str
    credit: str
    licence: str
    width: int
    height: int
    seconds: int
    link: str
    poster: ImageView | None
    film: FileView | None
    sign: FileView | None
    captions: tuple[FileView, ...]

    @property
    def host(self) -> str:
        """Who shows it, where it is linked."""
        return (urlsplit(self.link).hostname or "").removeprefix("www.")

    @property
    def length(self) -> str:
        """Minutes and seconds; empty when the file does not tell."""
        minutes, seconds = divmod(self.seconds, 60)
        return f"{minutes}:{seconds:02}" if self.seconds else ""

    @property
    def file_name(self) -> str:
        return f"{slugify(self.title)[:80] or 'video'}.{self.film.extension if self.film else 'mp4'}"


LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}


def _file_view(medium: Medium, row: File, ticket: str) -> FileView:
    url = address(medium, row, ticket=ticket)
    return FileView(url, row.size, row.extension, row.language, row.width, row.height)


def document_view(medium: Medium, rows: Iterable[File], *, ticket: str = "") -> DocumentView | None:
    row = next((row for row in rows if row.role == File.Role.DOCUMENT), None)
    if row is None:
        return None
    return DocumentView(
        medium.pk,
        medium.title,
        medium.summary,
        medium.language,
        medium.credit,
        medium.licence,
        _file_view(medium, row, ticket),
    )


def video_view(medium: Medium, rows: Iterable[File], *, ticket: str = "") -> VideoView:
    by_role: defaultdict[str, list[File]] = defaultdict(list)
    for row in rows:
        by_role[row.role].append(row)

    def one(role: str) -> FileView | None:
        return _file_view(medium, by_role[role][0], ticket) if by_role[role] else None

    poster = by_role[File.Role.POSTER]
    return VideoView(
        medium.pk,
        medium.title,
        medium.summary,
        medium.transcript,
        medium.language,
        medium.credit,
        medium.licence,
        medium.width,
        medium.height,
        round(medium.seconds),
        medium.link,
        image_view(medium, poster, ticket=ticket, role=File.Role.POSTER) if poster else None,
        one(File.Role.VIDEO),
        one(File.Role.SIGN),
        tuple(
            _file_view(medium, row, ticket)
            for row in sorted(
                by_role[File.Role.CAPTIONS], key=lambda row: (row.language != medium.language, row.language)
            )
        ),
    )


def _media(condition: Q, media_type: str, at: datetime | None) -> list[tuple[Medium, list[File]]]:
    """Media of a type with their files, in two queries."""
    found = Medium.objects.filter(condition, _shown("", at), media_type=media_type)
    return [(medium, list(medium.files.all())) for medium in found.order_by("id").prefetch_related("files")]


def videos_of(refs: Iterable[Ref], at: datetime | None = None) -> dict[Ref, list[VideoView]]:
    """As `images_of` for videos, in two queries."""
    condition, found = _of(refs, ""), defaultdict(list)
    for medium, rows in _media(condition, Medium.Type.VIDEO, at) if condition is not None else ():
        if medium.ref is not None:
            found[medium.ref].append(video_view(medium, rows))
    return dict(found)


def documents_of(refs: Iterable[Ref], at: datetime | None = None) -> dict[Ref, list[DocumentView]]:
    """As `images_of` for PDF files, in two queries."""
    condition, found = _of(refs, ""), defaultdict(list)
    for medium, rows in _media(condition, Medium.Type.DOCUMENT, at) if condition is not None else ():
        view = document_view(medium, rows)
        if medium.ref is not None and view is not None:
            found[medium.ref].append(view)
    return dict(found)


def video(medium_id: UUID, at: datetime | None = None) -> VideoView | None:
    """One video by its key, whatever it belongs to; None when it is gone, expired or not yet looked at."""
    found = _media(Q(pk=medium_id), Medium.Type.VIDEO, at)
    return video_view(*found[0]) if found else None


def library(*, media_type: str = "", words: str = "", before: UUID | None = None, size: int = 20) -> list[Medium]:
    """The editors' documents and videos, newest first; `before` is the last one of the page before."""
    found = Medium.objects.filter(library=True)
    if media_type:
        found = found.filter(media_type=media_type)
    if words:
        found = found.filter(title__icontains=words)
    if before:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-id")[:size])


def library_item(medium_id: UUID, viewer: Viewer) -> Medium:
    """One of them. Raises NotFound, also for whoever may not see the library."""
    medium = Medium.objects.filter(pk=medium_id, library=True).prefetch_related("files").first()
    if medium is None or not rules.may_edit(viewer):
        raise NotFound
    return medium


def ticket_of(image_id: UUID) -> str:
    """A word that stands for a fresh upload in a form that came back; whoever has it may see and attach the picture."""
    return signing.dumps(str(image_id), salt=SALT)


def by_ticket(ticket: str) -> Medium | None:
    """The medium of a ticket, as long as it is attached to nothing and not expired."""
    try:
        medium_id = UUID(signing.loads(ticket, salt=SALT, max_age=KEPT))
    except (signing.BadSignature, ValueError):
        return None
    return Medium.objects.unattached().filter(pk=medium_id).first()


def preview_of(image: Medium) -> ImageView:
    """The picture for the person who has just sent it, with the ticket in its addresses."""
    return image_view(image, image.files.all(), ticket=ticket_of(image.id))


def may_see(  # noqa: PLR0911 - one reason after the other
    medium: Medium, viewer: Viewer, at: datetime, *, ticket: str = ""
) -> bool:
    """Whoever sent it; whoever may see what it belongs to; whoever checks that; for a fresh upload its ticket.

    The library is the editors' own. What has expired is for them and its sender only; what waits for the virus scanner
    is for nobody, but for pictures, which are drawn anew and so hold nothing of what was sent.
    """
    if medium.scan == Medium.Scan.WAITING and medium.media_type != Medium.Type.IMAGE:
        return False
    if medium.uploaded_by_id is not None and medium.uploaded_by_id == viewer.person_id:
        return True
    if medium.library and rules.may_edit(viewer):
        return True
    if medium.ref is None:
        found = by_ticket(ticket) if ticket else None
        return found is not None and found.pk == medium.pk
    if medium.state == Medium.State.EXPIRED or (medium.expires_at is not None and medium.expires_at <= at):
        return False
    if medium.scan == Medium.Scan.CLEAN and manifest.may_see(medium.ref, viewer, at):
        return True
    moderated = manifest.moderated_kinds().get((medium.ref.capability, medium.ref.kind))
    if moderated is None or not viewer.has_anywhere(Role.MODERATOR):
        return False
    preview = moderated.preview(medium.ref.id)
    return preview is not None and viewer.has(Role.MODERATOR, preview.scope)


def private_file(
    medium_id: UUID, width: int, extension: str, viewer: Viewer, at: datetime, *, ticket: str = ""
) -> File:
    """The file behind a picture's private address. Raises NotFound alike for what is not there and not to be seen."""
    row = File.objects.select_related("medium").filter(
        medium=medium_id, role=File.Role.RENDITION, width=width, extension=extension
    ).first()  # fmt: skip
    return _allowed(row, viewer, at, ticket)


def private_other(medium_id: UUID, file_id: int, viewer: Viewer, at: datetime, *, ticket: str = "") -> File:
    """As `private_file` for the files of documents and videos."""
    row = File.objects.select_related("medium").filter(pk=file_id, medium=medium_id).first()
    return _allowed(row, viewer, at, ticket)


def _allowed(row: File | None, viewer: Viewer, at: datetime, ticket: str) -> File:
    if row is None or not may_see(row.medium, viewer, at, ticket=ticket):
        raise NotFound
    return row
