"""Copies of JetStream streams, by the server's own snapshot protocol, the one that `nats stream backup` speaks.

A stream is asked for under `$JS.API.STREAM.SNAPSHOT.<name>` and comes in chunks, each of which is acknowledged; it is
given back under `$JS.API.STREAM.RESTORE.<name>`. Source: NATS ADR-8 and the server's `stream_snapshot_request`.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client

API = "$JS.API.STREAM"
CHUNK = 128 * 1024
PATIENCE = 30.0
"""Seconds that the server may be silent."""


class StreamError(Exception):
    """The NATS server refused; the message is its reason."""


def save(address: str, folder: Path) -> list[str]:
    """Write every stream, with its consumers, to `folder`: `<name>.json` and `<name>.data`. Returns their names."""
    return asyncio.run(_save(address, folder))


def load(address: str, folder: Path) -> list[str]:
    """Bring back all streams that `save` wrote. Raises `StreamError` when one of them exists already."""
    return asyncio.run(_load(address, sorted(folder.glob("*.json"))))


async def _connect(address: str) -> Client:
    async with asyncio.timeout(PATIENCE):
        return await nats.connect(address.split(","), connect_timeout=5, allow_reconnect=False)


async def _ask(client: Client, subject: str, question: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(
        (await client.request(subject, json.dumps(question).encode(), timeout=PATIENCE)).data
    )
    if "error" in answer:
        raise StreamError(answer["error"].get("description", "refused"))
    return answer


async def _save(address: str, folder: Path) -> list[str]:
    client = await _connect(address)
    try:
        names: list[str] = []
        while True:
            page = await _ask(client, f"{API}.NAMES", {"offset": len(names)})
            found = page.get("streams") or []
            names += found
            if not found or len(names) >= page["total"]:
                break
        for number, name in enumerate(names):
            await _save_one(client, name, folder / f"{number:04}")
        return names
    finally:
        await client.close()


async def _save_one(client: Client, name: str, path: Path) -> None:
    inbox = client.new_inbox()
    chunks = await client.subscribe(inbox)
    question = {"deliver_subject": inbox, "no_consumers": False, "chunk_size": CHUNK}
    about = await _ask(client, f"{API}.SNAPSHOT.{name}", question)
    with path.with_suffix(".data").open("wb") as file:
        while (message := await chunks.next_msg(timeout=PATIENCE)).data:
            file.write(message.data)
            if message.reply:  # the server asks for an acknowledgement when it wants to be slowed down
                await message.respond(b"")
    status = (message.headers or {}).get("Status", "204")
    if status not in {"204", "200"}:
        raise StreamError(f"stream {name}: {(message.headers or {}).get('Description', status)}")
    await chunks.unsubscribe()
    path.with_suffix(".json").write_text(json.dumps({"name": name, "config": about["config"], "state": about["state"]}))


async def _load(address: str, paths: list[Path]) -> list[str]:
    client = await _connect(address)
    try:
        names = []
        for path in paths:
            about = json.loads(path.read_text())
            question = {"config": about["config"], "state": about["state"]}
            target = (await _ask(client, f"{API}.RESTORE.{about['name']}", question))["deliver_subject"]
            with path.with_suffix(".data").open("rb") as file:
                while chunk := file.read(CHUNK):
                    answer = await client.request(target, chunk, timeout=PATIENCE)
                    if answer.data and b"error" in answer.data:
                        raise StreamError(json.loads(answer.data)["error"]["description"])
            await _finish(client, target)
            names.append(about["name"])
        return names
    finally:
        await client.close()


async def _finish(client: Client, target: str) -> None:
    """An empty chunk says that this was all; the answer is that of making a stream."""
    answer = json.loads((await client.request(target, b"", timeout=PATIENCE)).data)
    if "error" in answer:
        raise StreamError(answer["error"]["description"])
