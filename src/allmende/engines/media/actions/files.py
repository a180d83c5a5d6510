"""The two trees of files, `MEDIA_ROOT/private` and `MEDIA_ROOT/public`, and the storage service behind them.

The private tree holds every file that any medium needs. The public tree holds a second name (a hard link) for those
files that a public medium needs: publishing copies no byte and takes no step that could be seen half done. Whatever
changes a file's place takes the lock of its hash first and looks at the database under it, so that media
with the same bytes cannot take each other's files away.

With a storage service the private tree is what of it lies near: new files are written here and brought there by a job,
so a service that is down stops nobody. There is no public tree then: each address is asked for in the database.
"""

import errno
import hashlib
import logging
import os
import secrets
import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from allmende.engines.media.models import File, Medium
from allmende.engines.media.ports import StoreDown, store

type Tree = Literal["private", "public"]
LOCKS = 0x6D656469
"""Class of the advisory locks of this room: "medi"."""
NO_LINKS = {errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP}
"""A file system that has no hard links says one of these; then the bytes are copied."""
FETCHES = 2
"""How many files a process fetches at once: a slow service must not take all threads that answer pages."""

logger = logging.getLogger(__name__)
_fetching = threading.BoundedSemaphore(FETCHES)


def root(tree: Tree) -> Path:
    return Path(settings.MEDIA_ROOT) / tree


def locate(tree: Tree, path: str) -> Path:
    return root(tree) / path


def sent(medium_id: UUID) -> Path:
    """Where the bytes of a picture lie that the worker has still to draw: in neither tree, so that nobody gets them."""
    return Path(settings.MEDIA_ROOT) / "waiting" / medium_id.hex


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
    draft = _draft(target)
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)


def adopt(path: str, source: Path) -> None:
    """Moves a finished file of any size into the private tree; `source` is gone afterwards."""
    target = locate("private", path)
    if target.exists() and target.stat().st_size == source.stat().st_size:
        source.unlink()
        return
    draft = _draft(target)
    try:
        try:
            source.replace(draft)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            shutil.copyfile(source, draft)
            source.unlink()
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _draft(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.parent / f".{secrets.token_hex(8)}"


def hash_of(path: str) -> str:
    return path.partition(".")[0].replace("/", "")


def arrange(path: str) -> None:
    """Brings both trees to what the database wants of this file. Safe to repeat, safe to interrupt.

    Raises FileNotFoundError when a public medium needs a file that is gone.
    """
    sha256 = hash_of(path)
    with transaction.atomic():
        lock([sha256])
        uses = File.objects.filter(sha256=sha256)
        public = uses.filter(medium__state=Medium.State.PUBLIC, medium__scan=Medium.Scan.CLEAN)
        if not store().remote and public.exists():
            _publish(path)
            return
        locate("public", path).unlink(missing_ok=True)
        if not uses.exists():
            locate("private", path).unlink(missing_ok=True)
            _forget(path)


def _forget(path: str) -> None:
    """Deletes what the service has; when it is down, the nightly comparison does."""
    try:
        store().remove(path)
    except StoreDown as down:
        logger.warning("The storage service did not delete a file: %s", down)


def _publish(path: str) -> None:
    source, target = locate("private", path), locate("public", path)
    if target.exists():
        return
    draft = _draft(target)
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


def near(path: str) -> Path:
    """The file on this disk, fetched from the storage service when it is not there.

    Raises StoreDown, NotStored, and StoreDown too for bytes that are not those of the name.
    """
    target = locate("private", path)
    if target.exists():
        return target
    if not _fetching.acquire(timeout=2):
        raise StoreDown("too many at once")
    draft = _draft(target)
    try:
        store().fetch(path, draft)
        with draft.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != hash_of(path):
                raise StoreDown("other bytes than were stored")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
        _fetching.release()
    return target


def store_waiting(*, medium_id: object = None, most: int = 500) -> int:
    """Brings files to the storage service that it does not have yet; returns how many. Raises StoreDown."""
    there = store()
    if not there.remote:
        return 0
    waiting = File.objects.filter(stored=False, **({"medium": medium_id} if medium_id else {})).order_by("id")[:most]
    count = 0
    for row in waiting:
        source = locate("private", row.path)
        if source.exists():
            there.put(row.path, source)
            File.objects.filter(pk=row.pk).update(stored=True)
            count += 1
    return count


def make_room(limit: int) -> int:
    """Removes the files longest unused from this disk until the rest has `limit` bytes; only what is stored elsewhere.

    Returns how many.
    """
    if not store().remote:
        return 0
    lying = sorted((max(status.st_atime, status.st_mtime), path, status.st_size) for path, status in walk("private"))
    total, count = sum(size for *_, size in lying), 0
    for _used, path, size in lying:
        if total <= limit:
            break
        with transaction.atomic():
            lock([hash_of(path)] if not Path(path).name.startswith(".") else [])
            rows = File.objects.filter(sha256=hash_of(path))
            if rows.exists() and not rows.filter(stored=False).exists():
                locate("private", path).unlink(missing_ok=True)
                total, count = total - size, count + 1
    return count


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
            try:
                yield f"{folder.name}/{found.name}", found.stat()
            except FileNotFoundError:  # an erasure was quicker
                continue
