"""The strategy: a text of 400 paragraphs with 10,000 suggestions opens, and the whole Trace of 2,000 things; nothing
comes from the page cache.

An address with a key that no page knows is never kept, so each answer is made anew.
"""

import os
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from harness import City, Run, city, load

PARAGRAPHS, SUGGESTIONS, THINGS = 400, 10_000, 2_000
RATE, SECONDS = 4.0, 20.0
ADDRESSES = 400
MOST_QUERIES = 15


def arguments(_parser: ArgumentParser) -> None:
    """None of its own."""


def measure(run: Run, _options: Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="allmende-bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - as root, PostgreSQL runs as another user below it
        with city(Path(folder) / "home") as running:
            run.keep("examples_delivered_s", running.script("settle.py"))
            figures(run, running)


def figures(run: Run, running: City) -> None:
    """Fills a text, waits until what follows from it is done, then opens it as people do."""
    filled: dict[str, Any] = running.script("fill_strategy.py", str(PARAGRAPHS), str(SUGGESTIONS), str(THINGS))
    run.keep("strategy_publish", filled["publish"])
    run.keep("strategy_delivered_s", running.script("settle.py"))
    for name, count in filled["queries"].items():
        run.figure(f"strategy_{name}_queries", count, "queries", f"<={MOST_QUERIES}")
    base = f"/strategie/text/{filled['number']}/"
    for name, path in (("text", base), ("paragraph", f"{base}absatz/2/"), ("trace", filled["trace"])):
        paths = [f"{path}?neu={number}" for number in range(ADDRESSES)]
        load("open", running.port, paths, rate=RATE, seconds=5.0)
        outcome = load("open", running.port, paths, rate=RATE, seconds=SECONDS)
        run.keep(f"strategy_{name}", outcome)
        run.figure(f"strategy_{name}_p95_ms", outcome["p95"] * 1000, "ms", "<100")
