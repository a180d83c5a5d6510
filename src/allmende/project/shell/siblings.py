"""Hands each public page that was made to the city's other web processes, so that it is made once and not once in each.

Over private datagrams in a folder that only the city's own user may enter: nobody else can put a page into a cache. A
page that is lost on the way, or too large for a datagram, is made again; nothing depends on its coming.
"""

import asyncio
import contextlib
import json
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import cast

from allmende.project.shell import asked
from allmende.project.shell.django_pool import Answer
from allmende.project.shell.http import Headers
from allmende.project.shell.page_key import Key

logger = logging.getLogger(__name__)

LONGEST_PATH = 107
"""Bytes of a Unix socket's path (`sun_path`)."""
RECEIVED = 4 * 1024 * 1024
CONFIRMS = b"right "
"""How a message begins that brings no page; pages begin with a brace."""
AT_ONCE = 16
"""Pages taken in one turn of the event loop, so that visitors are not kept waiting by them."""


class Siblings:
    """One process's end. `adopt` is called with each page that another process has made: key, answer, when it ended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.adopt: Callable[[Key, Answer, float], object] = lambda *_: None
        self.confirmed: Callable[[Key, bytes, float], object] = lambda *_: None
        self._socket: socket.socket | None = None
        self._name = f"{os.getpid()}.pages"

    def start(self) -> None:
        """Opens this process's end; without it, pages are made in each process."""
        path = self.folder / self._name
        if len(os.fsencode(path)) > LONGEST_PATH:
            logger.warning("The path of the home is too long for a socket; each process makes its own pages.")
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        path.unlink(missing_ok=True)
        mine = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        mine.setblocking(False)  # noqa: FBT003 - the socket's own signature
        mine.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED)
        mine.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, RECEIVED)
        mine.bind(str(path))
        self._socket = mine
        asyncio.get_running_loop().add_reader(mine, self._receive)

    async def stop(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
            (self.folder / self._name).unlink(missing_ok=True)

    def give(self, key: Key, answer: Answer, ended: float) -> None:
        """Sends a page to all others; to whoever is busy or gone it does not come."""
        self._send(lambda: pack(key, answer, ended))

    def confirm(self, key: Key, etag: bytes, begun: float) -> None:
        """Tells all others that the page with this ETag was still right when somebody looked."""
        self._send(lambda: pack_confirmation(key, etag, begun))

    def _send(self, made: Callable[[], bytes]) -> None:
        if self._socket is None:
            return
        others = [name for name in os.listdir(self.folder) if name != self._name]  # noqa: PTH208 - names are enough
        if not others:
            return
        message = made()
        for name in others:
            try:
                self._socket.sendto(message, str(self.folder / name))
            except (ConnectionRefusedError, FileNotFoundError):  # it was killed
                with contextlib.suppress(OSError):
                    (self.folder / name).unlink()
            except OSError as error:  # its buffer is full, or the page is too large
                logger.debug("A page was not handed over: %s", error)

    def _receive(self) -> None:
        for _ in range(AT_ONCE):
            if self._socket is None:
                return
            try:
                message = self._socket.recv(RECEIVED)
            except BlockingIOError:
                return
            if message.startswith(CONFIRMS):
                self.confirmed(*unpack_confirmation(message))
            else:
                self.adopt(*unpack(message))


def pack(key: Key, answer: Answer, ended: float) -> bytes:
    """A page as one message: a line of JSON, then its bytes."""
    head = {
        "key": [part.decode("latin-1") for part in key],
        "headers": [(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers],
        "begun": answer.begun,
        "ended": ended,
        "asked": None if answer.asked is None else asked.pack(answer.asked),
    }
    return json.dumps(head).encode() + b"\n" + answer.body


def unpack(message: bytes) -> tuple[Key, Answer, float]:
    """The page of a message."""
    line, _, body = message.partition(b"\n")
    head = json.loads(line)
    headers: Headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head["headers"]]
    key = cast("Key", tuple(part.encode("latin-1") for part in head["key"]))
    questions = None if head["asked"] is None else asked.unpack(head["asked"])
    return key, Answer(200, headers, body, begun=head["begun"], asked=questions), head["ended"]


def pack_confirmation(key: Key, etag: bytes, begun: float) -> bytes:
    """That a page is still right, as one message."""
    return CONFIRMS + json.dumps([[part.decode("latin-1") for part in key], etag.decode("latin-1"), begun]).encode()


def unpack_confirmation(message: bytes) -> tuple[Key, bytes, float]:
    """The key, the ETag, and when its questions were asked again."""
    parts, etag, begun = json.loads(message.removeprefix(CONFIRMS))
    return cast("Key", tuple(part.encode("latin-1") for part in parts)), etag.encode("latin-1"), begun
