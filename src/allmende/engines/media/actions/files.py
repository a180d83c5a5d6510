"""The two trees of files, `MEDIA_ROOT/private` and `MEDIA_ROOT/public`.

The private tree holds every file that any picture needs. The public tree holds a second name (a hard link) for those
files that a public picture needs: publishing copies no byte and takes no step that could be seen half done. Whatever
changes a file's place takes the lock of its hash first and looks at the database under it, so that pictures
with the same bytes cannot take each other's files away.
"""

import errno
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import connection, transaction

from allmende.engines.media.models import Image, Rendition

type Tree = Literal["private", "public"]
LOCKS = 0x6D656469
"""Class of the advisory locks of this room: "medi"."""
NO_LINKS = {errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP}
"""A file system that has no hard links says one of these; then the bytes are copied."""


def root(tree: Tree) -> Path:
    return Path(settings.MEDIA_ROOT) / tree


def locate(tree: Tree, path: str) -> Path:
    return root(tree) / path


def lock(hashes: Iterable[str]) -> None:
    """Waits until nobody else places files with these hashes; ends with the transaction."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        for sha256 in sorted(set(hashes)):
            number = int.from_bytes(bytes.fromhex(sha256[:8]), "big", signed=True)
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, number])


def write(path: str, content: bytes) -> None:
    """Puts a file into the private tree, wholly or not at all, and safely on the disk."""
    target = locate("private", path)
    if target.exists() and target.stat().st_size == len(content):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{secrets.token_hex(8)}"
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)


def arrange(path: str) -> None:
    """Brings both trees to what the database wants of this file. Safe to repeat, safe to interrupt.

    Raises FileNotFoundError when a public picture needs a file that is gone.
    """
    sha256 = path.partition(".")[0].replace("/", "")
    with transaction.atomic():
        lock([sha256])
        uses = Rendition.objects.filter(sha256=sha256)
        if uses.filter(image__state=Image.State.PUBLIC).exists():
            _publish(path)
        else:
            locate("public", path).unlink(missing_ok=True)
            if not uses.exists():
                locate("private", path).unlink(missing_ok=True)


def _publish(path: str) -> None:
    source, target = locate("private", path), locate("public", path)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{secrets.token_hex(8)}"
    try:
        try:
            os.link(source, draft)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            shutil.copyfile(source, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Makes a new name in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def walk(tree: Tree) -> Iterator[tuple[str, os.stat_result]]:
    """Every file of a tree, half-written ones included: path below the tree, and what the disk says of it."""
    for folder in sorted(root(tree).glob("*")):
        for found in sorted(folder.iterdir()) if folder.is_dir() else ():
            yield f"{folder.name}/{found.name}", found.stat()
