"""Another council system (15,000 papers, 3,000 meetings, 20,000 points) is mirrored by OParl, and papers are searched.

The other system answers from memory, 100 objects a page; points, consultations and files come inside of what they
belong to, as most systems send them. The clock ends when the last of it can be found.
"""

import json
import random
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import batched
from typing import Any
from urllib.parse import quote_plus

from harness import ROOT, BenchmarkError, City, Run, load
from prose import NOUNS, Prose

MEETINGS, PAPERS, ITEMS, PEOPLE, GROUPS = 3_000, 15_000, 20_000, 60, 20
RATE, SECONDS = 20.0, 20.0
SCHEMA = "https://schema.oparl.org/1.1/"
UNCACHED = "Cookie: bench=1\r\n"
"""A cookie that is not a display cookie: the page cache lets such a request pass."""


def figures(run: Run, running: City) -> None:
    """Imports all of it, waits for the index, then asks for papers."""
    pages = system()
    with served(pages) as address:
        begun = time.monotonic()
        done = subprocess.run(
            [str(ROOT / ".venv/bin/allmende"), "council", "import", f"{address}/system"],
            env={**running.environment, "FEEDS_FROM_PRIVATE_NETWORK": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        read = time.monotonic() - begun
    told = re.search(r"(\d+) new", done.stdout)
    if done.returncode or told is None:
        raise BenchmarkError(f"The import failed: {done.stdout[-500:]} {done.stderr[-1500:]}")
    run.keep("import_indexed_s", running.script("settle.py"))
    took = time.monotonic() - begun
    run.keep("import", {"objects": int(told[1]), "read_s": read, "all_s": took, "said": done.stderr[-500:]})
    run.figure("import_per_s", int(told[1]) / took, "objects/s", ">=500")
    prose = Prose(7)
    words = [*NOUNS[:20], *(prose.noun() for _ in range(180))]
    paths = [f"/suche/?art=paper&q={quote_plus(word)}" for word in words]
    load("open", running.port, paths, headers=UNCACHED, rate=RATE / 2, seconds=5.0)
    outcome = load("open", running.port, paths, headers=UNCACHED, rate=RATE, seconds=SECONDS)
    run.keep("paper_search", outcome)
    run.figure("paper_search_p95_ms", 1000 * outcome["p95"], "ms", "<80")


def system() -> dict[str, bytes]:
    """Path → answer; `here:` stands for the address."""
    chance, prose, now = random.Random(11), Prose(6), datetime.now(UTC).replace(microsecond=0)
    lists: dict[str, list[dict[str, Any]]] = {
        "organization": [one("Organization", f"o{n}", name=f"Ausschuss {n}") for n in range(GROUPS)],
        "person": [one("Person", f"h{n}", name=f"Mitglied {n}") for n in range(PEOPLE)],
        "meeting": [],
        "paper": [],
    }
    share = -(-ITEMS // MEETINGS)
    for n in range(MEETINGS):
        start = now - timedelta(hours=6 * n)
        items = [
            one("AgendaItem", f"i{i}", meeting=f"here:/m{n}", name=prose.text(6), number=str(i), public=True, order=i)
            for i in range(n * share, min(ITEMS, (n + 1) * share))
        ]
        lists["meeting"].append(
            one(
                "Meeting",
                f"m{n}",
                name=f"Sitzung {n}",
                start=start.isoformat(),
                agendaItem=items,
                end=(start + timedelta(hours=2)).isoformat(),
                organization=[f"here:/o{n % GROUPS}"],
            )
        )
    for n in range(PAPERS):
        place = chance.randrange(ITEMS)
        station = one(
            "Consultation",
            f"c{n}",
            paper=f"here:/p{n}",
            agendaItem=f"here:/i{place}",
            role="Entscheidung",
            meeting=f"here:/m{place // share}",
            organization=[f"here:/o{n % GROUPS}"],
            authoritative=True,
        )
        file = one(
            "File", f"f{n}", name="Vorlage", mimeType="text/plain", accessUrl=f"here:/f{n}", text=prose.text(200)
        )
        lists["paper"].append(
            one(
                "Paper",
                f"p{n}",
                name=prose.text(8),
                reference=f"{n}/2026",
                paperType="Beschlussvorlage",
                mainFile=file,
                date=(now - timedelta(hours=n)).date().isoformat(),
                consultation=[station],
            )
        )
    answers = {
        "/system": one("System", "system", oparlVersion=SCHEMA, body="here:/bodies", name="Rat der Nachbarn"),
        "/bodies": listed([one("Body", "body", name="Nachbarstadt", **{name: f"here:/{name}" for name in lists})]),
    }
    for name, things in lists.items():
        pages = list(batched(things, 100, strict=False))
        for number, page in enumerate(pages):
            following = f"here:/{name}/{number + 1}" if number + 1 < len(pages) else ""
            answers[f"/{name}/{number}" if number else f"/{name}"] = listed(list(page), following)
    return {path: json.dumps(answer).encode() for path, answer in answers.items()}


def one(kind: str, key: str, **values: Any) -> dict[str, Any]:
    return {"id": f"here:/{key}", "type": f"{SCHEMA}{kind}", **values}


def listed(things: list[dict[str, Any]], following: str = "") -> dict[str, Any]:
    return {"data": things, "pagination": {}, "links": {"next": following} if following else {}}


@contextmanager
def served(pages: dict[str, bytes]) -> Iterator[str]:
    """The pages on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = pages.get(self.path, b"").replace(b"here:", address.encode())
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield address
        finally:
            server.shutdown()
            thread.join()
