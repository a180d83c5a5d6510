"""OParl among 3,000 meetings, 15,000 papers, 20,000 agenda items and 40,000 files: a page, an object, all.

Nothing here is kept by the page cache: its routes are those of pages for people. The export follows `links.next`,
eight lists at once, and counts each object once; `omit_internal` keeps out what stands in a list of its own.
"""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from harness import BenchmarkError, City, Run, load

MEETINGS, PAPERS, ITEMS, FILES = 3_000, 15_000, 20_000, 40_000
RATE, SECONDS = 20.0, 20.0
LISTS = ("paper", "meeting", "agendaItem", "consultation", "file", "person", "membership", "organization")


def figures(run: Run, running: City) -> None:
    """Fills the council, then asks as programs do."""
    filled: dict[str, Any] = running.script("council_fill.py", *map(str, (MEETINGS, PAPERS, ITEMS, FILES)))
    run.keep("filled", {name: count for name, count in filled.items() if name != "singles"})
    body = f"/oparl/1.1/body/{filled['body']}"
    pages = [
        f"{body}/{name}{asked}" for name in ("paper", "meeting", "agendaItem", "file") for asked in filled["pages"]
    ]
    for name, paths, limit in (("list_p95_ms", pages, "<60"), ("object_p95_ms", filled["singles"], "<15")):
        load("open", running.port, paths, rate=RATE / 2, seconds=5.0)
        outcome = load("open", running.port, paths, rate=RATE, seconds=SECONDS)
        run.keep(f"oparl_{name}", outcome)
        run.figure(f"oparl_{name}", outcome["p95"] * 1000, "ms", limit)
    began = time.monotonic()
    with ThreadPoolExecutor(len(LISTS)) as threads:
        counted = list(threads.map(lambda name: _whole(running.port, f"{body}/{name}"), LISTS))
    took = time.monotonic() - began
    run.keep("oparl_export", {"seconds": took, "objects": dict(zip(LISTS, counted, strict=True))})
    run.figure("oparl_export_per_s", sum(counted) / took, "objects/s", ">=3000")


def _whole(port: int, path: str) -> int:
    """How many objects a list holds, read to its end over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    count, path = 0, f"{path}?omit_internal=true"
    while path:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise BenchmarkError(f"{path} gives {answer.status}.")
        page = json.loads(body)
        count += len(page["data"])
        following = urlsplit(page["links"].get("next", ""))
        path = f"{following.path}?{following.query}" if following.path else ""
    connection.close()
    return count
