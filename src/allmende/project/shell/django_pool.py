"""Django's WSGI handler in a fixed pool of threads, each with one lasting database connection.

Why not Django's ASGI handler: synchronous views under it run an order of magnitude slower and use as many connections
as there are requests. Why a pool of our own: a fixed number of threads *is* the connection limit, and a queue with an
end answers 503 at once instead of letting everybody wait.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from allmende.core import logs
from allmende.project.shell.http import Headers
from allmende.project.shell.stream import ClientGoneError, Stream

if TYPE_CHECKING:
    from allmende.project.shell.asked import Asked

logger = logging.getLogger(__name__)

THREADS = 4
QUEUE = 64
"""Requests that may wait for a thread, per process; the next one gets 503."""
QUEUE_OF_DEEDS = 1024
"""The same for what somebody sends (a vote, an idea). Whoever reads can ask again; whoever has decided something is
told that it was done, also when a hall full of people does so in the same instant. Small deeds take milliseconds."""
READING = frozenset(("GET", "HEAD", "OPTIONS"))

type WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class BusyError(Exception):
    """The queue is full, or the process is stopping."""


class FailedError(Exception):
    """The application raised; it has been logged."""


@dataclass(slots=True)
class Answer:
    """What Django said. `stream` is set instead of `body` when it answers piece by piece."""

    status: int
    headers: Headers
    body: bytes = b""
    stream: Stream | None = None
    begun: float | None = None
    """When a thread began with it (monotonic seconds): it shows at least what was known then."""
    asked: "Asked | None" = None
    """What a public page asked the database."""


class _Job[Result]:
    """Something one of the threads is to do, and the future that waits for it."""

    __slots__ = ("abandoned", "drop", "future", "run")

    def __init__(
        self,
        run: Callable[["_Job[Result]"], None],
        future: "asyncio.Future[Result]",
        drop: Callable[[], object] = lambda: None,
    ) -> None:
        self.run = run
        self.drop = drop  # called instead of `run` when nobody waits any more
        self.future = future
        self.abandoned = False

    def finish(self, result: Result | None, error: Exception | None = None) -> None:
        """Called in a thread: hands the result to the event loop."""
        try:
            self.future.get_loop().call_soon_threadsafe(self._settle, result, error)
        except RuntimeError:  # the loop has closed: the process is stopping and nobody waits
            logger.debug("An answer came after the end.")

    def _settle(self, result: Any, error: Exception | None) -> None:
        if self.future.done():  # the client has gone
            if isinstance(result, Answer) and result.stream:
                result.stream.close()
        elif error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class DjangoPool:
    """Runs a WSGI application in `threads` threads; `queue` requests may wait for one of them, and `deeds` beside them
    that change something.
    """

    def __init__(
        self, application: WsgiApp, *, threads: int = THREADS, queue: int = QUEUE, deeds: int = QUEUE_OF_DEEDS
    ) -> None:
        self.application = application
        self.queue = queue
        self.deeds = deeds
        self.active = 0
        """Requests that were accepted and are not answered yet; counted in the event loop."""
        self.active_deeds = 0
        """Those of them that change something."""
        self._jobs: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"django-{number}", daemon=True) for number in range(threads)
        ]
        self._stopping = False

    @property
    def waiting(self) -> int:
        """Requests that have no thread yet."""
        return self._jobs.qsize()

    def start(self) -> None:
        """Starts the threads; they are there for as long as the process is."""
        for thread in self._threads:
            thread.start()

    async def stop(self, seconds: float) -> bool:
        """Lets what was accepted come to its end, for at most `seconds`; returns whether it did."""
        self._stopping = True
        for _ in self._threads:
            self._jobs.put(None)
        deadline = asyncio.get_running_loop().time() + seconds
        while any(thread.is_alive() for thread in self._threads):
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.02)
        return True

    async def call(self, environ: dict[str, Any], *, request_id: str = "-") -> Answer:
        """Has the application answer this request.

        Raises `BusyError` when it cannot be accepted and `FailedError` when the application raised. Cancelling
        the call takes it out of the queue; once a thread has it, it runs to its end.
        """
        loop = asyncio.get_running_loop()

        def run(job: _Job[Answer]) -> None:
            self._answer(job, environ, loop, request_id)

        job = _Job(run, loop.create_future(), environ["wsgi.input"].close)
        return await self._submit(job, is_deed=environ.get("REQUEST_METHOD") not in READING)

    async def run[Result](self, function: Callable[[], Result]) -> Result:
        """Runs a function in one of the threads, with that thread's connection."""

        def run(job: _Job[Result]) -> None:
            try:
                job.finish(function())
            except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the caller
                job.finish(None, error)

        return await self._submit(_Job(run, asyncio.get_running_loop().create_future()))

    def _is_full(self, *, is_deed: bool) -> bool:
        """Whether as many as may wait do; a crowd that acts takes no place from those who read, nor they from it."""
        if is_deed:
            return self.active_deeds >= self.deeds
        return self._jobs.qsize() >= self.queue and self.active - self.active_deeds >= self.queue

    async def _submit[Result](self, job: _Job[Result], *, is_deed: bool = False) -> Result:
        if self._stopping or self._is_full(is_deed=is_deed):
            job.drop()
            raise BusyError
        self._jobs.put(job)
        self.active += 1
        self.active_deeds += is_deed
        try:
            return await job.future
        except asyncio.CancelledError:
            job.abandoned = True
            raise
        finally:
            self.active -= 1
            self.active_deeds -= is_deed

    def _work(self) -> None:
        from django.db import connections

        while (job := self._jobs.get()) is not None:
            if job.abandoned:
                job.drop()
            else:
                job.run(job)
            del job  # an idle thread keeps nothing of the last request
        connections.close_all()

    def _answer(
        self, job: _Job[Answer], environ: dict[str, Any], loop: asyncio.AbstractEventLoop, request_id: str
    ) -> None:
        """One request in one thread: runs the application, hands over its answer, closes what it opened."""
        call = _Call(environ, loop)
        try:
            call.run(self.application, job)
        except ClientGoneError:
            return
        except BaseException:  # not even SystemExit ends a thread of the pool
            token = logs.request_id.set(request_id)
            logger.exception("A request was not answered.")
            logs.request_id.reset(token)
            if call.stream is not None:
                call.stream.end(failed=True)
            else:
                job.finish(None, FailedError())


