"""Files from disk: built assets under `/static/`, public media under `/medien/`, private ones on Django's word.

Ranges, validators and conditional requests follow RFC 9110. Public and private media are trees apart: an address can
only name something in the public one. A file from the private tree is sent when a view that has checked who is asking
answers with the header `X-Allmende-File`.
"""

import asyncio
import os
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from stat import S_ISREG
from typing import IO
from urllib.parse import unquote_to_bytes

from allmende.project.shell.http import Headers, Scope, Send, plain

PIECE = 256 * 1024
_REMEMBERED = 4096
_HASHED = re.compile(r"\.[0-9a-f]{8,64}\.|[._-][0-9A-Z]{8}\.")
"""A name that changes with the content: Django's manifest storage, or esbuild's chunks."""

TYPES = {
    "avif": "image/avif",
    "css": "text/css; charset=utf-8",
    "gif": "image/gif",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "m4a": "audio/mp4",
    "map": "application/json",
    "mjs": "text/javascript; charset=utf-8",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "pbf": "application/x-protobuf",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
INLINE = frozenset(("avif", "gif", "jpeg", "jpg", "m4a", "mp3", "mp4", "ogg", "png", "vtt", "wav", "webm", "webp"))
"""What a browser may show at our address when people have uploaded it; everything else is offered as a download."""

ENCODINGS = ((b"br", ".br"), (b"gzip", ".gz"))
BASE_HEADERS: Headers = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")]
MEDIA_HEADERS: Headers = [
    *BASE_HEADERS,
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class UnsatisfiableError(Exception):
    """The range lies outside the file, or several were asked for at once (416)."""


def parse_range(value: bytes, size: int) -> tuple[int, int] | None:
    """First byte and the byte after the last of a `Range` header (RFC 9110, 14.1.2); None when it is to be ignored.

    Several ranges at once are refused: nothing of ours needs them, and they are a known way to multiply work.
    """
    unit, equals, spec = value.partition(b"=")
    if unit.strip().lower() != b"bytes" or not equals:
        return None
    spec = spec.strip()
    if b"," in spec:
        raise UnsatisfiableError
    match = re.fullmatch(rb"(\d{0,18})-(\d{0,18})", spec)
    if match is None or spec == b"-":
        return None
    first, last = match.groups()
    if not first:  # the last n bytes
        count = int(last)
        if not count or not size:
            raise UnsatisfiableError
        return max(0, size - count), size
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise UnsatisfiableError
    return start, min(size, int(last) + 1) if last else size


def segments(raw: bytes) -> list[str] | None:
    """The path below a prefix as safe names; None when one of them is not a plain, visible name."""
    try:
        text = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return None
    parts = text.split("/")
    for part in parts:
        if not part or part.startswith(".") or "\\" in part or "\0" in part:
            return None
    return parts


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be sent."""

    path: str
    size: int
    modified: float
    etag: bytes


@dataclass(slots=True)
class Tree:
    """The files below one folder, served below one prefix."""

    root: Path
    uploads: bool = False
    """Content came from people: sandboxed, and a download unless it is a picture, sound or film."""
    _resolved: dict[str, str] = field(default_factory=dict)

    def find(self, parts: list[str], suffix: str = "") -> Found | None:
        """The file, if there is one that really lies below the root, symbolic links considered."""
        name = "/".join(parts) + suffix
        path = self._resolved.get(name)
        if path is None:
            path = os.path.realpath(self.root / name)
            if not path.startswith(os.path.realpath(self.root) + os.sep):
                return None
        try:
            status = os.stat(path)  # noqa: PTH116 - a Path object per request costs more than the call
        except (OSError, ValueError):
            self._resolved.pop(name, None)
            return None
        if not S_ISREG(status.st_mode):
            return None
        if len(self._resolved) < _REMEMBERED:
            self._resolved[name] = path
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}{suffix}"'
        return Found(path, status.st_size, status.st_mtime, tag.encode())

    def headers(self, name: str) -> Headers:
        """What is said of every file of this name, whatever its bytes are."""
        extension = name.rpartition(".")[2].lower()
        kind = TYPES.get(extension, "application/octet-stream")
        if not self.uploads:
            kept = b"public, max-age=31536000, immutable" if _HASHED.search(name) else b"no-cache"
            return [(b"content-type", kind.encode()), (b"cache-control", kept), *BASE_HEADERS]
        shown = b"inline" if extension in INLINE else b"attachment"
        return [
            (b"content-type", kind.encode()),
            (b"cache-control", b"public, max-age=3600"),
            (b"content-disposition", shown),
            *MEDIA_HEADERS,
        ]


def request_headers(scope: Scope) -> dict[bytes, bytes]:
    """The headers of a request; of one that came twice the last counts, which for these is as good as the first."""
    return dict(scope["headers"])


def _matches(condition: bytes, etag: bytes) -> bool:
    tags = [tag.strip().removeprefix(b"W/") for tag in condition.split(b",")]
    return etag in tags or b"*" in tags


def accepts(accept_encoding: bytes, coding: bytes) -> bool:
    """Whether the client takes this content coding (RFC 9110, 12.5.3); `q=0` is a no."""
    for entry in accept_encoding.lower().split(b","):
        name, _, parameters = entry.partition(b";")
        if name.strip() == coding:
            return re.fullmatch(rb"\s*q=0(\.0*)?\s*", parameters) is None
    return False


async def serve(tree: Tree, raw: bytes, scope: Scope, send: Send) -> None:
    """Answers a request for the file at `raw`, the percent-encoded path below the tree's prefix."""
    if scope["method"] not in ("GET", "HEAD"):
        await plain(405, extra=[(b"allow", b"GET, HEAD")]).send(send)
        return
    parts = segments(raw)
    found = tree.find(parts) if parts else None
    if parts is None or found is None:
        await plain(404).send(send, head=scope["method"] == "HEAD")
        return
    asked = request_headers(scope)
    headers = tree.headers(parts[-1])
    if not tree.uploads:
        variants = [
            (coding, suffix) for coding, suffix in ENCODINGS if parts[-1].rpartition(".")[2] not in ("br", "gz")
        ]
        headers.append((b"vary", b"Accept-Encoding"))
        if b"range" not in asked:
            for coding, suffix in variants:
                if accepts(asked.get(b"accept-encoding", b""), coding) and (smaller := tree.find(parts, suffix)):
                    found = smaller
                    headers.append((b"content-encoding", coding))
                    break
    await send_file(found, headers, asked, scope, send)


async def send_file(found: Found, headers: Headers, asked: Mapping[bytes, bytes], scope: Scope, send: Send) -> None:
    """Sends a file, one range of it (206), or the news that the client has it already (304)."""
    head = scope["method"] == "HEAD"
    modified = formatdate(found.modified, usegmt=True).encode()
    headers = [*headers, (b"etag", found.etag), (b"last-modified", modified), (b"accept-ranges", b"bytes")]
    if condition := asked.get(b"if-none-match"):
        fresh = _matches(condition, found.etag)
    else:
        fresh = asked.get(b"if-modified-since") == modified
    if fresh:
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    start, end, status = 0, found.size, 200
    wanted = asked.get(b"range")
    if wanted and not head and asked.get(b"if-range", found.etag) in (found.etag, modified):
        try:
            part = parse_range(wanted, found.size)
        except UnsatisfiableError:
            headers = [(name, value) for name, value in headers if not name.startswith(b"content-")]
            headers += [(b"content-range", b"bytes */%d" % found.size), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 416, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        if part is not None:
            (start, end), status = part, 206
            headers.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, found.size)))
    headers.append((b"content-length", b"%d" % (end - start)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if head or start == end:
        await send({"type": "http.response.body", "body": b""})
    elif status == 200 and "http.response.pathsend" in (scope.get("extensions") or {}):  # noqa: PLR2004
        await send({"type": "http.response.pathsend", "path": found.path})
    else:
        await _send_pieces(found.path, start, end, send)


async def _send_pieces(path: str, start: int, end: int, send: Send) -> None:
    """Sends bytes `start` to `end` in pieces; reading happens beside the event loop, since a disk may be slow."""

    def pieces() -> Generator[bytes]:
        file: IO[bytes]
        with open(path, "rb") as file:  # noqa: PTH123 - see Tree.find
            file.seek(start)
            left = end - start
            while left and (piece := file.read(min(PIECE, left))):
                left -= len(piece)
                yield piece
            if left:
                raise ConnectionAbortedError("the file became shorter while it was sent")

    source = pieces()
    try:
        while piece := await asyncio.to_thread(next, source, b""):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    finally:
        source.close()
    await send({"type": "http.response.body", "body": b""})
