"""A page cache with a clock that the test turns, for the tests of the page cache."""

import asyncio
from datetime import UTC, datetime

from allmende.project.shell.django_pool import Answer, DjangoPool
from allmende.project.shell.page_cache import PageCache
from allmende.project.shell.page_key import Keys
from allmende.project.shell.router import Shell
from allmende.project.shell.versions import LocalVersions
from allmende.project.tests.shell_client import call

KEYS = Keys("gera", ("de", "en"), frozenset(("seite", "gruppe")))
NOW = 1_800_000_000.0


class City:
    """A city with a clock that the test turns, and a page that says how often it was made."""

    def __init__(self, **options):
        self.time = 1000.0
        self.made = 0
        self.lasts = 300.0
        self.cost = 0.0
        self.headers = []
        self.status = 200
        self.body = "<p>{}</p>"
        self.gate = asyncio.Event()
        self.gate.set()
        self.seen = []
        self.busy = False
        self.versions = LocalVersions(self.clock)
        self.cache = PageCache(
            self.ask,
            keys=KEYS,
            versions=self.versions,
            clock=self.clock,
            wall=lambda: NOW + self.time,
            busy=lambda: self.busy,
            **options,
        )
        self.shell = Shell(DjangoPool(lambda *_: [b""]), cache=lambda _ask: self.cache)

    def clock(self):
        return self.time

    async def ask(self, scope):
        begun = self.time
        self.made += 1
        self.seen.append(scope)
        made = self.made
        await self.gate.wait()
        self.time += self.cost
        until = datetime.fromtimestamp(NOW + begun + self.lasts, UTC).isoformat() if self.lasts else None
        return Answer(
            self.status,
            [
                (b"content-type", b"text/html; charset=utf-8"),
                (b"x-allmende-cache", b"public"),
                (b"x-request-id", b"somebody"),
                *([(b"x-allmende-until", until.encode())] if until else []),
                *self.headers,
            ],
            self.body.format(made).encode(),
            begun=begun,
        )

    async def get(self, path="/", headers=(), method="GET", **more):
        return await call(self.shell, path, method, headers, **more)

    async def page(self, *args, **more):
        return (await self.get(*args, **more)).text
