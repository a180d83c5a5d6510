"""Imports that take a while: started by a person or a command, run by a worker, watched by whoever comes back."""

import logging
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.core import audit, city
from allmende.core.actions import action
from allmende.core.actor import SYSTEM, Actor
from allmende.core.errors import Conflict, DomainError
from allmende.engines.places import adapters, rules
from allmende.engines.places.actions.rows import SourceData, replace_places
from allmende.engines.places.models import Import, Source
from allmende.engines.places.ports import Extract

log = logging.getLogger(__name__)


def folder() -> Path:
    """Where files wait for their import; private."""
    found: Path = settings.CONFIG.city_home / "imports"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


@action
def start_import(*, actor: Actor, data: SourceData, file: UploadedFile[bytes], at: datetime) -> Import:
    """Keeps the file and lets a worker read it. One import of a source at a time."""
    from allmende.engines.places.tasks import defer_import

    rules.require_may_import(actor.viewer)
    if Import.objects.filter(source_key=data.key, state__in=[Import.State.WAITING, Import.State.RUNNING]).exists():
        raise Conflict(_("Diese Quelle wird gerade eingelesen. Bitte warten Sie, bis das fertig ist."))
    name = Path(file.name or "datei").name[-120:]
    row = Import.objects.create(
        source_key=data.key,
        form={
            "name": data.name, "licence": data.licence, "licence_url": data.licence_url, "attribution": data.attribution
        },
        file_name=name,
        started_by_id=actor.person_id,
        created_at=at,
    )  # fmt: skip
    with (folder() / f"{row.pk}{Path(name).suffix.lower()}").open("xb") as target:
        shutil.copyfileobj(file, target)
    audit.record(actor, "places.start_import", row.ref, fields=["file_name"])
    defer_import(row.pk)
    return row


def run_import(import_id: UUID) -> None:
    """Reads the file and replaces the source's places; what goes wrong is written where people look for it."""
    row = Import.objects.get(pk=import_id)
    path = folder() / f"{row.pk}{Path(row.file_name).suffix.lower()}"
    if row.state in {Import.State.DONE, Import.State.FAILED} or not path.exists():
        return
    Import.objects.filter(pk=row.pk).update(state=Import.State.RUNNING, step="read")
    with _Watch(row.pk) as watch:
        try:
            source, skipped = import_files(
                SourceData(key=row.source_key, **row.form), [path], shown=row.file_name, progress=watch
            )
        except DomainError as error:
            outcome: dict[str, Any] = {"state": Import.State.FAILED, "message": str(error.message)}
        except Exception:
            log.exception("an import of places failed")
            outcome = {
                "state": Import.State.FAILED,
                "message": _("Beim Einlesen ist etwas schiefgegangen. An den bisherigen Orten wurde nichts geändert."),
            }
        else:
            outcome = {"state": Import.State.DONE, "counts": {**source.counts, "skipped": skipped}}
    Import.objects.filter(pk=row.pk).update(finished_at=timezone.now(), **outcome)
    path.unlink(missing_ok=True)


def import_files(
    data: SourceData, paths: list[Path], *, shown: str = "", progress: Callable[[str, int, int], object]
) -> tuple[Source, int]:
    """Reads the files and replaces the source's places. Returns the source and how many rows could not be used.

    Raises Invalid with a sentence, before anything is changed.
    """
    here = city.current()
    found = Extract().add(
        adapters.read(path, near=here.centre, city=here.name, progress=progress, shown=shown) for path in paths
    )
    source = replace_places(
        actor=SYSTEM,
        data=data,
        extract=found,
        digest=adapters.digest(paths),
        progress=progress,
        at=timezone.now(),
    )
    return source, sum(found.skipped.values())


class _Watch(AbstractContextManager["_Watch"]):
    """Tells how far an import is, over a connection of its own: the import's own changes are not seen until its end."""

    def __init__(self, import_id: UUID) -> None:
        self.import_id = import_id
        self.told: tuple[str, float] = ("", 0.0)

    def __enter__(self) -> Self:
        self.beside = connection.copy()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.beside.close()

    def __call__(self, step: str, done: int, total: int) -> None:
        """At most twice a second, and at every new step."""
        now = timezone.now().timestamp()
        if step == self.told[0] and now - self.told[1] < 0.5:  # noqa: PLR2004 - seconds
            return
        self.told = (step, now)
        with self.beside.cursor() as cursor:
            cursor.execute(
                "UPDATE places_import SET step = %s, done = %s, total = %s WHERE id = %s",
                [step, done, total, self.import_id],
            )
