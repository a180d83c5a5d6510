"""One public page as the cache keeps it, and the rules for what may be kept."""

import hashlib
import logging
import re
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from allmende.project.shell.django_pool import Answer
from allmende.project.shell.files import accepts
from allmende.project.shell.http import Headers, Message, Scope, Send

if TYPE_CHECKING:
    from allmende.project.shell.asked import Asked

logger = logging.getLogger(__name__)

STALE = 1.0
"""Seconds for which a page is kept that does not say when it will change, and for which an old one may be shown."""

LONGEST = 300.0
"""Seconds after which a page is made anew even if nothing is known to have changed."""

SHARE = 10.0
"""A page under constant change is made anew at most every `SHARE` times as long as making it takes."""

LONGEST_PAUSE = 0.5
EARLY = 0.7
LARGEST_PAGE = 2 * 1024 * 1024
_OVERHEAD = 2048
_REMEMBERED = 4096

VARY = frozenset(("cookie", "accept-language", "accept-encoding", "hx-request"))
"""What an answer may vary by: it is part of the key, or (language) decided by path and cookie alone."""

TOKENS = (b"csrfmiddlewaretoken", b"csrf-token", b"csrftoken", b"x-csrf")
DROPPED = frozenset(
    (
        b"x-allmende-cache",
        b"x-allmende-tables",
        b"x-allmende-until",
        b"x-request-id",
        b"vary",
        b"content-length",
        b"etag",
        b"date",
    )
)
_EMPTY: Message = {"type": "http.response.body", "body": b""}
_gzip_known: dict[bytes, bool] = {}


HIT = b"allmende; hit"
"""Cache-Status (RFC 9211) of a page that was there and is up to date."""


@dataclass(slots=True)
class Entry:
    """One page, ready to be sent. Times are monotonic seconds."""

    start: Message
    body: Message
    not_modified: Message
    etag: bytes
    size: int
    version: int
    """Content version when its making began, or up to which nothing has changed that it shows."""
    tables: frozenset[str] | None
    """The tables that it was made from; None when that is not known."""
    made: float
    """When its making began."""
    pause: float
    """Seconds after `made` for which it is not made anew, whatever changes."""
    expires: float
    renew: float
    """From here on it is made anew beside being shown."""
    asked: "Asked | None" = None
    """Its questions to the database, if they can be repeated."""
    zipped: tuple[Message, Message] | None = None

    async def send(self, scope: Scope, send: Send, status: bytes = HIT) -> None:
        """Sends the page: nothing when the client has it, compressed when the client takes that.

        `status` is the value of Cache-Status; that of a plain hit is prepared with the page.
        """
        encoding = condition = b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                encoding = value
            elif name == b"if-none-match":
                condition = value
        if condition and self.etag in condition:
            await send(_with_status(self.not_modified, status))
            await send(_EMPTY)
            return
        start, body = self.start, self.body
        if encoding and _takes_gzip(encoding):
            start, body = self.zipped or self._zip()
        await send(start if status is HIT else _with_status(start, status))
        await send(_EMPTY if scope["method"] == "HEAD" else body)

    def _zip(self) -> tuple[Message, Message]:
        """The compressed form, made when it is first asked for: many a page never is."""
        packer = zlib.compressobj(5, zlib.DEFLATED, 31)
        packed = packer.compress(self.body["body"]) + packer.flush()
        headers = [(name, value) for name, value in self.start["headers"] if name != b"content-length"]
        headers += [(b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(packed))]
        self.zipped = _start(200, headers), {"type": "http.response.body", "body": packed}
        return self.zipped


def _start(status: int, headers: Headers) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def _with_status(start: Message, status: bytes) -> Message:
    headers = [(name, status if name == b"cache-status" else value) for name, value in start["headers"]]
    return _start(start["status"], headers)


def _takes_gzip(header: bytes) -> bool:
    known = _gzip_known.get(header)
    if known is None:
        known = accepts(header, b"gzip")
        if len(_gzip_known) < _REMEMBERED:
            _gzip_known[header] = known
    return known


def make_entry(
    answer: Answer, *, version: int, made: float, now: float, path: bytes = b"", wall: Callable[[], float] = time.time
) -> Entry | None:
    """The page as it is kept; None when it must not be. `made` is when its making began, `now` when it ended."""
    if not may_be_kept(answer, path):
        return None
    expires, renew = _lifetime(answer, made, now, wall())
    headers: Headers = [(name, value) for name, value in answer.headers if name not in DROPPED]
    if not any(name == b"cache-control" for name, _ in headers):
        headers.append((b"cache-control", b"no-cache"))
    etag = b'W/"' + hashlib.sha256(answer.body).hexdigest()[:24].encode() + b'"'
    headers += [(b"vary", b"Cookie, HX-Request, Accept-Encoding"), (b"etag", etag), (b"cache-status", HIT)]
    return Entry(
        start=_start(200, [*headers, (b"content-length", b"%d" % len(answer.body))]),
        body={"type": "http.response.body", "body": answer.body},
        not_modified=_start(304, [(name, value) for name, value in headers if not name.startswith(b"content-")]),
        etag=etag,
        size=len(answer.body) * 4 // 3 + _OVERHEAD,  # with room for its compressed form
        version=version,
        tables=_tables(answer),
        made=made,
        pause=min(LONGEST_PAUSE, SHARE * (now - made)),
        expires=expires,
        renew=renew,
        asked=answer.asked,
    )


def _tables(answer: Answer) -> frozenset[str] | None:
    named = dict(answer.headers).get(b"x-allmende-tables")
    return None if named is None else frozenset(named.decode("latin-1").split(","))


def _lifetime(answer: Answer, made: float, now: float, wall: float) -> tuple[float, float]:
    """When the page ends by itself, and from when on it is renewed before that."""
    until = dict(answer.headers).get(b"x-allmende-until", b"").decode("latin-1")
    if not until:
        return made + STALE, made + EARLY
    try:
        instant = datetime.fromisoformat(until)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        logger.error("X-Allmende-Until is not an instant with a zone.")
        return made, made
    # An embargo ends at a minute of the clock on the wall, so that clock counts.
    expires = min(now + instant.timestamp() - wall, made + LONGEST)
    return expires, expires


def may_be_kept(answer: Answer, path: bytes) -> bool:
    """Whether everybody may get this answer. Django's word alone is not enough: what would do harm is looked for."""
    if answer.status != 200 or answer.stream is not None or len(answer.body) > LARGEST_PAGE:  # noqa: PLR2004
        return False
    if (b"x-allmende-cache", b"public") not in answer.headers or any(_private(*header) for header in answer.headers):
        return False
    lowered = answer.body.lower()
    if any(token in lowered for token in TOKENS):
        logger.error("A page declared public holds a token and is not kept: %s", path.decode("latin-1"))
        return False
    return True


def _private(name: bytes, value: bytes) -> bool:
    """Whether this header shows that an answer is for one client only."""
    if name == b"vary":
        return not {part.strip() for part in value.decode("latin-1").lower().split(",")} <= VARY
    if name == b"cache-control":
        return re.search(rb"no-store|private", value) is not None
    if name == b"content-security-policy":
        return b"nonce-" in value
    return name in (b"set-cookie", b"content-encoding", b"x-allmende-file")
