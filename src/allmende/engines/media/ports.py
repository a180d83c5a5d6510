"""What this room asks of the outside: a place where files lie for good, and somebody who looks for viruses."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings


class StoreDown(Exception):
    """The storage service does not answer, or not in time. What was to be stored still lies on the disk."""


class NotStored(Exception):
    """The storage service has no such file."""


@dataclass(frozen=True)
class Stored:
    """A file as the storage service lists it; `modified` in Unix seconds."""

    path: str
    size: int
    modified: float


class Store(Protocol):
    """Files under names that say what is in them (SHA-256); a name is written once and never changed."""

    remote: bool
    """Whether there is anything beside the disk of this machine."""

    def put(self, path: str, source: Path) -> None:
        """Stores a file, wholly or not at all. Raises StoreDown."""
        ...

    def fetch(self, path: str, target: Path) -> None:
        """Brings a file to the disk. Raises NotStored and StoreDown."""
        ...

    def remove(self, path: str) -> None:
        """Deletes a file, if it is there. Raises StoreDown."""
        ...

    def listing(self) -> Iterator[Stored]:
        """Everything that lies there. Raises StoreDown."""
        ...


class ScannerDown(Exception):
    """The virus scanner does not answer, or not in time."""


class Scanner(Protocol):
    """Looks for known harmful programs in a file."""

    def find(self, content: BinaryIO) -> str:
        """Name of what was found; empty when nothing was. Raises ScannerDown."""
        ...


def store() -> Store:
    """Where files lie, as `MEDIA_STORE_URL` says."""
    return _store(settings.MEDIA_STORE_URL, settings.CITY_ID)


@functools.cache
def _store(url: str, city: str) -> Store:
    if url:
        from allmende.engines.media.adapters.s3 import S3

        return S3(url, city)
    from allmende.engines.media.adapters.disk import Disk

    return Disk()


def scanner() -> Scanner | None:
    """Who looks for viruses, as `CLAMD_URL` says; None where nobody does."""
    return _scanner(settings.CLAMD_URL)


@functools.cache
def _scanner(url: str) -> Scanner | None:
    if not url:
        return None
    if url == "demo":
        from allmende.engines.media.adapters.demo import TestFileScanner

        return TestFileScanner()
    from allmende.engines.media.adapters.clamd import Clamd

    return Clamd(url)
