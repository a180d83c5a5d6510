"""Reading pictures: which belong to a thing, under which addresses, and who may see a private one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from allmende.core import manifest
from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotFound
from allmende.core.refs import Ref
from allmende.engines.media.models import KEPT, Image, Rendition

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

    @property
    def src(self) -> str:
        """The address for whoever wants only one."""
        return self.sources[-1].url

    @property
    def srcset(self) -> str:
        """The WebP files for `srcset` of a `source`."""
        return ", ".join(f"{source.url} {source.width}w" for source in self.sources if source.extension == "webp")

    @property
    def text(self) -> str:
        """The description, or an honest word that there is none."""
        return self.alt or _("Bild ohne Beschreibung")

    def nearest(self, width: int) -> Source:
        """The smallest WebP file at least `width` pixels wide, else the widest."""
        small = [source for source in self.sources if source.extension == "webp"]
        return next((source for source in small if source.width >= width), small[-1])


def _view(image: Image, rows: Iterable[Rendition], *, ticket: str = "") -> ImageView:
    public = image.state == image.placed == Image.State.PUBLIC
    sources = []
    for row in sorted(rows, key=lambda row: (row.extension != "webp", row.width)):
        if public:
            url = PUBLIC_PREFIX + row.path
        else:
            url = reverse("media:private", args=[image.id, row.width, row.extension])
            url += f"?ticket={ticket}" if ticket else ""
        sources.append(Source(url, row.width, row.height, row.extension))
    return ImageView(image.id, image.alt, image.width, image.height, tuple(sources))


def images_of(refs: Iterable[Ref]) -> dict[Ref, list[ImageView]]:
    """The pictures of many things in one query, in the order in which they were sent; things without one are absent.

    Asks nobody who is looking: a private picture gets an address that asks.
    """
    wanted: defaultdict[tuple[str, str], list[UUID]] = defaultdict(list)
    for ref in refs:
        wanted[ref.capability, ref.kind].append(ref.id)
    if not wanted:
        return {}
    conditions = (
        Q(image__capability=capability, image__kind=kind, image__object_id__in=ids)
        for (capability, kind), ids in wanted.items()
    )
    images: dict[UUID, tuple[Image, list[Rendition]]] = {}
    for row in Rendition.objects.filter(reduce(or_, conditions)).select_related("image").order_by("image_id"):
        images.setdefault(row.image_id, (row.image, []))[1].append(row)
    found: defaultdict[Ref, list[ImageView]] = defaultdict(list)
    for image, rows in images.values():
        if image.ref is not None:
            found[image.ref].append(_view(image, rows))
    return dict(found)


def ticket_of(image_id: UUID) -> str:
    """A word that stands for a fresh upload in a form that came back; whoever has it may see and attach the picture."""
    return signing.dumps(str(image_id), salt=SALT)


def by_ticket(ticket: str) -> Image | None:
    """The picture of a ticket, as long as it is attached to nothing and not expired."""
    try:
        image_id = UUID(signing.loads(ticket, salt=SALT, max_age=KEPT))
    except (signing.BadSignature, ValueError):
        return None
    return Image.objects.unattached().filter(pk=image_id).first()


def preview_of(image: Image) -> ImageView:
    """The picture for the person who has just sent it, with the ticket in its addresses."""
    return _view(image, image.renditions.all(), ticket=ticket_of(image.id))


def may_see(image: Image, viewer: Viewer, at: datetime, *, ticket: str = "") -> bool:
    """Whoever sent it; whoever may see what it belongs to; whoever checks that; for a fresh upload its ticket."""
    if image.uploaded_by_id is not None and image.uploaded_by_id == viewer.person_id:
        return True
    if image.ref is None:
        found = by_ticket(ticket) if ticket else None
        return found is not None and found.pk == image.pk
    if manifest.may_see(image.ref, viewer, at):
        return True
    moderated = manifest.moderated_kinds().get((image.ref.capability, image.ref.kind))
    if moderated is None or not viewer.has_anywhere(Role.MODERATOR):
        return False
    preview = moderated.preview(image.ref.id)
    return preview is not None and viewer.has(Role.MODERATOR, preview.scope)


def private_file(
    image_id: UUID, width: int, extension: str, viewer: Viewer, at: datetime, *, ticket: str = ""
) -> Rendition:
    """The file behind a private address. Raises NotFound alike for what is not there and what is not to be seen."""
    row = Rendition.objects.select_related("image").filter(image=image_id, width=width, extension=extension).first()
    if row is None or not may_see(row.image, viewer, at, ticket=ticket):
        raise NotFound
    return row
