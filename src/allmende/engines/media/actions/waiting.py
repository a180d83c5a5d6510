"""Pictures that are drawn by the worker instead of while somebody waits: reports of faults, when many come at once.

What was sent lies in a folder of its own, which no address leads to and only our own user reads, until it is drawn
anew; then it goes. Until then the medium has no files, so nobody can be shown anything, and what is public is drawn.
What cannot be drawn becomes `PictureRefused` for the room that it belongs to.
"""

import logging
import shutil
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import SYSTEM, Actor
from allmende.core.errors import Conflict, Invalid
from allmende.core.refs import Ref
from allmende.engines.media.actions import files, pictures
from allmende.engines.media.actions.incoming import RESERVE
from allmende.engines.media.actions.keeping import described, render_later, rows_of
from allmende.engines.media.events import PictureRefused
from allmende.engines.media.models import File, Medium

logger = logging.getLogger(__name__)
TASK = "allmende.engines.media.tasks.draw"
FORGOTTEN = timedelta(minutes=10)
"""A picture that waits so long has lost its job: another one is made."""


class Busy(Exception):
    """The process that draws has no time just now: the job tries again."""


@action
def keep_waiting(
    *, actor: Actor, content: bytes, alt: str, at: datetime, language: str = "", scan: str = Medium.Scan.CLEAN
) -> Medium:
    """Stores a picture that the door let in (`pictures.admitted`), private, attached to nothing and not drawn yet."""
    image = Medium(
        media_type=Medium.Type.IMAGE,
        alt=described(alt),
        language=language,
        scan=scan,
        drawing=Medium.Drawing.WAITING,
        uploaded_by_id=actor.person_id,
        created_at=at,
    )
    target = files.sent(image.pk)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(target.parent).free < len(content) + RESERVE:
        raise Conflict(
            _("Auf dem Server ist gerade zu wenig Platz. Bitte sagen Sie der Verwaltung des Portals Bescheid.")
        )
    draft = target.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(target)
    image.save(force_insert=True)
    audit.record(actor, "media.keep_image", Ref("media", "image", image.id), fields=["alt", "files"])
    draw_later(image.pk)
    return image


def draw_later(medium_id: UUID) -> None:
    app.configure_task(TASK, queue="media").defer(medium_id=str(medium_id))


def draw_waiting(medium_id: UUID) -> bool:
    """Draws a picture that waits; safe to repeat. Returns whether it is there now. Raises Busy."""
    if not Medium.objects.filter(pk=medium_id, drawing=Medium.Drawing.WAITING).exists():
        return False
    try:
        picture = pictures.draw(files.sent(medium_id).read_bytes(), patient=True)
    except pictures.TooBusy as busy:
        raise Busy from busy
    except (Invalid, FileNotFoundError):
        _refuse(medium_id)
        return False
    with transaction.atomic():
        image = Medium.objects.select_for_update(of=("self",)).filter(pk=medium_id).first()
        if image is None or image.drawing != Medium.Drawing.WAITING:
            return False
        rows = rows_of(image, picture.files, File.Role.RENDITION)
        files.lock(row.sha256 for row in rows)
        for row, file in zip(rows, picture.files, strict=True):
            files.write(row.path, file.content)
        File.objects.bulk_create(rows)
        image.width, image.height, image.drawing = picture.width, picture.height, Medium.Drawing.DONE
        image.save(update_fields=["width", "height", "drawing"])
        for row in rows:
            files.arrange(row.path)
        render_later(medium_id)
    forget(medium_id)
    return True


@transaction.atomic
def _refuse(medium_id: UUID) -> None:
    """Nothing can be made of it: what was sent goes, and whoever it belongs to is told."""
    image = Medium.objects.select_for_update(of=("self",)).filter(pk=medium_id).first()
    if image is not None and image.drawing == Medium.Drawing.WAITING:
        image.drawing = Medium.Drawing.REFUSED
        image.save(update_fields=["drawing"])
        if image.ref is not None:  # a loose picture is told of when it is attached
            events.publish(SYSTEM, PictureRefused(ref=image.ref, medium_id=image.pk))
    transaction.on_commit(lambda: forget(medium_id))


def forget(medium_id: UUID) -> None:
    files.sent(medium_id).unlink(missing_ok=True)


def draw_forgotten(at: datetime) -> int:
    """Makes another job for each picture that has lost its own, and removes bytes that nobody waits for any more."""
    waiting = Medium.objects.filter(drawing=Medium.Drawing.WAITING)
    for medium_id in waiting.filter(created_at__lt=at - FORGOTTEN).values_list("pk", flat=True)[:200]:
        draw_later(medium_id)
    folder = files.sent(UUID(int=0)).parent
    wanted = {pk.hex for pk in waiting.values_list("pk", flat=True)}
    old = (at - FORGOTTEN).timestamp()
    stray = [path for path in folder.glob("*") if path.name not in wanted and path.stat().st_mtime < old]
    for path in stray:
        path.unlink(missing_ok=True)
    return len(stray)
