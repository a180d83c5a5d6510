"""What all servers say, in one file per day, kept for a week (design: logs are kept 7 days)."""

import contextlib
import os
import selectors
import sys
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path

KEEP_DAYS = 7
ASIDE = "\x1f"
"""A line that begins with this unit separator is for the person at the terminal and goes into no file: a secret."""
REMEMBERED = 20
"""Lines per server that can be shown when it falls."""


class Logbook:
    """Reads the output of every server through a pipe and writes it down, line by line, with the server's name.

    A pipe rather than a file handed to the child: only so can a day end without a restart. `echo` writes to standard
    output instead of files, for systemd's journal and for containers.
    """

    def __init__(self, folder: Path, *, echo: bool) -> None:
        self.folder = folder
        self.echo = echo
        self.selector = selectors.DefaultSelector()
        self.recent: dict[str, deque[str]] = {}
        self._rest: dict[str, bytes] = {}
        self._day = ""
        self._file: int | None = None

    @property
    def path(self) -> Path:
        return self.folder / f"{datetime.now(UTC):%Y-%m-%d}.log"

    def pipe(self, name: str) -> int:
        """The writing end for a new process `name`; the caller closes it once the process has it."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        self.selector.register(reading, selectors.EVENT_READ, name)
        self.recent.setdefault(name, deque(maxlen=REMEMBERED))
        return writing

    def read(self, descriptor: int, name: str) -> None:
        """Take what there is; forget the pipe when the last writer has closed it."""
        try:
            chunk = os.read(descriptor, 65536)
        except BlockingIOError:
            return
        if not chunk:
            self.selector.unregister(descriptor)
            os.close(descriptor)
            return
        *lines, self._rest[name] = (self._rest.get(name, b"") + chunk).split(b"\n")
        for line in lines:
            self.write(name, line.decode(errors="replace"))

    def write(self, name: str, line: str) -> None:
        self.recent.setdefault(name, deque(maxlen=REMEMBERED)).append(line)
        if line.startswith(ASIDE):
            return
        data = f"{name:<10} {line}\n".encode(errors="replace")
        # A full disk must not bring down what still works.
        with contextlib.suppress(OSError):
            if self.echo:
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            else:
                os.write(self._today(), data)

    def _today(self) -> int:
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        if self._file is None or day != self._day:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            new = os.open(self.folder / f"{day}.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
            if self._file is not None:
                os.close(self._file)
            self._file, self._day = new, day
            oldest = f"{datetime.now(UTC) - timedelta(days=KEEP_DAYS):%Y-%m-%d}.log"
            for path in self.folder.glob("????-??-??.log"):
                if path.name < oldest:
                    path.unlink(missing_ok=True)
        return self._file
