"""`make bench NAME=…`: carries out one benchmark, prints its figures, writes the run to `benchmarks/results/`.

Exit codes: 0 every figure within its limit, 1 one of them is not, 2 it could not be carried out.
"""

import argparse
import importlib
import sys
from pathlib import Path

from harness import BenchmarkError, Run

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """The benchmarks there are: modules here with a function `measure`."""
    return sorted(path.stem for path in HERE.glob("*.py") if "\ndef measure(" in path.read_text())


def main() -> int:
    """One benchmark from the command line."""
    parser = argparse.ArgumentParser(prog="run.py", description="Measures one part of Allmende.")
    parser.add_argument("name", choices=names())
    benchmark = importlib.import_module(parser.parse_known_args()[0].name)
    if hasattr(benchmark, "arguments"):
        benchmark.arguments(parser)
    options = parser.parse_args()
    run = Run(options.name)
    try:
        benchmark.measure(run, options)
    except BenchmarkError as error:
        print(f"{options.name}: {error}", file=sys.stderr)
        return 2
    finally:
        if run.figures:
            print(f"→ {run.write().relative_to(HERE.parent)}", file=sys.stderr)
    return 0 if run.passed else 1


if __name__ == "__main__":
    sys.exit(main())
