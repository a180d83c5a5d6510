"""List of ideas, board of a store and page of an idea among 10,000 ideas, 200,000 supports, 50,000 comments.

Made by Django each time: a cookie keeps the page cache out of it. Visitors and people who are signed in, each order
of the list, a store's own part of it, ideas that everybody talks about.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from harness import BenchmarkError, City, Run, load

IDEAS, SUPPORTS, COMMENTS = 10_000, 200_000, 50_000
THEMES, ORDERED = 40, 6_000
RATE, SECONDS = 20.0, 20.0
NOBODY = "bench=1"
"""A cookie that is not a display cookie: the page cache lets such a request pass, and it belongs to no session."""


def figures(run: Run, running: City) -> None:
    """Fills one store, orders a part of it, asks for the three pages."""
    run.keep("filled", running.script("fill.py", str(IDEAS), str(SUPPORTS), str(COMMENTS), "1"))
    ordered = running.script("fill_themes.py", str(THEMES), str(ORDERED))
    run.keep("ordered", {name: count for name, count in ordered.items() if name != "numbers"})
    running.script("settle.py")
    people: dict[str, str] = running.script("signed_in.py", "resident", "moderator")
    store, themes = ordered["store"], ordered["numbers"]
    listed = "/mitmachen/ideen/"
    orders = [listed, f"{listed}?order=supported", f"{listed}?order=ending", f"{listed}?store={store}"]
    board = f"/mitmachen/speicher/{store}/ordnen/"
    ideas = [f"/mitmachen/ideen/{number}/" for number in range(20, IDEAS, 47)]
    _page(run, running, "list", {NOBODY: orders})
    _page(run, running, "board", {people["moderator"]: [board, *(f"{board}?theme={number}" for number in themes)]})
    _page(run, running, "idea", {NOBODY: ideas, people["resident"]: ideas})


def _page(run: Run, running: City, name: str, paths: Mapping[str, Sequence[str]]) -> None:
    """`paths` per cookie. The most statements that any of the first few runs, and the slower client's latency."""
    most, slowest = 0, 0.0
    for number, (cookie, mine) in enumerate(paths.items()):
        for path in mine[:5]:
            captured: dict[str, Any] = running.script("capture.py", path, cookie)
            if captured["status"] != 200:
                raise BenchmarkError(f"{path} gives {captured['status']}.")
            most = max(most, len(captured["statements"]))
        headers = f"Cookie: {cookie}\r\n"
        load("open", running.port, mine, headers=headers, rate=RATE / 2, seconds=5.0)
        outcome = load("open", running.port, mine, headers=headers, rate=RATE, seconds=SECONDS)
        run.keep(f"{name}_{number}", {**outcome, "bytes_per_page": outcome["bytes"] // outcome["requests"]})
        slowest = max(slowest, outcome["p95"])
    run.figure(f"{name}_queries", most, "queries", "<=12")
    run.figure(f"{name}_p95_ms", 1000 * slowest, "ms", "<80")
