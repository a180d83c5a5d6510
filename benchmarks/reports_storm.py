"""A storm night: 2,000 reports of fallen trees within minutes, a quarter with a phone's photo, all over the city.

They are sent faster than the ten minutes of the promise. Accepted, each once; all of them one incident; and
how long until the worker has nothing left to do: incident, notices, index, photos. Then one answer to all.
"""

import base64
import secrets
from typing import Any

from harness import City, Run, load
from portal_media import photograph
from reports_submit import request

REPORTS, RATE, EVERY = 2000, 10, 4


def figures(run: Run, running: City) -> None:
    mark = f"Sturm{secrets.token_hex(3)}"
    photo = photograph()
    words = f"{mark} Ein Baum liegt quer über dem Weg."
    requests = [
        request(mark, number, 0 if number % EVERY else len(photo), kind="gruen", words=words)
        for number in range(REPORTS)
    ]
    outcome = load(
        "open", running.port, [], requests=requests, rate=RATE, seconds=REPORTS / RATE, redirects=True,
        shared=base64.b64encode(photo).decode(),
    )  # fmt: skip
    proof: dict[str, Any] = running.script("reports_night.py", mark)
    run.keep("storm", {name: value for name, value in outcome.items() if name != "answered"})
    run.keep("storm_proof", proof)
    run.figure("storm_submit_p95_ms", outcome["p95"] * 1000, "ms, a quarter with a photo", "<1000")
    run.figure("storm_lost", REPORTS - proof["reports"], "reports", "<=0")
    run.figure("storm_incidents", proof["incidents"], "incidents for all of them", "<=1")
    run.figure("storm_alone", proof["alone"], "reports outside of it", "<=0")
    run.figure("storm_drained_s", proof["drained_s"], "s after the last report", "<600")
    run.figure("storm_answered_s", proof["answered_s"], "s until all reports have the one answer", "<120")
