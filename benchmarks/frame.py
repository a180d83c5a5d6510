"""`make bench NAME=frame`: what the frame of the platform promises (docs/benchmarks.md explains each figure).

`--first-start` adds the start from a fresh clone, which fetches all packages and takes minutes.
"""

import os
import subprocess
import tempfile
import time
from argparse import ArgumentParser, Namespace
from base64 import b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from cached import SECONDS, cached
from harness import ROOT, City, Run, bare, city, fetch, load, pss

IDEAS, SUPPORTS, COMMENTS = 1000, 20_000, 5_000
LIST = "/mitmachen/ideen/"
UNCACHED = "Cookie: bench=1\r\n"
"""A cookie that is not a display cookie: the page cache lets such a request pass, and it belongs to no session."""
ADDRESSES = 200
FRESH = 10_000


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--first-start", action="store_true", help="also start from a fresh clone")


def measure(run: Run, options: Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="allmende-bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - as root, PostgreSQL runs as another user below it
        if options.first_start:
            first_start(run, Path(folder))
        home = Path(folder) / "home"
        with city(home, command=["make", "up"], patience=300):
            pass  # the first start of this home: database, roles, migrations, examples
        with city(home, command=["make", "up"]) as running:
            run.figure("second_start_s", running.started_in, "s", "<12")
            run.keep("examples_delivered_s", running.script("settle.py"))
            idle_memory(run, running)
            run.keep("filled", running.script("fill.py", str(IDEAS), str(SUPPORTS), str(COMMENTS)))
            running.script("settle.py")
            uncached(run, running)
            places = pages_of_list(FRESH + ADDRESSES)
            cached(run, running, places[:ADDRESSES], fresh=places[ADDRESSES:])


def first_start(run: Run, folder: Path) -> None:
    """`git clone`, `make up`, until the first page is served."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    with city(folder / "first", command=["make", "up"], root=clone, patience=600) as running:
        run.figure("first_start_s", running.started_in, "s", "<180")


def idle_memory(run: Run, running: City) -> None:
    """All processes of the platform, PostgreSQL and NATS among them, 15 seconds after the last request."""
    for _ in range(20):
        fetch(running.port, "/")
    time.sleep(15)
    by_program = pss(running.process.pid)
    run.keep("pss_mib", by_program)
    run.figure("idle_pss_mib", sum(by_program.values()), "MiB", "<1024")


def uncached(run: Run, running: City) -> None:
    """The list of ideas made by Django each time, against a bare application that runs the same SQL."""
    captured: dict[str, Any] = running.script("capture.py", LIST, "bench=1")
    assert captured["status"] == 200, captured["status"]
    run.keep("list_statements", captured["statements"])
    run.figure("list_queries", len(captured["statements"]), "queries", "<=8")
    ours = load("closed", running.port, [LIST], headers=UNCACHED, seconds=SECONDS)
    body = b64decode(captured["body"])
    with bare(
        "sql",
        body,
        {"content-type": "text/html; charset=utf-8", "content-length": str(len(body))},
        statements=captured["statements"],
        database=captured["database"],
    ) as port:
        reference = load("closed", port, ["/"], seconds=SECONDS)
    latency = load("open", running.port, [LIST], headers=UNCACHED, rate=ours["rate"] / 2, seconds=SECONDS)
    run.keep("list", {"ours": ours, "bare_sql": reference, "open": latency, "bytes": len(body)})
    run.figure("list_rps", ours["rate"], "req/s", ">=100")
    run.figure("list_of_bare_sql", ours["rate"] / reference["rate"], "ratio", ">=0.10")


def pages_of_list(count: int) -> list[str]:
    """Addresses of full pages of the list: "more" from different points of its keyset."""
    addresses = []
    for number in range(count):
        instant = datetime.now(UTC) - timedelta(days=28, microseconds=number)
        place = urlsafe_b64encode(f"{instant.isoformat()}~{uuid4().hex}".encode()).decode().rstrip("=")
        addresses.append(f"{LIST}?after={place}")
    return addresses
