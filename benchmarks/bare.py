"""Bare ASGI applications: the other side of every ratio. No framework, nothing but what the comparison needs.

`page` sends the same bytes as the page it stands against; `sql` runs the same SQL first, through psycopg's own pool,
and sends them then. What they send and run is in the file named by `BARE`.
"""

import asyncio
import base64
import json
import os
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

order: dict[str, Any] = json.loads(Path(os.environ["BARE"]).read_text())
BODY = base64.b64decode(order["body"])
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(name.encode(), value.encode()) for name, value in order["headers"]],
}
ANSWER = {"type": "http.response.body", "body": BODY}
CONNECTIONS = 4
"""Per process: as many as the platform has."""


async def page(scope: Any, receive: Any, send: Any) -> None:
    """Sends the page."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    await send(START)
    await send(ANSWER)


class Sql:
    """Runs the statements one after the other, fetches all rows, and sends the page."""

    def __init__(self) -> None:
        self.pool: AsyncConnectionPool[AsyncConnection] | None = None
        self.opening: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            self.pool = AsyncConnectionPool(
                order["database"],
                min_size=CONNECTIONS,
                max_size=CONNECTIONS,
                open=False,
                kwargs={"autocommit": True},
            )
            await self.pool.open()
            await lifespan(receive, send)
            await self.pool.close()
            return
        assert self.pool is not None
        async with self.pool.connection() as connection, connection.cursor() as cursor:
            for statement in order["statements"]:
                await cursor.execute(statement)
                await cursor.fetchall()
        await send(START)
        await send(ANSWER)


async def lifespan(receive: Any, send: Any) -> None:
    """Starts and stops as the server says."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


application = {"page": page, "sql": Sql()}[order["application"]]
