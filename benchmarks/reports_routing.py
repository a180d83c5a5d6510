"""10,000 reports are sent on their way by 200 rules: words, kinds, districts, hours, circles and polygons."""

from typing import Any

from harness import City, Run

REPORTS, RULES = 10_000, 200


def figures(run: Run, running: City) -> None:
    """In a process with the city's settings; reading rules and reports from the database counts."""
    outcome: dict[str, Any] = running.script("reports_route.py", str(REPORTS), str(RULES))
    run.keep("routing", outcome)
    run.figure("routing_s", outcome["seconds"], "s for 10,000 reports by 200 rules", "<5")
