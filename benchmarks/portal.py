"""The portal: public pages, start page, and what its parts bring (`portal_*.py`), in one running city."""

import importlib
import os
import re
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cached import cached
from harness import BenchmarkError, City, Run, city, fetch

IDEAS, SUPPORTS, COMMENTS = 1000, 20_000, 5_000
ADDRESSES = 200
PARTS = ("pages", *sorted(file.stem.removeprefix("portal_") for file in Path(__file__).parent.glob("portal_*.py")))


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="only these")


def measure(run: Run, options: Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="allmende-bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - as root, PostgreSQL runs as another user below it
        with city(Path(folder) / "home") as running:
            running.script("settle.py")
            run.keep("filled", running.script("fill.py", str(IDEAS), str(SUPPORTS), str(COMMENTS)))
            running.script("settle.py")
            for part in options.parts:
                (figures if part == "pages" else importlib.import_module(f"portal_{part}").figures)(run, running)


def figures(run: Run, running: City) -> None:
    """The start page and the cached public pages."""
    run.figure("start_queries", len(running.script("capture.py", "/", "bench=1")["statements"]), "queries", "<=12")
    cached(run, running, public_pages(running))


def public_pages(running: City) -> list[str]:
    """What a visitor reads: everything that the menu leads to, then ideas, until there are enough."""
    _, _, start = fetch(running.port, "/")
    found = dict.fromkeys(["/", *re.findall(r'href="(/[a-z0-9/-]*/)"', start.decode())])
    for number in range(1, IDEAS):
        found[f"/mitmachen/ideen/{number}/"] = None
    pages = []
    for path in found:
        status, headers, _ = fetch(running.port, path)
        if status == 200 and "cache-status" in headers:
            pages.append(path)
        if len(pages) == ADDRESSES:
            return pages
    raise BenchmarkError(f"Only {len(pages)} public pages were found.")
