"""The bytes of a kept picture, for rooms that send or change it themselves."""

from collections import defaultdict
from collections.abc import Collection
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from allmende.core.errors import NotFound
from allmende.core.refs import Ref
from allmende.engines.media.actions import files
from allmende.engines.media.models import File, Medium
from allmende.engines.media.ports import NotStored, StoreDown

SMALL = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}
TYPES = {"jpg": "image/jpeg", "png": "image/png"}


def content_of(image_id: UUID, ref: Ref) -> tuple[bytes, str]:
    """The largest rendition of a picture of `ref`, and its media type. The caller has asked who may see it.

    Raises NotFound for what is no picture of it (any more), or is out of reach at the moment.
    """
    rows = File.objects.filter(medium=image_id, role=File.Role.RENDITION, extension__in=TYPES)
    row = rows.filter(medium__in=Medium.objects.attached_to(ref)).order_by("-width").first()
    if row is None:
        raise NotFound
    try:
        return files.near(row.path).read_bytes(), TYPES[row.extension]
    except (StoreDown, NotStored, FileNotFoundError):
        raise NotFound from None


def small_pictures_of(refs: Collection[Ref], *, width: int) -> dict[Ref, list[tuple[bytes, str, str]]]:
    """Content, media type and description of the pictures of many things, each about `width` pixels wide; one query.

    For files that people take along. The caller has asked who may see them; what is out of reach is left out.
    """
    if not refs:
        return {}
    wanted = Medium.objects.filter(_any_of(refs), media_type=Medium.Type.IMAGE).exclude(state=Medium.State.EXPIRED)
    rows: defaultdict[UUID, list[File]] = defaultdict(list)
    for row in File.objects.filter(medium__in=wanted, role=File.Role.RENDITION, extension__in=SMALL).select_related(
        "medium"
    ):
        rows[row.medium_id].append(row)
    found: defaultdict[Ref, list[tuple[bytes, str, str]]] = defaultdict(list)
    for files_of_one in rows.values():
        row = min(files_of_one, key=lambda one: (abs(one.width - width), one.extension != "webp"))
        try:
            content = files.near(row.path).read_bytes()
        except (StoreDown, NotStored, FileNotFoundError):
            continue
        if row.medium.ref is not None:
            found[row.medium.ref].append((content, SMALL[row.extension], row.medium.alt))
    return dict(found)


def _any_of(refs: Collection[Ref]) -> Q:
    return reduce(or_, (Q(capability=ref.capability, kind=ref.kind, object_id=ref.id) for ref in refs))
