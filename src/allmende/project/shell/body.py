"""Request bodies: read completely before a thread is taken, so that a slow sender holds a file and not a worker."""

import asyncio
import tempfile
from typing import IO, cast

from allmende.project.shell.environ import no_body
from allmende.project.shell.http import Receive, Scope

MEMORY = 256 * 1024
"""Bytes of a body that stay in memory; what is longer goes into a temporary file without a name."""

STALL = 30.0
"""Seconds a sender may be silent before the request is given up (408)."""


class TooLargeError(Exception):
    """The body is longer than allowed (413)."""


class StalledError(Exception):
    """The sender was silent for longer than `STALL` (408)."""


class DisconnectedError(Exception):
    """The client has gone; nobody waits for an answer."""


class BadLengthError(Exception):
    """Content-Length is not a number, or not the length of what came (400)."""


def announced(scope: Scope) -> int | None:
    """What Content-Length says, None without one."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            if not value.isdigit() or len(value) > 15:  # noqa: PLR2004 - a thousand terabytes
                raise BadLengthError
            return int(value)
    return None


def may_have_body(scope: Scope) -> bool:
    """Whether the headers announce a body; a GET without one needs no reading at all."""
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


async def read(scope: Scope, receive: Receive, limit: int) -> tuple[IO[bytes], int]:
    """The whole body, rewound, and its length.

    Raises `TooLargeError` before anything is read when Content-Length says so, else as soon as the limit is passed.
    """
    expected = announced(scope)
    if expected is not None and expected > limit:
        raise TooLargeError
    spool = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=MEMORY))  # noqa: SIM115 - Django closes it
    try:
        length = await _collect(receive, spool, limit)
    except BaseException:
        spool.close()
        raise
    if expected is not None and expected != length:
        spool.close()
        raise BadLengthError
    if not length:
        spool.close()
        return no_body(), 0
    spool.seek(0)
    return spool, length


async def _collect(receive: Receive, spool: IO[bytes], limit: int) -> int:
    """Writes what comes into `spool` and returns how many bytes it was."""
    length = 0
    more = True
    while more:
        try:
            async with asyncio.timeout(STALL):
                message = await receive()
        except TimeoutError:
            raise StalledError from None
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        chunk = message.get("body", b"")
        length += len(chunk)
        if length > limit:
            raise TooLargeError
        if chunk:
            spool.write(chunk)
        more = message.get("more_body", False)
    return length
