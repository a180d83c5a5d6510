"""Voting over HTTP: signed in, with CSRF token, limits, rules, audit and event; many in turn, and all at once.

By the API, as an app of the city would, and beside it by the page's own form, whose answer is a whole page.

What people were told is compared with what stands in the database afterwards (`voters.py`): nothing accepted may be
missing, nobody may have two ballots, and each accepted vote has its audit entry and its event.
"""

import json
import random
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from harness import City, Run, load

WARM, IN_TURN, AT_ONCE, TWICE, BY_PAGE = 100, 2000, 500, 100, 400
CLIENTS = 8


def figures(run: Run, running: City) -> None:
    """Votes of 2,000 people in turn, of 500 in the same instant, of 100 who send two at once; of 400 by the page."""
    crowds_of = {"warm": WARM, "in_turn": IN_TURN, "at_once": AT_ONCE, "twice": TWICE, "page": BY_PAGE}
    made: dict[str, Any] = running.script("voters.py", "make", str(sum(crowds_of.values())))
    running.script("settle.py")
    voters = iter(made["voters"])
    crowds = {name: [next(voters) for _ in range(count)] for name, count in crowds_of.items()}
    by_api, by_page = partial(_request, made["vote"]), partial(_form, made["page"])
    accepted: list[tuple[str, list[list[int]]]] = []

    def cast(
        people: Sequence[dict[str, str]], seed: int, clients: int | None = None, written: Any = by_api
    ) -> dict[str, Any]:
        papers = [_paper(made["places"], random.Random(seed * 1_000_000 + n)) for n in range(len(people))]
        requests = [written(person, paper) for person, paper in zip(people, papers, strict=True)]
        outcome = load("each", running.port, [], requests=requests, clients=clients)
        accepted.extend((person["person"], paper) for person, paper in zip(people, papers, strict=True))
        return outcome

    cast(crowds["warm"], 1, CLIENTS)
    turn = cast(crowds["in_turn"], 2, CLIENTS)
    crowd = cast(crowds["at_once"], 3)
    twice = cast([person for person in crowds["twice"] for _ in range(2)], 4)
    page = cast(crowds["page"], 5, CLIENTS, by_page)
    proof: dict[str, int] = running.script(
        "voters.py", "proof", made["vote"], told=json.dumps({"before": made["before"], "accepted": accepted})
    )
    for name, outcome in (("in_turn", turn), ("at_once", crowd), ("twice", twice), ("page", page)):
        run.keep(f"votes_{name}", {key: value for key, value in outcome.items() if key != "answered"})
    run.keep("votes_proof", proof)
    run.figure("votes_per_s", turn["rate"], "accepted votes/s", ">=200")
    run.figure("votes_at_once_p95_s", crowd["p95"], "s", "<3")
    run.figure("votes_by_page_per_s", page["rate"], "accepted votes/s", ">=0")
    run.figure("votes_lost", proof["lost"], "people", "<=0")
    run.figure("votes_double", proof["double"], "ballots", "<=0")
    run.figure("votes_unwritten", proof["unwritten"], "audit entries and events", "<=0")


def _paper(places: Sequence[int], chance: random.Random) -> list[list[int]]:
    """Some of the lines, as the database keeps them: [place, points], without points."""
    return [[place, 0] for place in sorted(chance.sample(places, chance.randint(1, len(places))))]


def _request(vote: str, person: dict[str, str], paper: Sequence[Sequence[int]]) -> str:
    """What a signed-in person's browser sends."""
    body = json.dumps({"choices": [{"place": place} for place, _points in paper]})
    return (
        f"PUT /api/v1/ballots/votes/{vote}/ballot HTTP/1.1\r\nHost: localhost\r\nCookie: {person['cookie']}\r\n"
        f"X-CSRFToken: {person['token']}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )


def _form(page: str, person: dict[str, str], paper: Sequence[Sequence[int]]) -> str:
    """What the ballot paper's form sends."""
    fields = [
        ("csrfmiddlewaretoken", person["token"]),
        ("cast", "1"),
        *(("choices", place) for place, _points in paper),
    ]
    body = urlencode(fields)
    return (
        f"POST {page} HTTP/1.1\r\nHost: localhost\r\nCookie: {person['cookie']}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
