"""Pages from the public cache, against a bare application that sends the same bytes; for several benchmarks."""

import statistics
from collections.abc import Sequence
from typing import Any

from harness import BenchmarkError, City, Run, bare, fetch, load

MISS_EVERY = 20
SECONDS = 8.0


def cached(run: Run, running: City, addresses: Sequence[str], *, fresh: Sequence[str] = ()) -> None:
    """Throughput over the addresses, known and while somebody changes what they show.

    Changes come so often that one request in twenty finds no page that is up to date. The bare application sends the
    page of middle length. `fresh` are addresses that nobody has asked for, for the figure without a limit.
    """
    answers = []
    for address in addresses:
        status, headers, body = fetch(running.port, address)
        if status != 200:
            raise BenchmarkError(f"{address} gives {status}.")
        answers.append((len(body), body, headers))
    answers.sort(key=lambda answer: answer[0])
    _, body, headers = answers[len(answers) // 2]
    with bare("page", body, headers) as port:
        reference = [load("closed", port, ["/"], seconds=SECONDS)]
        for _ in range(4):  # each process fills its own cache
            for address in addresses:
                fetch(running.port, address)
        hits = load("closed", running.port, addresses, seconds=SECONDS)
        changed = while_changing(running, addresses)
        new = load("closed", running.port, addresses, fresh=fresh, every=MISS_EVERY, seconds=SECONDS) if fresh else None
        reference.append(load("closed", port, ["/"], seconds=SECONDS))
    base = statistics.mean(outcome["rate"] for outcome in reference)
    run.keep("cached", {"hits": hits, "changing": changed, "new": new, "bare": reference, "bytes": len(body)})
    run.figure("cached_hits_of_bare", hits["rate"] / base, "ratio", ">=0.30")
    run.figure("cached_misses", 100 * changed["outdated"], "%", ">=5")
    run.figure("cached_of_bare", changed["rate"] / base, "ratio", ">=0.30")
    if new is not None:
        run.figure("cached_new_of_bare", new["rate"] / base, "ratio", ">=0")


def while_changing(running: City, addresses: Sequence[str]) -> dict[str, Any]:
    """Load while ideas change, ever more often, until one request in twenty finds no page that is up to date."""
    between = 6.0
    while True:
        with running.beside("change.py", str(between), str(4 * between)):
            outcome = load("closed", running.port, addresses, seconds=2 * between, warm=between / 2)
        outcome["seconds_between_changes"] = between
        if outcome["outdated"] >= 1 / MISS_EVERY or between < 0.05:
            return outcome
        between *= 0.9  # small steps: at much more than one in twenty it would measure something else
