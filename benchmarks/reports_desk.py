"""The offices' desk: the inbox with every filter, one report with what may be the same, the figures page."""

from typing import Any

from harness import BenchmarkError, City, Run, load

RATE, SECONDS = 10.0, 20.0
HERE = "/meldungen/eingang/"
INBOX = [
    HERE,
    f"{HERE}?state=new",
    f"{HERE}?state=late&order=frist",
    f"{HERE}?state=&category=licht",
    f"{HERE}?state=&district=lusan&order=frist",
    f"{HERE}?state=done&department=umwelt",
    f"{HERE}?state=waiting&category=muell&district=lusan",
    f"{HERE}?state=duplicate&category=strasse",
]


def figures(run: Run, running: City) -> None:
    cookie = running.script("signed_in.py", "clerk")["clerk"]
    asked: dict[str, Any] = running.script("reports_ask.py")
    handled = [f"/meldungen/{number}/bearbeiten/" for number in asked["numbers"]]
    most = 0
    for path in INBOX:
        captured: dict[str, Any] = running.script("capture.py", path, cookie)
        if captured["status"] != 200:
            raise BenchmarkError(f"{path} gives {captured['status']}.")
        most = max(most, len(captured["statements"]))
    run.figure("inbox_queries", most, "queries", "<=12")
    headers = f"Cookie: {cookie}\r\n"
    for name, paths, limit in (
        ("inbox_p95_ms", INBOX, "<100"),
        ("handle_p95_ms", handled, "<100"),
        ("figures_p95_ms", ["/meldungen/zahlen/", "/meldungen/zahlen/?nach=stadtteil"], "<300"),
    ):
        rate = RATE if name != "figures_p95_ms" else 1.0
        load("open", running.port, paths, headers=headers, rate=rate / 2, seconds=4.0)
        outcome = load("open", running.port, paths, headers=headers, rate=rate, seconds=SECONDS)
        run.keep(name, outcome)
        run.figure(name, outcome["p95"] * 1000, "ms", limit)