class _Call:
    """One call of a WSGI application (PEP 3333)."""

    def __init__(self, environ: dict[str, Any], loop: asyncio.AbstractEventLoop) -> None:
        self.environ = environ
        self.input = environ["wsgi.input"]
        self.loop = loop
        self.answer: Answer | None = None
        self.written: list[bytes] = []
        self.stream: Stream | None = None
        self.begun = time.monotonic()

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[..., None]:
        if self.answer is not None and exc_info is None:
            raise AssertionError("start_response was called twice")
        pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self.answer = Answer(int(status[:3]), pairs, begun=self.begun)
        return self.written.append

    def run(self, application: WsgiApp, job: _Job[Answer]) -> None:
        result: Any = None
        try:
            result = application(self.environ, self.start_response)
            if getattr(result, "streaming", not isinstance(result, (list, tuple))):
                self._stream(result, job)
            else:
                body = b"".join((*self.written, *result))
                assert self.answer is not None, "start_response was not called"
                self.answer.body = body
                self.answer.asked = getattr(result, "asked", None)
                job.finish(self.answer)
        finally:
            if hasattr(result, "close"):
                result.close()
            self.input.close()

    def _stream(self, result: Iterable[bytes], job: _Job[Answer]) -> None:
        chunks = iter(result)
        first = next(chunks, b"")  # the application may wait with start_response until it is asked for the first piece
        assert self.answer is not None, "start_response was not called"
        self.answer.stream = self.stream = Stream(self.loop)
        job.finish(self.answer)
        if self.environ["REQUEST_METHOD"] != "HEAD":
            self.stream.write(b"".join(self.written) + first)
            for chunk in chunks:
                self.stream.write(chunk)
        self.stream.end()
