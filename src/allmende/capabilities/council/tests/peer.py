"""A council system on this machine, for the tests of the mirror, and how it is read."""

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

from allmende.capabilities.council import actions
from allmende.capabilities.council.models import Mirror, MirrorRun
from allmende.capabilities.council.tasks.mirror import read_mirror
from allmende.core.actor import SYSTEM

SCHEMA = "https://schema.oparl.org/1.1/"
OLD_SCHEMA = "https://schema.oparl.org/1.0/"
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


class System:
    """A council system on this machine: what stands at a path, and what was asked. `here` stands for its address."""

    def __init__(self) -> None:
        self.answers: dict[str, object] = {}
        self.asked: list[str] = []
        self.address = ""

    def answer(self, target: str) -> tuple[int, bytes]:
        self.asked.append(target)
        found = self.answers.get(target, self.answers.get(urlsplit(target).path))
        if callable(found):
            found = found(target)
        if found is None:
            return 404, b"{}"
        if isinstance(found, int):
            return found, b"<html>500</html>"
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        return 200, body.replace(b"here:", self.address.encode())

    def lists(self, **lists: list[dict[str, object]]) -> None:
        """A system with one body and these lists; without a page each."""
        names = {name: f"here:/{name}" for name in ("organization", "person", "meeting", "paper")}
        names |= {name: f"here:/{name}" for name in lists}
        self.answers["/system"] = {
            "id": "here:/system",
            "type": f"{SCHEMA}System",
            "oparlVersion": SCHEMA,
            "body": "here:/bodies",
            "name": "Rat der Nachbarn",
        }
        self.answers["/bodies"] = listed([thing("Body", "body", name="Nachbarstadt", **names)])
        for name in names:
            if name != "legislativeTerm":
                self.answers[f"/{name}"] = listed(lists.get(name, []))


def listed(things: list[dict[str, object]], following: str = "") -> dict[str, object]:
    return {"data": things, "pagination": {}, "links": {"next": following} if following else {}}


def thing(kind: str, key: str, **values: object) -> dict[str, object]:
    return {"id": f"here:/{key}", "type": f"{SCHEMA}{kind}", **values}


def mirrored(system: System, path: str = "/system") -> Mirror:
    return actions.save_mirror(actor=SYSTEM, url=system.address + path, at=AT)


def read(mirror: Mirror, at: datetime = AT) -> MirrorRun:
    mirror.refresh_from_db()
    return read_mirror(mirror, at, pauses=(0.0,))


def problems(run: MirrorRun) -> set[str]:
    return {problem for _address, problem in run.faults}
