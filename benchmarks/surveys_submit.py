"""Answers to a survey of 40 questions: many in turn, 40 and 100 a second as they arrive; with codes, checks, audit.

Each answer carries a code of its own, so that the dearest way in is measured: checking, marking the code, writing the
answer apart. Afterwards the answers are mixed, and what was told is compared with what stands there.
"""

import json
import random
import secrets
from typing import Any

from harness import City, Run, load

WARM, IN_TURN, RATE, SECONDS = 100, 2000, 40, 30
RUSH, RUSH_SECONDS = 100, 15
CLIENTS = 8


def figures(run: Run, running: City) -> None:
    """2,000 answers in turn by 8 clients, 40 a second for half a minute, 100 a second for a quarter of one; none may be
    lost or counted twice.
    """
    total = WARM + IN_TURN + RATE * SECONDS + RUSH * RUSH_SECONDS
    made: dict[str, Any] = running.script("asked.py", "make", str(total))
    running.script("settle.py")
    requests = [_request(made, code, random.Random(number)) for number, code in enumerate(made["codes"])]
    warm, rest = requests[:WARM], requests[WARM:]
    load("each", running.port, [], requests=warm, clients=CLIENTS)
    turn = load("each", running.port, [], requests=rest[:IN_TURN], clients=CLIENTS)
    steady, rush = rest[IN_TURN : IN_TURN + RATE * SECONDS], rest[IN_TURN + RATE * SECONDS :]
    arriving = load("open", running.port, [], requests=steady, rate=RATE, seconds=SECONDS)
    rushing = load("open", running.port, [], requests=rush, rate=RUSH, seconds=RUSH_SECONDS)
    proof: dict[str, int] = running.script("asked.py", "proof", made["survey"], str(total))
    run.keep("submit_in_turn", {key: value for key, value in turn.items() if key != "answered"})
    run.keep("submit_arriving", {key: value for key, value in arriving.items() if key != "answered"})
    run.keep("submit_rush", {key: value for key, value in rushing.items() if key != "answered"})
    run.keep("submit_proof", proof)
    run.figure("submissions_per_s", turn["rate"], "answers/s", ">=100")
    run.figure("submission_p95_ms", arriving["p95"] * 1000, "ms", "<150")
    run.figure("submission_rush_p95_ms", rushing["p95"] * 1000, "ms", "<150")
    run.figure("submissions_lost", proof["lost"], "answers", "<=0")
    run.figure("submissions_double", proof["double"], "answers", "<=0")
    run.figure("submissions_linked", proof["linked"], "answers that a transaction number ties to a code", "<=0")


def _request(made: dict[str, Any], code: str, chance: random.Random) -> str:
    """What a program of the city's, or a page that sends it all at once, would send."""
    answers = {}
    for name, kind, options in made["questions"]:
        if kind == "select_one":
            answers[name] = chance.choice(options)
        elif kind == "select_multiple":
            answers[name] = [one for one in options if chance.random() < 0.4] or options[:1]
        elif kind == "integer":
            answers[name] = chance.randrange(100)
        elif kind == "rating":
            answers[name] = chance.randrange(1, 6)
        else:
            answers[name] = f"Antwort {code} {chance.random():.6f}"
    body = json.dumps({"answers": answers, "code": code})
    return (
        f"POST /api/v1/surveys/surveys/{made['number']}/responses HTTP/1.1\r\nHost: localhost\r\n"
        f"Idempotency-Key: {secrets.token_hex(16)}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
    )
