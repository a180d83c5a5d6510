from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from allmende.core.actor import Role
from allmende.core.city import CityPack
from allmende.core.manifest import ADMINISTRATORS, EVERYONE, Manifest, MenuItem, Page, PersonalData, SettingSpec


def _example() -> Mapping[str, Any] | None:
    """A file of a picture that anyone may see, by its private address."""
    from allmende.engines.media.models import File, Medium

    pictures = File.objects.filter(role=File.Role.RENDITION, medium__state=Medium.State.PUBLIC)
    row = pictures.order_by("medium_id", "width").first()
    return {"image_id": row.medium_id, "width": row.width, "extension": row.extension} if row else None


def _example_video() -> Mapping[str, Any] | None:
    """A video of the editors' library."""
    from allmende.engines.media.models import Medium

    row = Medium.objects.filter(library=True, media_type=Medium.Type.VIDEO, link="").first()
    return {"medium_id": row.pk} if row else None


def _example_file() -> Mapping[str, Any] | None:
    """A file of a document that is not public."""
    from allmende.engines.media.models import File

    rows = File.objects.filter(role=File.Role.DOCUMENT, medium__library=True, medium__object_id=None)
    row = rows.filter(medium__state="private").first()
    return {"medium_id": row.medium_id, "file_id": row.pk, "extension": row.extension} if row else None


def _export(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    from allmende.engines.media.models import Medium

    for image in Medium.objects.filter(uploaded_by=person_id).prefetch_related("files"):
        yield {
            "id": str(image.id),
            "type": image.media_type,
            "title": image.title,
            "alt": image.alt,
            "sent": image.created_at.isoformat(),
            "belongs_to": str(image.ref or ""),
            "files": [f"private/{row.path}" for row in image.files.all()],
        }


def _files(person_id: UUID) -> Iterable[tuple[str, Path]]:
    """The person's own pictures; what editors keep in the library is the city's."""
    from allmende.engines.media.actions.files import near
    from allmende.engines.media.models import File
    from allmende.engines.media.ports import NotStored

    for row in File.objects.filter(medium__uploaded_by=person_id, medium__library=False).order_by("id"):
        with suppress(NotStored):  # the nightly comparison names it
            yield row.path, near(row.path)


def _erase(person_id: UUID, keep_texts: bool) -> object:  # noqa: FBT001 - the manifest's shape
    from allmende.engines.media import actions

    return actions.forget_uploader(person_id, keep_pictures=keep_texts)


def _expire(at: datetime) -> int:
    from allmende.engines.media import actions

    return actions.expire_unattached(at=at)


def _seed(pack: CityPack) -> None:
    from allmende.engines.media import seeds

    seeds.seed(pack)


EDITORS = ADMINISTRATORS
"""Of the personas of the access matrix, those who may edit; whoever holds the role of an editor may too."""

manifest = Manifest(
    name="media",
    label=_("Bilder und Videos"),
    summary=_("Bilder, Videos und PDF: ohne Ort und Kamera, bis zur Freigabe nicht öffentlich."),
    urls="allmende.engines.media.urls",
    prefix="verwaltung/medien/",
    plain_urls="allmende.engines.media.urls.files",
    menu=(
        MenuItem(
            _("Videos und PDF"),
            "medialibrary:overview",
            order=60,
            staff=True,
            roles=frozenset({Role.EDITOR, Role.ADMINISTRATOR}),
            summary=_("Hochladen, Untertitel, Gebärdensprache, Rechte"),
        ),
    ),
    api="allmende.engines.media.api",
    seed=_seed,
    seed_order=900,  # after the contributions
    settings=(
        SettingSpec("media.image_mb", _("Bilder: höchstens so viele Megabyte"), 15, kind="number"),
        SettingSpec("media.image_megapixels", _("Bilder: höchstens so viele Millionen Bildpunkte"), 60, kind="number"),
        SettingSpec("media.document_mb", _("PDF-Dateien: höchstens so viele Megabyte"), 20, kind="number"),
        SettingSpec("media.video_mb", _("Videos: höchstens so viele Megabyte"), 500, kind="number"),
        SettingSpec(
            "media.cache_mb",
            _("Speicherdienst: so viele Megabyte bleiben auf diesem Rechner"),
            5000,
            hint=_("Nur wichtig, wenn die Dateien bei einem Speicherdienst (S3) liegen."),
            kind="number",
        ),
    ),
    pages=(
        Page("media:private", EVERYONE, kwargs=_example, axe=False),
        Page("media:private_file", EDITORS, kwargs=_example_file, axe=False),
        Page("medialibrary:overview", EDITORS),
        Page("medialibrary:new", EDITORS),
        Page("medialibrary:new_link", EDITORS),
        Page("medialibrary:begin", EDITORS, post_only=True),
        Page("medialibrary:part", EDITORS, post_only=True),
        *(
            Page(f"medialibrary:{name}", EDITORS, kwargs=_example_video)
            for name in ("item", "change", "captions", "sign", "poster", "remove")
        ),
    ),
    personal_data=(
        PersonalData(
            kind="images",
            label=_("Bilder"),
            purpose=_("Sie zeigen, worum es in einem Beitrag geht. Ohne Beitrag löschen wir sie nach 24 Stunden."),
            retention=timedelta(hours=24),
            export=_export,
            erase=_erase,
            expire=_expire,
            files=_files,
        ),
    ),
)
