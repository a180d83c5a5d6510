"""A page whose answers the test decides, and a shell around it."""

import asyncio
import threading

from allmende.project.shell.django_pool import DjangoPool
from allmende.project.shell.router import Shell
from allmende.project.tests.shell_client import call


class Page:
    """A WSGI application whose answers the test decides, and which says who asked."""

    def __init__(self):
        self.open = threading.Event()
        self.open.set()
        self.threads = set()
        self.asked = []
        self.running = self.most = 0
        self.lock = threading.Lock()
        self.closed = 0

    def __call__(self, environ, start_response):
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
            self.threads.add(threading.current_thread().name)
            self.asked.append(environ["PATH_INFO"])
        try:
            return getattr(self, environ["PATH_INFO"].strip("/") or "start")(environ, start_response)
        finally:
            with self.lock:
                self.running -= 1

    def start(self, environ, start_response):
        self.open.wait(20)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [b"hello ", b"there"]

    def echo(self, environ, start_response):
        start_response("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    def broken(self, environ, start_response):
        raise ValueError("a secret in a message")

    def exits(self, environ, start_response):
        raise SystemExit

    def written(self, environ, start_response):
        write = start_response("200 OK", [])
        write(b"one ")
        return [b"two"]

    def pieces(self, environ, start_response):
        start_response("200 OK", [])
        return Pieces(self, [b"x" * 50_000] * 60)

    def late(self, environ, start_response):
        def parts():
            start_response("201 Created", [])
            yield b"late"

        return parts()

    def breaks(self, environ, start_response):
        def parts():
            yield b"first"
            raise ValueError("in the middle")

        start_response("200 OK", [])
        return parts()

    def nothing(self, environ, start_response):
        start_response("204 No Content", [])
        return [b""]


class Pieces:
    def __init__(self, page, parts):
        self.page, self.parts = page, parts

    def __iter__(self):
        return iter(self.parts)

    def close(self):
        self.page.closed += 1


def serve(page, steps, **options):
    """Runs `steps(shell, pool)` with a shell around the page."""

    async def run():
        pool = DjangoPool(page, **options)
        shell = Shell(pool, body_limit=100_000)
        pool.start()
        try:
            return await asyncio.wait_for(steps(shell, pool), 120)
        finally:
            page.open.set()
            assert await pool.stop(60)

    return asyncio.run(run())


def ask(page, path="/", method="GET", headers=(), **more):
    return serve(page, lambda shell, _: call(shell, path, method, headers, **more))
