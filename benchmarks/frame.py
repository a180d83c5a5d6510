"""`make bench NAME=frame`: what the frame of the platform promises (docs/benchmarks.md explains each figure).

`--first-start` adds the start from a fresh clone, which fetches all packages and takes minutes.
"""

import os
import statistics
import subprocess
import tempfile
import time
from argparse import ArgumentParser, Namespace
from base64 import b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from harness import ROOT, City, Run, bare, city, fetch, load, pss

IDEAS, SUPPORTS, COMMENTS = 1000, 20_000, 5_000
LIST = "/mitmachen/ideen/"
UNCACHED = "Cookie: bench=1\r\n"
"""A cookie that is not a display cookie: the page cache lets such a request pass, and it belongs to no session."""
ADDRESSES = 200
MISS_EVERY = 20
FRESH = 10_000
SECONDS = 8.0


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
            cached(run, running)


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


def cached(run: Run, running: City) -> None:
    """The same page from the public cache over 200 addresses, against a bare application that sends the same bytes.

    Somebody changes an idea so often that one request in twenty finds no page that is up to date.
    """
    places = pages_of_list(FRESH + ADDRESSES)
    addresses, fresh = places[:ADDRESSES], places[ADDRESSES:]
    status, headers, body = fetch(running.port, addresses[0])
    assert status == 200, f"{addresses[0]} gives {status}"
    with bare("page", body, headers) as port:
        reference = [load("closed", port, ["/"], seconds=SECONDS)]
        for _ in range(4):  # each process fills its own cache
            for address in addresses:
                fetch(running.port, address)
        hits = load("closed", running.port, addresses, seconds=SECONDS)
        changed = while_changing(running, addresses)
        new = load("closed", running.port, addresses, fresh=fresh, every=MISS_EVERY, seconds=SECONDS)
        reference.append(load("closed", port, ["/"], seconds=SECONDS))
    base = statistics.mean(outcome["rate"] for outcome in reference)
    run.keep("cached", {"hits": hits, "changing": changed, "new": new, "bare": reference, "bytes": len(body)})
    run.figure("cached_hits_of_bare", hits["rate"] / base, "ratio", ">=0.30")
    run.figure("cached_misses", 100 * changed["outdated"], "%", ">=5")
    run.figure("cached_of_bare", changed["rate"] / base, "ratio", ">=0.30")
    run.figure("cached_new_of_bare", new["rate"] / base, "ratio", ">=0")


def while_changing(running: City, addresses: list[str]) -> dict[str, Any]:
    """Load while ideas change, ever more often, until one request in twenty finds no page that is up to date."""
    between = 12.0
    while True:
        with running.beside("change.py", str(between), str(10 * SECONDS)):
            outcome = load("closed", running.port, addresses, seconds=2 * between, warm=between / 2)
        outcome["seconds_between_changes"] = between
        if outcome["outdated"] >= 1 / MISS_EVERY or between < 0.05:
            return outcome
        between *= 0.8
