"""The one ASGI application: who answers which request."""

import asyncio
import contextlib
import gc
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from allmende.project.shell import body, environ, files
from allmende.project.shell.django_pool import Answer, BusyError, DjangoPool, FailedError
from allmende.project.shell.http import App, Headers, Receive, Scope, Send, new_request_id, plain
from allmende.project.shell.page_cache import Ask, PageCache
from allmende.project.shell.page_key import Key

logger = logging.getLogger(__name__)

GRACE = 5.0
"""Seconds that requests get to come to their end when the process is told to stop."""

SELDOM = (20_000, 20, 50)
"""When the collector of Python looks at what is young, older, old. A page makes some ten thousand things that its end
frees without it; at the usual 2,000 it looked through them up to fifty times while somebody waited for the page.
"""

BODY_LIMIT = 32 * 1024 * 1024
"""Bytes of a request body: an idea with three photographs straight from a telephone."""

INTERNAL = frozenset((b"x-allmende-cache", b"x-allmende-tables", b"x-allmende-until", b"x-allmende-file"))
"""Headers by which Django speaks to the shell; they never leave it."""

NOT_SHARED = (b"cache-control", b"private, no-cache")
"""What is said of an answer that says nothing itself: a browser asks again, a proxy keeps nothing."""


class Beside(Protocol):
    """Something that runs in the event loop for as long as the process does."""

    def start(self) -> None: ...

    async def stop(self) -> None: ...


