"""Programs read over Open311: lists of 1,000 requests, as XML and JSON, of days long gone, and of updates.

Every question goes to Django and the database. The windows are as wide as the standard allows (90 days), so that each
list is full.
"""

from datetime import UTC, datetime, timedelta

from harness import BenchmarkError, City, Run, fetch, load

RATE, SECONDS = 1.0, 30.0
UNCACHED = {"Cookie": "bench=1"}
HERE = "/open311/v2/"
PAGE = 1000
AGO = (95, 400, 1200, 3000)
"""Days before today at which the windows begin."""


def windows() -> list[str]:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    pairs = [(today - timedelta(days=ago), today - timedelta(days=ago - 89)) for ago in AGO]
    return [f"start_date={begin:%Y-%m-%dT%H:%M:%SZ}&end_date={end:%Y-%m-%dT%H:%M:%SZ}" for begin, end in pairs]


def figures(run: Run, running: City) -> None:
    dates = windows()
    lists = [f"{HERE}requests.{form}?{window}" for window in dates for form in ("json", "xml")]
    lists += [f"{HERE}requests.json?{window}&extensions=true" for window in dates]
    updates = [f"{HERE}servicerequestupdates.{form}?{window}" for window in dates for form in ("json", "xml")]
    for path in (lists[0], updates[0]):
        status, _headers, body = fetch(running.port, path, UNCACHED)
        if status != 200 or body.count(b'"service_request_id"') != PAGE:
            raise BenchmarkError(f"{path} gives {status} and {body.count(b'service_request_id')} records, not {PAGE}.")
    headers = "".join(f"{name}: {value}\r\n" for name, value in UNCACHED.items())
    for name, paths in (("open311_list_p95_ms", lists), ("open311_updates_p95_ms", updates)):
        load("open", running.port, paths, headers=headers, rate=RATE, seconds=8.0)
        outcome = load("open", running.port, paths, headers=headers, rate=RATE, seconds=SECONDS)
        run.keep(name, outcome)
        run.figure(name, outcome["p95"] * 1000, "ms for 1,000", "<250")
