"""A client without network for ASGI applications: one call, one complete answer, exactly as it was sent."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Got:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    pieces: int = 0
    sent_file: str = ""
    seen: list = field(default_factory=list)

    def __getitem__(self, name: str) -> str | None:
        values = [value.decode("latin-1") for key, value in self.headers if key == name.encode()]
        return ", ".join(values) if values else None

    @property
    def text(self) -> str:
        return self.body.decode()


def scope_for(path="/", method="GET", headers=(), *, query="", host="gera.test", client="192.0.2.7", pathsend=False):
    pairs = [(b"host", host.encode())] if host else []
    pairs += [(n.lower().encode("latin-1"), v.encode("latin-1") if isinstance(v, str) else v) for n, v in headers]
    from urllib.parse import unquote

    return {
        "type": "http",
        "method": method,
        "path": unquote(path, errors="replace"),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "server": ("127.0.0.1", "8000"),
        "client": (client, "5000") if client else None,
        "headers": pairs,
        "extensions": {"http.response.pathsend": {}} if pathsend else {},
    }


async def call(
    app, path="/", method="GET", headers=(), *, body: bytes | Iterable[bytes] = b"", gone=None, **more
) -> Got:
    """`gone`: an event after which the client has left."""
    chunks = [body] if isinstance(body, bytes) else list(body)
    messages = [
        {"type": "http.request", "body": chunk, "more_body": number + 1 < len(chunks)}
        for number, chunk in enumerate(chunks)
    ]
    got = Got(0, [], b"")
    forever = asyncio.Event()

    async def receive():
        if messages:
            return messages.pop(0)
        await (gone or forever).wait()
        return {"type": "http.disconnect"}

    async def send(message):
        got.seen.append(message["type"])
        if message["type"] == "http.response.start":
            assert not got.status, "two answers to one request"
            got.status, got.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.pathsend":
            got.sent_file = message["path"]
        else:
            got.body += message.get("body", b"")
            got.pieces += bool(message.get("body"))

    await app(scope_for(path, method, headers, **more), receive, send)
    return got


async def until(condition, seconds=60.0):
    """Waits until something has become true."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in threads and processes
            await asyncio.sleep(0.002)