class Shell:
    """Rooms' own ASGI routes, files, the page cache, and Django for everything else.

    `routes` maps a path prefix to an ASGI application; the longest one that fits is asked. `ready` is run in one
    of Django's threads to answer `/bereit`: it raises when the city cannot be served. `cache` makes the page cache from
    the function by which it asks Django; `beside` is what lives and ends with the process. Without `public_media`
    Django answers `/medien/`, because a storage service keeps the files.
    """

    def __init__(
        self,
        pool: DjangoPool,
        *,
        routes: Mapping[str, App] | None = None,
        static: Path | None = None,
        media: Path | None = None,
        public_media: bool = True,
        proxies: environ.Proxies | None = None,
        ready: Callable[[], object] | None = None,
        cache: Callable[[Ask], PageCache] | None = None,
        beside: Sequence[Beside] = (),
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self.pool = pool
        self.cache = cache(self._ask_for_everybody) if cache is not None else None
        self.beside = beside
        self.routes = sorted((routes or {}).items(), key=lambda item: -len(item[0]))
        self.trees = []
        if static is not None:
            self.trees.append((b"/static/", files.Tree(static)))
        if media is not None and public_media:
            self.trees.append((b"/medien/", files.Tree(media / "public", uploads=True)))
        self.media = media
        self.proxies = proxies or environ.Proxies(())
        self.ready = ready
        self.body_limit = body_limit
        self.own = {"/live/healthz": self._healthy, "/bereit": self._ready}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "lifespan":
            await self._lifespan(receive, send)
            return
        path: str = scope["path"]
        for prefix, app in self.routes:
            if path.startswith(prefix):
                await app(scope, receive, send)
                return
        if kind != "http":
            await send({"type": "websocket.close", "code": 1000})
        elif path in self.own:
            await self.own[path](send)
        elif not await self._file(scope, send):
            await self._page(scope, receive, send)

    async def _file(self, scope: Scope, send: Send) -> bool:
        """Answers if the address belongs to one of the trees."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        for prefix, tree in self.trees:
            if raw.startswith(prefix):
                await files.serve(tree, raw[len(prefix) :], scope, send)
                return True
        return False

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A page: at once from the cache, by way of the cache, or from Django for this client alone."""
        if self.cache is None or (key := self.cache.key(scope, trusted=self.proxies.trusted(scope))) is None:
            await self.django(scope, receive, send)
        elif (entry := self.cache.peek(key)) is not None:
            await entry.send(scope, send)
        else:
            await self._public(self.cache, key, scope, receive, send)

    # Life of the process

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self.pool.start()
        for companion in self.beside:
            companion.start()
        gc.collect()
        gc.freeze()  # what is loaded now stays: the collector need not look at it again, and forks share it
        gc.set_threshold(*SELDOM)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if not await self.pool.stop(GRACE):
            logger.warning("Requests were still running after %s s.", GRACE)
        for companion in self.beside:
            await companion.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _healthy(self, send: Send) -> None:
        """The process answers. It asks nothing else, so a slow database never makes a supervisor restart the web."""
        await _text(200, b"ok\n", send)

    async def _ready(self, send: Send) -> None:
        """Whether requests can be answered: the database is there and a thread is free within reasonable time."""
        try:
            if self.ready is not None:
                async with asyncio.timeout(GRACE):
                    await self.pool.run(self.ready)
        except Exception as error:  # noqa: BLE001 - whatever it is, the city is not ready
            await _text(503, f"nicht bereit: {type(error).__name__}\n".encode(), send)
        else:
            await _text(200, b"bereit\n", send)

    # Django

    async def django(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Gives one request to Django: reads its body, waits for a thread, sends what it answers."""
        request_id = new_request_id()
        try:
            answer = await self.ask(scope, receive, request_id)
        except body.DisconnectedError:
            return
        except EXPECTED as error:
            await _refuse(error, request_id, scope, send)
            return
        await self.reply(answer, scope, send)

    async def _public(self, cache: PageCache, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        """A request that everybody could have sent: from the cache, or by way of it from Django."""
        try:
            found = await cache.find(key, scope)
        except EXPECTED as error:
            await _refuse(error, new_request_id(), scope, send)
            return
        if found is None:
            await self.django(scope, receive, send)
        elif isinstance(found, Answer):
            await self.reply(found, scope, send)
        else:
            entry, status = found
            await entry.send(scope, send, status)

    async def _ask_for_everybody(self, scope: Scope) -> Answer:
        """Django's answer to a request without a body, whoever waits for it."""
        request_id = new_request_id()
        trusted = self.proxies.trusted(scope)
        request = environ.build(scope, environ.no_body(), 0, trusted=trusted, request_id=request_id)
        return await self.pool.call(request, request_id=request_id)

    async def ask(self, scope: Scope, receive: Receive, request_id: str) -> Answer:
        """Django's answer, or the reason why there is none as an exception."""
        if environ.contradictory(scope["headers"]):
            raise body.BadLengthError
        if body.may_have_body(scope):
            content, length = await body.read(scope, receive, self.body_limit)
        else:
            content, length = environ.no_body(), 0
        trusted = self.proxies.trusted(scope)
        request = environ.build(scope, content, length, trusted=trusted, request_id=request_id)
        if not self.pool.waiting:
            return await self.pool.call(request, request_id=request_id)
        return await self._ask_while_present(self.pool.call(request, request_id=request_id), receive)

    async def _ask_while_present(self, call: Coroutine[None, None, Answer], receive: Receive) -> Answer:
        """Leaves the queue when the client leaves: under load people reload, and nobody reads the first answer."""
        answer = asyncio.ensure_future(call)
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise body.DisconnectedError
            return answer.result()
        finally:
            for task in (answer, gone):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone

    async def reply(self, answer: Answer, scope: Scope, send: Send) -> None:
        """Sends what Django answered, without the headers that were meant for the shell."""
        head = scope["method"] == "HEAD"
        headers = answer.headers
        file = b""
        names = {name for name, _ in headers}
        if names & INTERNAL:
            file = dict(headers).get(b"x-allmende-file", b"")
            headers = [(name, value) for name, value in headers if name not in INTERNAL]
        if file and answer.status == 200:  # noqa: PLR2004
            await self._private_file(file, headers, scope, send)
            return
        if answer.stream is None and b"content-length" not in names and answer.status not in (204, 304):
            headers.append((b"content-length", b"%d" % len(answer.body)))
        if b"cache-control" not in names:
            headers.append(NOT_SHARED)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if answer.stream is None:
            await send({"type": "http.response.body", "body": b"" if head else answer.body})
            return
        try:
            while not head and (chunk := await answer.stream.read()):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            answer.stream.close()
        await send({"type": "http.response.body", "body": b""})

    async def _private_file(self, name: bytes, headers: Headers, scope: Scope, send: Send) -> None:
        """A view has decided that this client may have a file; `name` is its path below the media folder."""
        parts = files.segments(name)
        found = files.Tree(self.media).find(parts) if self.media and parts else None
        if found is None:
            logger.error("A view offered a file that is not there.")
            await plain(404).send(send, head=scope["method"] == "HEAD")
            return
        kept = [(key, value) for key, value in headers if key not in (b"content-length", b"etag", b"last-modified")]
        given = {key for key, _ in kept}
        defaults = [*files.MEDIA_HEADERS, NOT_SHARED]
        kept += [(key, value) for key, value in defaults if key not in given]
        await files.send_file(found, kept, files.request_headers(scope), scope, send)


_STATUS: dict[type[Exception], int] = {
    body.BadLengthError: 400,
    body.StalledError: 408,
    body.TooLargeError: 413,
    FailedError: 500,
    BusyError: 503,
}
EXPECTED = tuple(_STATUS)


async def _refuse(error: Exception, request_id: str, scope: Scope, send: Send) -> None:
    """Says why Django was not asked, or did not answer."""
    status = _STATUS[type(error)]
    extra: Headers = [(b"retry-after", b"2")] if isinstance(error, BusyError) else []
    if isinstance(error, (body.StalledError, body.TooLargeError)):
        extra.append((b"connection", b"close"))  # what is left of the body is not read
    await plain(status, request_id=request_id, extra=extra).send(send, head=scope["method"] == "HEAD")


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _text(status: int, text: bytes, send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(text)),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
