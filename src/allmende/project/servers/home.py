"""The home of an installation: whose it is, who uses it now, what was left running in it."""

import errno
import fcntl
import json
import os
import shutil
import signal
from pathlib import Path

from allmende.project.servers.process import ServerError, end, identity

MARKER = "allmende.json"
FORMAT = 1
OURS = {
    MARKER,
    "postgres",
    "postgres.new",
    "nats",
    "run",
    "log",
    "secrets",
    "static",
    "static.stamp",
    "lock",
    "processes.json",
}
LEAST_SPACE = 200 * 1024 * 1024
"""Bytes that must be free to make a new database; a running one keeps a reserve for its log."""
LEAST_RESERVE = 48 * 1024 * 1024


class Home:
    """The folder `ALLMENDE_HOME`. Raises `ServerError`, one sentence each, for every way it can be unusable."""

    def __init__(self, folder: Path, city: str) -> None:
        self.folder = folder
        self.city = city
        self._lock: int | None = None

    def open(self) -> None:
        """Make the folder or recognise it as ours, with room on its disk."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)  # the database may run as another user
            marker = self.folder / MARKER
            if not marker.exists():
                strange = sorted({path.name for path in self.folder.iterdir()} - OURS - {self.city})
                if strange:
                    raise ServerError(
                        f"{self.folder} holds other things ({', '.join(strange[:3])}), so it is not used as a home; "
                        "set ALLMENDE_HOME to a folder of its own."
                    )
            elif json.loads(marker.read_text()).get("format") != FORMAT:
                raise ServerError(f"{self.folder} was made by a newer Allmende; start that one.")
            self._room()
            if not marker.exists():
                draft = marker.with_suffix(".new")
                draft.write_text(json.dumps({"format": FORMAT}) + "\n")
                draft.replace(marker)
        except (FileExistsError, NotADirectoryError):
            raise ServerError(f"{self.folder} is not a folder; set ALLMENDE_HOME to one.") from None
        except OSError as error:
            raise ServerError(_reason(error, self.folder)) from None

    def _room(self) -> None:
        new = not (self.folder / "postgres").exists()
        needed = LEAST_SPACE if new else LEAST_RESERVE
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise ServerError(
                f"The disk that holds {self.folder} is full: "
                f"{free >> 20} MB are free, {needed >> 20} MB are needed; make room."
            )

    def lock(self, purpose: str) -> None:
        """Take the home for ourselves until this process ends, however it ends: the kernel keeps the lock."""
        if not self.try_lock(purpose):
            raise ServerError(
                f"Allmende is running on {self.folder} already ({self.holder()}); stop it first or set ALLMENDE_HOME."
            )

    def try_lock(self, purpose: str) -> bool:
        try:
            descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise ServerError(_reason(error, self.folder)) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                return False
            raise
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()} {purpose}\n".encode())
        self._lock = descriptor
        return True

    def unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def holder(self) -> str:
        """Who holds the lock, in words."""
        pid, _, purpose = (self.folder / "lock").read_text().strip().partition(" ")
        return f"allmende {purpose}, process {pid}" if pid else "another process"

    # What an earlier supervisor left behind

    def remember(self, processes: dict[str, int]) -> None:
        """Note our processes by pid and by what tells them from a later process with the same pid."""
        rows = [{"name": name, "pid": pid, "identity": identity(pid)} for name, pid in processes.items()]
        draft = self.folder / "processes.new"
        try:
            draft.write_text(json.dumps(rows))
            draft.replace(self.folder / "processes.json")
        except OSError:  # a full disk: they die with us all the same
            draft.unlink(missing_ok=True)

    def clear(self) -> None:
        """End what is left of an earlier run whose supervisor was killed. The lock is ours, so nobody wants it."""
        try:
            rows = json.loads((self.folder / "processes.json").read_text())
            left = [(int(row["pid"]), str(row["identity"])) for row in rows if row["identity"]]
        except (OSError, ValueError, KeyError, TypeError):
            return
        if not end(left, [(signal.SIGTERM, 3), (signal.SIGKILL, 2)]):
            raise ServerError("Processes of an earlier run cannot be ended; restart the machine.")
        (self.folder / "processes.json").unlink(missing_ok=True)


def _reason(error: OSError, folder: Path) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk that holds {folder} is full; make room and start again."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"{folder} cannot be written to; set ALLMENDE_HOME to a folder that belongs to you."
    return f"{folder} cannot be used: {error.strerror}."
