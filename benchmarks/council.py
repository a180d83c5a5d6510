"""The council: its lists and objects for programs, everything at once, and the search for papers (`council_*.py`)."""

import importlib
import os
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path

from harness import Run, city

PARTS = ("import", "oparl")


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="only these")


def measure(run: Run, options: Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="allmende-bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - as root, PostgreSQL runs as another user below it
        with city(Path(folder) / "home") as running:
            run.keep("examples_delivered_s", running.script("settle.py"))
            for part in options.parts:
                importlib.import_module(f"council_{part}").figures(run, running)
