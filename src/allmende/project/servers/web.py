"""One web process: granian with the ASGI shell on a socket that the supervisor holds.

Why not granian's own main process: a second start shares its port silently, one process takes most connections, and
when it is killed its workers go on serving. Here the supervisor takes the port alone, holds a socket for each process,
and connections wait in it while the process starts again.

Run as `python -m allmende.project.servers.web FD NUMBER`.
"""

import asyncio
import os
import signal
import sys
from importlib import import_module
from typing import Any

BACKLOG = 4096
"""Connections that wait in the socket, for instance while a process starts again."""
STREAMS = 8192
"""Open requests per process, event streams among them; granian stops taking connections beyond that."""
TURN = 0.0005
"""Seconds after which a thread that computes lets the others in. With Python's 5 ms, whoever asks for a page that is
there already waits that long behind each page that is being made."""
APPLICATION = "allmende.project.asgi"


def main(descriptor: int, number: int) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is being answered.

    The steps are those of granian's own worker (`granian.server.mp`), pinned by the lock file. An application that
    holds streams open has a method `closing`; it is called in the event loop as soon as the signal comes, because
    granian waits for open answers before it says `lifespan.shutdown`.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allmende.project.settings")
    sys.setswitchinterval(TURN)
    # Imported by name: granian's type stubs lag behind it.
    native: Any = import_module("granian._granian")
    futures: Any = import_module("granian._futures")
    asgi: Any = import_module("granian.asgi")
    loops: Any = import_module("granian._loops").loops
    http: Any = import_module("granian.http")

    loop: asyncio.AbstractEventLoop = loops.get("auto")
    application = import_module(APPLICATION).application
    lifespan = asgi.LifespanProtocol(application)
    answer = futures._future_watcher_wrapper(
        asgi._callback_wrapper(application, {"url_path_prefix": None}, lifespan.state, None)
    )
    loop.run_until_complete(lifespan.startup())
    if lifespan.interrupt:
        raise SystemExit("The application could not start.") from lifespan.exc

    ended = asyncio.Event()
    stop = native.WorkerSignal()
    stop.add_cb(lambda: loop.call_soon_threadsafe(ended.set))

    def on_signal() -> None:
        if closing := getattr(application, "closing", None):
            closing()
        stop.set()

    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, on_signal)
    worker = native.ASGIWorker(
        number,
        (None, native.SocketHolder(descriptor, False, BACKLOG)),  # noqa: FBT003 - not a Unix socket
        None,  # channel for metrics
        1,  # threads of its runtime
        16,  # threads for its file reading
        1,  # threads for Python
        30,  # seconds until an idle one ends
        STREAMS,
        "1",  # HTTP/2 is the reverse proxy's business
        http.HTTP1Settings(header_read_timeout=20_000, max_buffer_size=64 * 1024),
        None,  # settings of HTTP/2
        False,  # noqa: FBT003 - no web sockets
        None,  # files are the shell's
        *(False, None, None, None, "tls1.3", None, [], False),  # TLS is the reverse proxy's
        (None, None),  # metrics
    )
    worker.serve_str(futures._new_cbscheduler(loop, answer, impl_asyncio=True), loop, stop)
    loop.run_until_complete(ended.wait())
    loop.run_until_complete(lifespan.shutdown())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
