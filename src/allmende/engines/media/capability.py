from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from allmende.core.city import CityPack
from allmende.core.manifest import EVERYONE, Manifest, Page, PersonalData, SettingSpec


def _example() -> Mapping[str, Any] | None:
    """A file of a picture that anyone may see, by its private address."""
    from allmende.engines.media.models import File, Medium

    pictures = File.objects.filter(role=File.Role.RENDITION, medium__state=Medium.State.PUBLIC)
    row = pictures.order_by("medium_id", "width").first()
    return {"image_id": row.medium_id, "width": row.width, "extension": row.extension} if row else None


def _export(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    from allmende.engines.media.models import Medium

    for image in Medium.objects.filter(uploaded_by=person_id).prefetch_related("files"):
        yield {
            "id": str(image.id),
            "alt": image.alt,
            "sent": image.created_at.isoformat(),
            "belongs_to": str(image.ref or ""),
            "files": [f"private/{row.path}" for row in image.files.all()],
        }


def _erase(person_id: UUID, keep_texts: bool) -> object:  # noqa: FBT001 - the manifest's shape
    from allmende.engines.media import actions

    return actions.forget_uploader(person_id, keep_pictures=keep_texts)


def _expire(at: datetime) -> int:
    from allmende.engines.media import actions

    return actions.expire_unattached(at=at)


def _seed(pack: CityPack) -> None:
    from allmende.engines.media import seeds

    seeds.seed(pack)


manifest = Manifest(
    name="media",
    label=_("Bilder"),
    summary=_("Bilder, die Menschen senden: neu gezeichnet, ohne Ort und Kamera, bis zur Freigabe nicht öffentlich."),
    plain_urls="allmende.engines.media.urls",
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
    pages=(Page("media:private", EVERYONE, kwargs=_example, axe=False),),
    personal_data=(
        PersonalData(
            kind="images",
            label=_("Bilder"),
            purpose=_("Sie zeigen, worum es in einem Beitrag geht. Ohne Beitrag löschen wir sie nach 24 Stunden."),
            retention=timedelta(hours=24),
            export=_export,
            erase=_erase,
            expire=_expire,
        ),
    ),
)
