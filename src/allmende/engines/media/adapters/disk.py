"""Files lie on the disk of this machine only; there is nothing to bring anywhere."""

from collections.abc import Iterator
from pathlib import Path

from allmende.engines.media.ports import NotStored, Stored

PROVEN_BY = "engines/media/tests/test_keeping.py"


class Disk:
    """The default."""

    remote = False

    def put(self, path: str, source: Path) -> None:
        """The file lies where it should already."""

    def fetch(self, path: str, target: Path) -> None:  # noqa: ARG002 - the port's shape
        raise NotStored(path)

    def remove(self, path: str) -> None:
        """Whoever calls has removed it from the disk."""

    def listing(self) -> Iterator[Stored]:
        return iter(())
