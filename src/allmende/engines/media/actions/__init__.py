"""Every change to pictures.

`attach`, `release`, `withdraw`, `detach` and `discard` are plain functions for inside another room's action, whose
audit entry covers them: the picture is part of the thing that the action changes. The files follow after the commit;
should the process end in between, the hourly job lets them follow.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid
from allmende.core.refs import Ref
from allmende.engines.media.actions import files
from allmende.engines.media.actions.pictures import Picture
from allmende.engines.media.models import KEPT, Image, Rendition

__all__ = [
    "attach",
    "detach",
    "discard",
    "expire_unattached",
    "forget_uploader",
    "keep_image",
    "release",
    "settle",
    "settle_all",
    "withdraw",
]

logger = logging.getLogger(__name__)

ALT_LENGTH = 300


@action
def keep_image(*, actor: Actor, picture: Picture, alt: str, at: datetime) -> Image:
    """Stores a picture, private and attached to nothing. Anyone may; it goes after 24 hours unless it is attached."""
    image = Image(
        alt=_described(alt), width=picture.width, height=picture.height, uploaded_by_id=actor.person_id, created_at=at
    )
    rows = [
        Rendition(
            image=image,
            width=file.width,
            height=file.height,
            extension=file.extension,
            sha256=file.sha256,
            size=len(file.content),
        )
        for file in picture.files
    ]
    files.lock(row.sha256 for row in rows)
    for row, file in zip(rows, picture.files, strict=True):
        files.write(row.path, file.content)
    image.save(force_insert=True)
    Rendition.objects.bulk_create(rows)
    audit.record(actor, "media.keep_image", Ref("media", "image", image.id), fields=["alt", "renditions"])
    return image


def _described(alt: str) -> str:
    alt = " ".join(alt.replace("\0", "").split())
    if len(alt) > ALT_LENGTH:
        raise Invalid(fields={"alt": _("Bitte beschreiben Sie das Bild mit höchstens 300 Zeichen.")})
    return alt


def attach(image_id: UUID, ref: Ref, *, person_id: UUID | None = None) -> Image:
    """Makes the picture part of `ref`; call inside an action. Attaching it there again does nothing.

    `person_id` names a guest who had no person yet when the picture was sent. Raises Invalid when the picture has
    expired and Conflict when it is part of something else.
    """
    _inside_an_action()
    image = Image.objects.select_for_update(of=("self",)).filter(pk=image_id).first()
    if image is None:
        raise Invalid(_("Das Bild ist nicht mehr da. Bitte wählen Sie es noch einmal aus."))
    if image.ref not in {None, ref}:
        raise Conflict(_("Dieses Bild gehört schon zu einem anderen Beitrag."))
    image.capability, image.kind, image.object_id = ref.capability, ref.kind, ref.id
    if image.uploaded_by_id is None:
        image.uploaded_by_id = person_id
    image.save(update_fields=["capability", "kind", "object_id", "uploaded_by"])
    return image


def detach(image_id: UUID, *, at: datetime) -> None:
    """Takes a picture off its thing; call inside an action. It is private at once and gone after 24 hours."""
    _inside_an_action()
    Image.objects.filter(pk=image_id).update(
        capability="", kind="", object_id=None, state=Image.State.PRIVATE, created_at=at
    )
    _settle_after_commit([image_id])


def release(ref: Ref) -> int:
    """Makes the pictures of `ref` public; call inside an action. Returns how many there are."""
    return _decide(ref, Image.State.PUBLIC)


def withdraw(ref: Ref) -> int:
    """Makes the pictures of `ref` private again; call inside an action. Their public addresses end with the commit."""
    return _decide(ref, Image.State.PRIVATE)


def _decide(ref: Ref, state: Image.State) -> int:
    _inside_an_action()
    found = list(Image.objects.attached_to(ref).values_list("pk", flat=True))
    Image.objects.filter(pk__in=found).update(state=state)
    _settle_after_commit(found)
    return len(found)


def discard(images: Iterable[UUID]) -> int:
    """Deletes pictures and, after the commit, those of their files that no other picture needs."""
    with transaction.atomic():
        found = list(images)
        paths = sorted({row.path for row in Rendition.objects.filter(image__in=found)})
        count = Image.objects.filter(pk__in=found).delete()[1].get("media.Image", 0)
        transaction.on_commit(lambda: _arrange(paths), robust=True)
    return count


def expire_unattached(*, at: datetime) -> int:
    """Deletes what was sent more than 24 hours ago and belongs to nothing; returns how many pictures."""
    old = Image.objects.filter(object_id=None, created_at__lt=at - KEPT)
    return discard(old.values_list("pk", flat=True))


def forget_uploader(person_id: UUID, *, keep_pictures: bool) -> int:
    """Erasure: the person's pictures go, or stay without their name; loose ones always go."""
    mine = Image.objects.filter(uploaded_by=person_id)
    if keep_pictures:
        discard(mine.filter(object_id=None).values_list("pk", flat=True))
        return mine.update(uploaded_by=None)
    return discard(mine.values_list("pk", flat=True))


def settle(image_id: UUID) -> bool:
    """Lets the files of a picture follow its state; safe to repeat. Returns whether they are now where they belong."""
    image = Image.objects.filter(pk=image_id).first()
    if image is None:
        return True
    try:
        for row in image.renditions.all():
            files.arrange(row.path)
    except OSError as error:
        logger.exception("A picture's files could not be put in place: %s", type(error).__name__)
        return False
    # Only if nobody decided otherwise meanwhile; whoever did settles after us.
    return Image.objects.filter(pk=image_id, state=image.state).update(placed=image.state) == 1


def settle_all() -> int:
    """Settles what a crash left between a decision and its files; returns how many pictures that were."""
    waiting = list(Image.objects.unsettled().values_list("pk", flat=True))
    return sum(settle(image_id) for image_id in waiting)


def _settle_after_commit(images: Iterable[UUID]) -> None:
    for image_id in images:
        transaction.on_commit(lambda image_id=image_id: settle(image_id), robust=True)  # type: ignore[misc]


def _arrange(paths: Iterable[str]) -> None:
    for path in paths:
        files.arrange(path)


def _inside_an_action() -> None:
    assert connection.in_atomic_block, "this belongs inside an action"
