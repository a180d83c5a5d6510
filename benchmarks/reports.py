"""Reports of faults: 500,000 with 2 million steps, and what residents and clerks ask of them (`reports_*.py`)."""

import importlib
import os
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path

from harness import Run, city

REPORTS, UPDATES = 500_000, 2_000_000
PARTS = ("submit", "map", "desk", "near", "open311", "routing", "storm")


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="only these")
    parser.add_argument("--reports", type=int, default=REPORTS, help="so many, for trying things out; four steps each")


def measure(run: Run, options: Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="allmende-bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - as root, PostgreSQL runs as another user below it
        with city(Path(folder) / "home") as running:
            run.keep("examples_delivered_s", running.script("settle.py"))
            updates = UPDATES * options.reports // REPORTS
            run.keep("filled", running.script("reports_fill.py", str(options.reports), str(updates)))
            for part in options.parts:
                importlib.import_module(f"reports_{part}").figures(run, running)
