"""Keeping what came in through a door: a row, its files, its audit entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Invalid
from allmende.core.refs import Ref
from allmende.engines.media.actions import apart, files, pictures
from allmende.engines.media.models import File, Medium
from allmende.engines.media.ports import NotStored, StoreDown

ALT_LENGTH = 300
CREDIT_LENGTH = 200
LICENCE_LENGTH = 80


@dataclass(frozen=True)
class Rights:
    """Whose a medium is, under which licence, until when the city may show it."""

    credit: str = ""
    licence: str = ""
    expires_at: datetime | None = None

    def fitting(self) -> "Rights":
        """With single blanks. Raises Invalid for what is too long."""
        credit, licence = one_line(self.credit), one_line(self.licence)
        if len(credit) > CREDIT_LENGTH:
            raise Invalid(fields={"credit": _("Bitte nennen Sie die Quelle mit höchstens 200 Zeichen.")})
        if len(licence) > LICENCE_LENGTH:
            raise Invalid(fields={"licence": _("Bitte nennen Sie die Lizenz mit höchstens 80 Zeichen.")})
        return Rights(credit, licence, self.expires_at)


@action
def keep_image(
    *,
    actor: Actor,
    picture: pictures.Picture,
    alt: str,
    at: datetime,
    decorative: bool = False,
    rights: Rights | None = None,
    language: str = "",
    library: bool = False,
    scan: str = Medium.Scan.CLEAN,
) -> Medium:
    """Stores a picture, private and attached to nothing. Anyone may; it goes after 24 hours unless it is attached."""
    given = (rights or Rights()).fitting()
    image = Medium(
        media_type=Medium.Type.IMAGE,
        alt="" if decorative else described(alt),
        decorative=decorative,
        credit=given.credit,
        licence=given.licence,
        expires_at=given.expires_at,
        language=language,
        library=library,
        scan=scan,
        width=picture.width,
        height=picture.height,
        uploaded_by_id=actor.person_id,
        created_at=at,
    )
    rows = rows_of(image, picture.files, File.Role.RENDITION)
    files.lock(row.sha256 for row in rows)
    for row, file in zip(rows, picture.files, strict=True):
        files.write(row.path, file.content)
    image.save(force_insert=True)
    File.objects.bulk_create(rows)
    audit.record(actor, "media.keep_image", Ref("media", "image", image.id), fields=["alt", "files"])
    render_later(image.pk)
    return image


def rows_of(medium: Medium, made: Sequence[pictures.File], role: str) -> list[File]:
    return [
        File(
            medium=medium,
            role=role,
            width=file.width,
            height=file.height,
            extension=file.extension,
            sha256=file.sha256,
            size=len(file.content),
        )
        for file in made
    ]


def render_later(medium_id: UUID) -> None:
    """The finer renditions, and the way to the storage service, are the worker's; the job exists if the row does."""
    app.configure_task("allmende.engines.media.tasks.render", queue="media").defer(medium_id=str(medium_id))


def render(medium_id: UUID) -> int:
    """Adds the renditions that a picture or a video's poster lacks; returns how many. Safe to repeat."""
    medium = Medium.objects.filter(pk=medium_id).first()
    role = File.Role.POSTER if medium is not None and medium.media_type == Medium.Type.VIDEO else File.Role.RENDITION
    there = File.objects.filter(medium=medium_id, role=role)
    master = there.filter(extension__in=("jpg", "png")).order_by("-width").first()
    if medium is None or master is None or there.filter(extension="avif").exists():
        return 0
    try:
        made, fingerprint = pictures.finer(files.near(master.path).read_bytes())
    except (apart.Broken, FileNotFoundError, StoreDown, NotStored):
        return 0  # small WebP and JPEG are there; the nightly comparison names a file that is gone
    with transaction.atomic():
        if Medium.objects.select_for_update(of=("self",)).filter(pk=medium_id).first() is None:
            return 0
        if fingerprint is not None:
            Medium.objects.filter(pk=medium_id).update(fingerprint=fingerprint - Medium.HALF)
        have = set(there.values_list("width", "extension"))
        made = tuple(file for file in made if (file.width, file.extension) not in have)
        rows = rows_of(medium, made, role)
        files.lock(row.sha256 for row in rows)
        for row, file in zip(rows, made, strict=True):
            files.write(row.path, file.content)
        File.objects.bulk_create(rows)
        for row in rows:
            files.arrange(row.path)  # before the commit: no page names a file that is not there yet
    return len(rows)


def described(alt: str) -> str:
    alt = one_line(alt)
    if len(alt) > ALT_LENGTH:
        raise Invalid(fields={"alt": _("Bitte beschreiben Sie das Bild mit höchstens 300 Zeichen.")})
    return alt


def one_line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
