"""An answer of unknown length on its way from a Django thread to a client who may be slow."""

import asyncio
import tempfile
import threading
from collections import deque
from typing import IO

MEMORY = 1024 * 1024
"""Bytes that wait in memory; once a client is further behind, the rest goes through a temporary file."""

PIECE = 64 * 1024


class ClientGoneError(Exception):
    """Tells the producing thread that nobody reads any more."""


class Stream:
    """Written by one thread, read by one coroutine. Writing never waits for the reader, so no client holds a thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._wake = asyncio.Event()
        self._waiting = False
        self._chunks: deque[bytes] = deque()
        self._pending = 0
        self._spill: IO[bytes] | None = None
        self._read = self._written = 0
        self._ended = self._failed = self._abandoned = False

    # The thread's side

    def write(self, chunk: bytes) -> None:
        """Adds a piece. Raises `ClientGoneError` when the reader has left."""
        if not chunk:
            return
        with self._lock:
            if self._abandoned:
                raise ClientGoneError
            if self._spill is None and self._pending + len(chunk) > MEMORY:
                self._spill = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
            if self._spill is None:
                self._chunks.append(chunk)
                self._pending += len(chunk)
            else:
                self._spill.seek(self._written)
                self._spill.write(chunk)
                self._written += len(chunk)
            self._notify()

    def end(self, *, failed: bool = False) -> None:
        """Nothing more will come; `failed` when that is not how it was meant to end."""
        with self._lock:
            self._ended = True
            self._failed = failed
            self._notify()

    def _notify(self) -> None:
        if self._waiting:
            self._waiting = False
            try:
                self._loop.call_soon_threadsafe(self._wake.set)
            except RuntimeError:  # the process is stopping
                self._abandoned = True

    # The coroutine's side

    def _take(self) -> bytes:
        if self._chunks:
            chunk = self._chunks.popleft()
            self._pending -= len(chunk)
            return chunk
        if self._spill is not None and self._read < self._written:
            self._spill.seek(self._read)
            chunk = self._spill.read(min(PIECE, self._written - self._read))
            self._read += len(chunk)
            return chunk
        return b""

    async def read(self) -> bytes:
        """The next piece; empty at the end. Raises `ConnectionAbortedError` when the producer failed."""
        while True:
            with self._lock:
                chunk = self._take()
                if chunk:
                    return chunk
                if self._failed:
                    raise ConnectionAbortedError("the answer broke off")
                if self._ended:
                    return b""
                self._wake.clear()
                self._waiting = True
            await self._wake.wait()

    def close(self) -> None:
        """The reader leaves; the thread notices at its next piece."""
        with self._lock:
            self._abandoned = True
            self._chunks.clear()
            if self._spill is not None:
                self._spill.close()
                self._spill = None
                self._written = self._read = 0
