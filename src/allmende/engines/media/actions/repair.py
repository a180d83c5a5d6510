"""Comparing the two trees with the database, and putting right what can be put right without a backup."""

import os
from dataclasses import dataclass
from pathlib import Path

from allmende.engines.media.actions import files, settle_all
from allmende.engines.media.models import Image, Rendition

YOUNG = 3600.0
"""Seconds for which a file that nobody needs may still be on its way."""


@dataclass(frozen=True)
class Findings:
    """What a look at both trees found. Paths below a tree."""

    missing: tuple[str, ...]
    """Files that a picture needs and that are gone: bring them back from a backup."""
    changed: tuple[str, ...]
    """Files that no longer have the size they were written with."""
    unpublished: tuple[str, ...]
    """Files of public pictures that are not in the public tree."""
    exposed: tuple[str, ...]
    """Files in the public tree that no public picture needs."""
    stray: tuple[str, ...]
    """Files of the private tree that nobody needs, and drafts of writes that were interrupted."""

    @property
    def fine(self) -> bool:
        return not (self.missing or self.changed or self.unpublished or self.exposed or self.stray)


def find_faults(*, before: float) -> Findings:
    """Compares the trees with the database. Files younger than `before` (Unix seconds) may be on their way."""
    lying = {tree: dict(files.walk(tree)) for tree in ("private", "public")}
    sizes: dict[str, int] = {}
    public: set[str] = set()
    for row in Rendition.objects.select_related("image").iterator(chunk_size=2000):
        sizes[row.path] = row.size
        if row.image.state == Image.State.PUBLIC:
            public.add(row.path)
    private, published = lying["private"], lying["public"]

    def old(status: os.stat_result) -> bool:
        return max(status.st_mtime, status.st_ctime) < before

    return Findings(
        missing=tuple(sorted(set(sizes) - set(private))),
        changed=tuple(
            sorted(path for path, size in sizes.items() if path in private and private[path].st_size != size)
        ),
        unpublished=tuple(sorted(public - set(published))),
        exposed=tuple(sorted(path for path, status in published.items() if path not in public and old(status))),
        stray=tuple(sorted(path for path, status in private.items() if path not in sizes and old(status))),
    )


def is_draft(path: str) -> bool:
    """Whether this is what a write left behind that was interrupted."""
    return Path(path).name.startswith(".")


def repair_files(*, before: float) -> Findings:
    """Puts right what can be put right without a backup; returns what is still wrong.

    Files that changed since `before` (Unix seconds) may be on their way and are left alone.
    """
    settle_all()
    found = find_faults(before=before)
    for path in {*found.unpublished, *found.exposed, *found.stray}:
        if is_draft(path):
            for tree in ("private", "public"):
                files.locate(tree, path).unlink(missing_ok=True)
        elif path not in found.missing:
            files.arrange(path)
    return find_faults(before=before)
