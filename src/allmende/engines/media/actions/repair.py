"""Comparing trees and storage service with the database, and putting right what can be put right without a backup."""

import os
from dataclasses import dataclass
from pathlib import Path

from allmende.engines.media.actions import files
from allmende.engines.media.actions.placing import settle_all
from allmende.engines.media.models import File, Medium
from allmende.engines.media.ports import Stored, store

YOUNG = 3600.0
"""Seconds for which a file that nobody needs may still be on its way."""


@dataclass(frozen=True)
class Findings:
    """What a look at both trees, and at the storage service where there is one, found. Paths below a tree."""

    missing: tuple[str, ...]
    """Files that a medium needs and that are gone: bring them back from a backup."""
    changed: tuple[str, ...]
    """Files that no longer have the size they were written with."""
    unpublished: tuple[str, ...]
    """Files of public media that are not in the public tree."""
    exposed: tuple[str, ...]
    """Files in the public tree that no public medium needs."""
    stray: tuple[str, ...]
    """Files of the private tree or the service that nobody needs, and drafts of writes that were interrupted."""
    unstored: tuple[str, ...] = ()
    """Files that the storage service does not have."""

    @property
    def fine(self) -> bool:
        return not (
            self.missing or self.changed or self.unpublished or self.exposed or self.stray or self.unstored
        )  # fmt: skip


def find_faults(*, before: float) -> Findings:
    """Compares the trees with the database. Files younger than `before` (Unix seconds) may be on their way.

    Raises StoreDown when the storage service cannot say what it has.
    """
    private, published = dict(files.walk("private")), dict(files.walk("public"))
    remote = store().remote
    kept: dict[str, Stored] = {row.path: row for row in store().listing()}
    sizes: dict[str, int] = {}
    public: set[str] = set()
    for row in File.objects.select_related("medium").iterator(chunk_size=2000):
        sizes[row.path] = row.size
        if row.medium.state == Medium.State.PUBLIC and row.medium.scan == Medium.Scan.CLEAN and not remote:
            public.add(row.path)

    def old(status: os.stat_result) -> bool:
        return max(status.st_mtime, status.st_ctime) < before

    stray = {path for path, status in private.items() if path not in sizes and old(status)}
    stray |= {path for path, row in kept.items() if path not in sizes and row.modified < before}
    changed = {path for path, size in sizes.items() if path in private and private[path].st_size != size}
    changed |= {path for path, row in kept.items() if sizes.get(path, row.size) != row.size}
    return Findings(
        missing=tuple(sorted(set(sizes) - set(private) - set(kept))),
        changed=tuple(sorted(changed)),
        unpublished=tuple(sorted(public - set(published))),
        exposed=tuple(sorted(path for path, status in published.items() if path not in public and old(status))),
        stray=tuple(sorted(stray)),
        unstored=tuple(sorted(set(sizes) & set(private) - set(kept))) if remote else (),
    )


def is_draft(path: str) -> bool:
    """Whether this is what a write left behind that was interrupted."""
    return Path(path).name.startswith(".")


def repair_files(*, before: float) -> Findings:
    """Puts right what can be put right without a backup; returns what is still wrong.

    Files that changed since `before` (Unix seconds) may be on their way and are left alone. Raises StoreDown.
    """
    settle_all()
    found = find_faults(before=before)
    for path in {*found.unpublished, *found.exposed, *found.stray}:
        if is_draft(path):
            for tree in ("private", "public"):
                files.locate(tree, path).unlink(missing_ok=True)
        elif path not in found.missing:
            files.arrange(path)
    if found.unstored:
        hashes = [files.hash_of(path) for path in found.unstored]
        File.objects.filter(sha256__in=hashes, stored=True).update(stored=False)
        files.store_waiting(most=len(hashes) * 4)
    return find_faults(before=before)
