"""Large files on their way in: pieces are appended to a file of their own, so that nothing large is held in memory.

A signed ticket says how large the whole will be and whose it is; how much has come says the file itself. So a sender
whose connection broke asks and goes on, also after a restart. What is not finished goes after 24 hours, with the other
waiting uploads.
"""

import fcntl
import os
import shutil
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext as _

from allmende.core.errors import Conflict, Invalid
from allmende.core.ids import uuid7
from allmende.engines.media.actions import films
from allmende.engines.media.actions.pictures import MEGABYTE, Readable
from allmende.ui.forms.kept import KEPT_FOR, uploads

SALT = "media.incoming"
PIECE = 8 * 1024 * 1024
"""Bytes of one piece; the shell takes bodies of 32 MiB."""
RESERVE = 1024 * 1024 * 1024
"""Bytes that stay free on the disk."""
BLOCK = 1024 * 1024


def begin(size: int, person_id: UUID | None) -> str:
    """The ticket for a file of `size` bytes. Raises Invalid when it is too large, or the disk too full."""
    if not 0 < size <= films.limit():
        raise Invalid(
            _("Die Datei ist größer als %(size)s Megabyte. Bitte speichern Sie sie kleiner.")
            % {"size": films.limit() // MEGABYTE}
        )
    if shutil.disk_usage(uploads()).free < size + RESERVE:
        raise Conflict(
            _("Auf dem Server ist gerade zu wenig Platz. Bitte sagen Sie der Verwaltung des Portals Bescheid.")
        )
    name = f"in-{uuid7().hex}"
    (uploads() / name).touch(mode=0o600)
    return signing.dumps([name, size, str(person_id or "")], salt=SALT)


def _opened(ticket: str, person_id: UUID | None) -> tuple[Path, int]:
    """The file of a ticket and the size that it is to have. Raises Invalid for a ticket that is void."""
    try:
        name, size, owner = signing.loads(ticket, salt=SALT, max_age=KEPT_FOR)
    except (signing.BadSignature, ValueError):
        name, size, owner = "", 0, None
    path = uploads() / (name or "-")
    if owner != str(person_id or "") or not path.is_file():
        raise Invalid(_("Das Hochladen ist abgelaufen. Bitte beginnen Sie noch einmal."))
    return path, int(size)


def received(ticket: str, person_id: UUID | None) -> int:
    """How many bytes have come. Raises Invalid."""
    return _opened(ticket, person_id)[0].stat().st_size


def append(ticket: str, person_id: UUID | None, offset: int, content: Readable) -> int:
    """Adds a piece that begins at `offset`; returns how many bytes have come now.

    Raises Conflict when another number of bytes has come (ask and go on from there), Invalid for more than was told.
    """
    path, size = _opened(ticket, person_id)
    with path.open("rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        end = file.seek(0, os.SEEK_END)
        if end != offset:
            raise Conflict(_("Von dieser Datei ist schon ein anderer Teil da. Bitte laden Sie die Seite neu."))
        taken = 0
        while block := content.read(BLOCK):
            taken += len(block)
            if taken > PIECE or end + taken > size:
                file.truncate(end)
                raise Invalid(_("Die Datei ist größer als angekündigt. Bitte beginnen Sie noch einmal."))
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return end + taken


def finished(ticket: str, person_id: UUID | None) -> Path:
    """The whole file, which the caller moves away. Raises Invalid when something is missing."""
    path, size = _opened(ticket, person_id)
    if path.stat().st_size != size:
        raise Invalid(_("Die Datei ist noch nicht vollständig da. Bitte warten Sie, bis alles hochgeladen ist."))
    return path


def received_at_once(upload: BinaryIO) -> Path:
    """A file from a plain form, written to the same place block by block."""
    path = uploads() / f"in-{uuid7().hex}"
    upload.seek(0)
    with path.open("xb") as file:
        shutil.copyfileobj(upload, file, BLOCK)
    return path
