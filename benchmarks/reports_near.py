"""What is reported near a place, and what may be the same: the calls behind form and desk, timed by themselves."""

from typing import Any

from harness import City, Run

TIMES = 600


def figures(run: Run, running: City) -> None:
    """In a process with the city's settings, over its own connection, as a thread of the server makes them."""
    outcome: dict[str, Any] = running.script("reports_ask.py", str(TIMES))
    run.keep("near", {name: value for name, value in outcome.items() if name != "numbers"})
    run.figure("near_p95_ms", outcome["near_p95_ms"], "ms", "<25")
    run.figure("same_p95_ms", outcome["same_p95_ms"], "ms", "<50")
