"""A council system that is nowhere, for the demonstration: one committee of a neighbour that does not exist."""

import json
from typing import Any

from allmende.capabilities.council.ports import Fetched, Unreachable

HOST = "https://rat.nachbarstadt.example/oparl"
SCHEMA = "https://schema.oparl.org/1.1/"
TIMES = {"created": "2026-01-12T08:00:00+01:00", "modified": "2026-01-12T08:00:00+01:00"}


def _thing(kind: str, slug: str, /, **values: Any) -> dict[str, Any]:
    return {"id": f"{HOST}/{slug}", "type": SCHEMA + kind, **values, **TIMES}


def _things() -> dict[str, list[dict[str, Any]]]:
    lists = {name: f"{HOST}/{name}s" for name in ("organization", "person", "meeting", "paper")}
    body, committee = f"{HOST}/body", f"{HOST}/committee"
    item = _thing("AgendaItem", "item", order=0, number="1", name="Radweg zum Nachbarn (Beispiel)", public=True)
    way = _thing("Consultation", "way", agendaItem=item["id"], meeting=f"{HOST}/meeting-1", organization=[committee])
    return {
        "bodies": [_thing("Body", "body", name="Nachbarstadt (Beispiel)", legislativeTerm=[], **lists)],
        "organizations": [
            _thing("Organization", "committee", body=body, name="Umweltausschuss der Nachbarstadt (Beispiel)")
        ],
        "persons": [],
        "meetings": [
            _thing(
                "Meeting",
                "meeting-1",
                name="Sitzung des Umweltausschusses (Beispiel)",
                start="2026-02-02T17:00:00+01:00",
                organization=[committee],
                agendaItem=[item],
            )
        ],
        "papers": [_thing("Paper", "paper", body=body, name="Radweg zum Nachbarn (Beispiel)", consultation=[way])],
    }


class DemoReader:
    """„demo:council“ is the system; what it names is there, every other address is not."""

    def fetch(self, url: str) -> Fetched:
        if url == "demo:council":
            said: dict[str, Any] = {"id": f"{HOST}/system", "type": SCHEMA + "System", "name": "Rat der Nachbarstadt"}
            return _json({**said, "body": f"{HOST}/bodies"})
        things = _things().get(url.partition("?")[0].removeprefix(f"{HOST}/"))
        if things is None:
            raise Unreachable("gone", 404)
        return _json({"data": things, "pagination": {}, "links": {}})


def _json(values: dict[str, Any]) -> Fetched:
    return Fetched(json.dumps(values).encode(), "application/json")
