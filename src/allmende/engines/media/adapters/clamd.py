"""ClamAV's daemon: `CLAMD_URL=tcp://host:3310` or `unix:///run/clamav/clamd.ctl`. Files are sent, never named.

Protocol: clamd(8), command `zINSTREAM`: pieces, each with its length in four bytes (big-endian), an empty one at the
end; the answer ends with NUL.
"""

import contextlib
import socket
import struct
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from allmende.engines.media.ports import ScannerDown

PROVEN_BY = "engines/media/tests/test_scanning.py"
PIECE = 256 * 1024
TIMEOUT = 30.0
"""Seconds of silence after which the scanner counts as down."""
LONGEST_ANSWER = 4096


class Clamd:
    """One connection per file, as clamd wants it."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"tcp", "unix"} or not (parts.hostname if parts.scheme == "tcp" else parts.path):
            raise ValueError("CLAMD_URL must look like tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl.")
        self.url, self.timeout = url, timeout

    def find(self, content: BinaryIO) -> str:
        try:
            with contextlib.closing(self._connect()) as connection:
                answer = _ask(connection, content)
        except (OSError, TimeoutError) as error:
            raise ScannerDown(type(error).__name__) from error
        if answer.endswith("OK"):
            return ""
        if answer.endswith("FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise ScannerDown(
            answer[:80] or "no answer"
        )  # too large for its settings, out of memory, a stranger's protocol

    def _connect(self) -> socket.socket:
        parts = urlsplit(self.url)
        if parts.scheme == "unix":
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(self.timeout)
            connection.connect(unquote(parts.path))
            return connection
        return socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=self.timeout)


def _ask(connection: socket.socket, content: BinaryIO) -> str:
    connection.sendall(b"zINSTREAM\0")
    # A scanner that has seen enough answers early and closes: then what it said counts, not that it hung up.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while piece := content.read(PIECE):
            connection.sendall(struct.pack(">I", len(piece)) + piece)
        connection.sendall(struct.pack(">I", 0))
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
        part = connection.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
