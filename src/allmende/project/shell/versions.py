"""The content version of one process: a number that grows with every change that a public page may show.

One connection per process listens. It is asked for a sign of life more often than once a second; while it is silent
nothing is known, and the page cache falls back to keeping pages for one second only.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from math import inf
from typing import Any, Protocol

import psycopg
from psycopg import sql

logger = logging.getLogger(__name__)

HEARTBEAT = 0.35
"""Seconds between two signs of life, and after which one that has not come makes us assume silence."""

LOST = 5.0
"""Seconds without a sign of life after which the connection is given up."""

RETRY = 1.0
_REMEMBERED = 1024
EVERYTHING = ""
"""In place of a table: something has changed, and nobody knows what."""


class Versions(Protocol):
    """What the page cache asks."""

    current: int

    def changed_at(self, version: int, tables: frozenset[str] | None) -> float | None:
        """When one of the tables first changed after `version` (monotonic seconds); None if none did.

        `tables` None stands for all. What is too long ago to be remembered is minus infinity.
        """

    def version_at(self, moment: float) -> int:
        """The version that had been heard of at that moment, or an older one."""

    def known_until(self) -> float | None:
        """Up to which moment changes have surely been heard; None while the listening connection lives."""


class LocalVersions:
    """Versions that somebody bumps; the base of the listener."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.current = 0
        self.clock = clock
        self.silent_since: float | None = None
        self._all: deque[tuple[int, float]] = deque(maxlen=_REMEMBERED)
        self._of: dict[str, deque[tuple[int, float]]] = {}

    def bump(self, table: str = EVERYTHING) -> None:
        """Something has changed just now."""
        self.current += 1
        change = (self.current, self.clock())
        self._all.append(change)
        self._of.setdefault(table, deque(maxlen=_REMEMBERED)).append(change)

    def changed_at(self, version: int, tables: frozenset[str] | None) -> float | None:
        if tables is None:
            return _first_after(self._all, version)
        found = [
            at
            for table in (*tables, EVERYTHING)
            if (changes := self._of.get(table)) and (at := _first_after(changes, version)) is not None
        ]
        return min(found, default=None)

    def version_at(self, moment: float) -> int:
        for number, at in reversed(self._all):
            if at < moment:
                return number
        return self._all[0][0] - 1 if self._all else self.current

    def known_until(self) -> float | None:
        return self.silent_since


def _first_after(changes: deque[tuple[int, float]], version: int) -> float | None:
    """When the first of the changes after `version` was heard."""
    if not changes or changes[-1][0] <= version:
        return None
    if changes[0][0] > version and len(changes) == changes.maxlen:
        return -inf
    return next(at for number, at in changes if number > version)


class ListeningVersions(LocalVersions):
    """Versions bumped by the NOTIFY messages of `content.install_triggers`.

    `heard` is called with each message (the name of the table that changed).
    """

    def __init__(
        self, parameters: dict[str, Any], channel: str, heard: Callable[[str], object] = lambda _: None
    ) -> None:
        super().__init__()
        self.parameters = parameters
        self.channel = channel
        self.heard = heard
        self.silent_since = self._alive = self.clock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to listen, beside whatever else the event loop does."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:  # TimeoutError among them
                self._silent()
                logger.warning("Changes are not heard (%s); pages are kept for one second only.", type(error).__name__)
            await asyncio.sleep(RETRY)

    async def _listen(self) -> None:
        async with asyncio.timeout(2 * LOST):
            connection = await psycopg.AsyncConnection.connect(**self.parameters, autocommit=True)
        try:
            connection.add_notify_handler(self._note)
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self.channel)))
            self.bump()  # whatever changed while nobody listened
            while True:
                await self._sign_of_life(connection)
                await _readable(connection.fileno(), HEARTBEAT)
        finally:
            with contextlib.suppress(Exception):
                await connection.close()

    async def _sign_of_life(self, connection: psycopg.AsyncConnection) -> None:
        """Asks for an answer, which also brings the messages sent so far. A late one is silence, not yet a loss."""
        begun = self.clock()
        answer = asyncio.ensure_future(connection.execute("SELECT 1"))
        try:
            done, _ = await asyncio.wait((answer,), timeout=HEARTBEAT)
            if not done:
                self._silent()
            async with asyncio.timeout(LOST):
                await answer
        finally:
            answer.cancel()
        self._alive = begun
        self.silent_since = None

    def _silent(self) -> None:
        if self.silent_since is None:
            self.silent_since = self._alive

    def _note(self, message: psycopg.Notify) -> None:
        self.bump(message.payload)
        self.heard(message.payload)


async def _readable(descriptor: int, seconds: float) -> None:
    """Waits until something can be read there, at most `seconds`."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def note() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(descriptor, note)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ready
    finally:
        loop.remove_reader(descriptor)
