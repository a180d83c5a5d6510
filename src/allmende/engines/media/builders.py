"""Pictures for tests: small, cheap, and some that mean harm."""

import io
from uuid import UUID

from django.db import transaction
from PIL import Image as Pillow

from allmende.core.ids import uuid7
from allmende.core.refs import Ref
from allmende.engines.media import interface
from allmende.engines.media.models import Medium


def jpeg(width: int = 60, height: int = 40, *, colour: str = "#2f6f4f", **options: object) -> bytes:
    """The bytes of a plain JPEG; `options` go to the encoder (exif, icc_profile, progressive …)."""
    return encoded(Pillow.new("RGB", (width, height), colour), "JPEG", **options)


def encoded(image: Pillow.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def image_of(
    ref: Ref, *, alt: str = "Eine Bank unter einer Linde", public: bool = False, colour: str = "#2f6f4f"
) -> Medium:
    """A picture that belongs to `ref`."""
    image = interface.take_image(jpeg(colour=colour), alt=alt)
    with transaction.atomic():
        image = interface.attach(image.id, ref)
        if public:
            interface.release(ref)
    image.refresh_from_db()
    return image


def some_ref(id_: UUID | None = None) -> Ref:
    """A thing that no room knows."""
    return Ref("nowhere", "thing", id_ or uuid7())
