"""Results' part of `make bench NAME=surveys`: 100,000 answers to 60 questions, their tables, and the page of them.

Run by itself with the settings of a running city it makes a closed survey of that size (columns, not rows: how answers
become columns is measured apart), computes all its tables, keeps them as published results and prints what that took.
"""

import json
import random
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness import City, Run

ANSWERS, QUESTIONS = 100_000, 60
FLATTENED = 5_000
SEED = 60
UNCACHED = "Cookie: bench=1\r\n"
"""A cookie that is not a display cookie: the page cache lets such a request pass, and it belongs to no session."""
AS_BROWSERS = "Accept-Encoding: gzip, deflate, br\r\n"
"""Every browser takes a page compressed, and the page cache keeps it so."""
SECONDS = 8.0
TITLE = "Messung: 60 Fragen"


def figures(run: "Run", running: "City") -> None:
    """Aggregates, their drawing, the page's queries and its latency with and without the page cache."""
    from harness import load

    made: dict[str, Any] = running.script("surveys_results.py")
    run.keep("results", made)
    running.script("settle.py")
    run.figure("surveys_aggregates_s", made["aggregate_s"], "s", "<1")
    run.figure("surveys_read_columns_s", made["read_s"], "s", "<1")
    page = f"/umfragen/{made['number']}/ergebnisse/"
    captured: dict[str, Any] = running.script("capture.py", page, "bench=1")
    assert captured["status"] == 200, captured["status"]
    run.figure("surveys_results_queries", len(captured["statements"]), "queries", "<=15")
    run.keep("surveys_results_bytes", len(captured["body"]) * 3 // 4)
    for name, headers, limit in (
        ("surveys_results", AS_BROWSERS, "<30"),
        ("surveys_results_plain", "", "<30"),
        ("surveys_results_uncached", UNCACHED, "<30"),
    ):
        closed = load("closed", running.port, [page], headers=headers, seconds=SECONDS)
        latency = load("open", running.port, [page], headers=headers, rate=closed["rate"] / 2, seconds=SECONDS)
        run.keep(name, {"closed": closed, "open": latency})
        run.figure(f"{name}_p95_ms", latency["p95"] * 1000, "ms", limit)


def definition() -> dict[str, Any]:
    """Sixty questions: half of them one of several, then several of several, ratings and numbers."""
    options = [{"name": f"o{number}", "label": {"de": f"Antwort {number}"}} for number in range(6)]
    kinds = ["select_one"] * 30 + ["select_multiple"] * 10 + ["rating"] * 10 + ["integer"] * 10
    return {
        "title": {"de": TITLE},
        "languages": ["de"],
        "sections": [
            {
                "name": "all",
                "questions": [
                    {
                        "name": f"q{number}",
                        "kind": kind,
                        "label": {"de": f"Frage {number}: Wie halten Sie es damit?"},
                        **({"options": options} if kind.startswith("select") else {}),
                    }
                    for number, kind in enumerate(kinds[:QUESTIONS])
                ],
            }
        ],
    }


def one(chance: random.Random) -> dict[str, Any]:
    """What one person answers."""
    values: dict[str, Any] = {}
    for number in range(QUESTIONS):
        if chance.random() < 0.05:
            continue
        if number < 30:
            values[f"q{number}"] = f"o{min(chance.randrange(6), chance.randrange(6))}"
        elif number < 40:
            values[f"q{number}"] = [f"o{option}" for option in range(6) if chance.random() < 0.3]
        elif number < 50:
            values[f"q{number}"] = chance.randint(1, 5)
        else:
            values[f"q{number}"] = chance.randint(16, 95)
    return values


def fill() -> dict[str, Any]:
    """Makes the survey once; measures each time."""
    import django

    django.setup()
    import numpy as np
    from django.utils import timezone

    from allmende.capabilities.surveys import actions
    from allmende.capabilities.surveys.builders import EDITOR, survey, version
    from allmende.capabilities.surveys.models import Evaluation, Finding, Survey
    from allmende.capabilities.surveys.queries import columns as columnar
    from allmende.capabilities.surveys.queries.evaluating import Prepared, draw, evaluate
    from allmende.capabilities.surveys.rules.results import Frame, group_of
    from allmende.capabilities.surveys.rules.variables import Collector, variables
    from allmende.capabilities.surveys.rules.weighting import Margin, rake
    from allmende.engines.questions import interface as questions

    now = timezone.now()
    row = Survey.objects.filter(title__de=TITLE, state="published").first()
    if row is None:
        row = survey(at=now, version_id=version(definition(), now).pk, title={"de": TITLE})
        assert row.closes_at is not None
        Survey.objects.filter(pk=row.pk).update(state="closed", key=None, closed_at=now)
    wanted = variables(questions.definition(row.version_id))
    chance = random.Random(SEED)
    sample = [one(chance) for _ in range(FLATTENED)]
    begun = time.process_time()
    small = Collector(wanted).add_all(sample).columns()
    flatten = (time.process_time() - begun) / FLATTENED
    chosen = np.random.default_rng(SEED).integers(0, FLATTENED, ANSWERS)
    columns = {name: values[chosen] for name, values in small.items()}
    about = columnar.stamp(row.version_id, wanted, ANSWERS)
    columnar.write(columnar.place_of(row.pk), columns, about)

    begun = time.perf_counter()
    read = columnar.read(columnar.place_of(row.pk), about)
    read_s = time.perf_counter() - begun
    assert read is not None
    names = {one.name: one for one in wanted}
    begun = time.perf_counter()
    weights = rake([Margin("q0", read["q0"], [0.25, 0.2, 0.2, 0.15, 0.1, 0.1])], ANSWERS).weights
    groups = tuple(
        found
        for name in ("q0", "q1", "q2")
        if (found := group_of(names[name], read[name], weighted_by=name == "q0")) is not None
    )
    results = evaluate(wanted, Frame(read, weights, 5, groups))
    aggregate_s = time.perf_counter() - begun
    drawn = 0.0
    if not Finding.objects.filter(survey=row).exists():
        prepared = Prepared(ANSWERS, results, {group.name: group.variable for group in groups}, {})
        begun = time.perf_counter()
        draw(prepared)
        drawn = time.perf_counter() - begun
        Evaluation.objects.update_or_create(survey=row, defaults={"groups": [group.name for group in groups]})
        actions.keep_results(actor=EDITOR, survey_id=row.pk, prepared=prepared, at=now)
        actions.publish_results(actor=EDITOR, survey_id=row.pk, at=now)
    return {
        "number": row.number, "aggregate_s": aggregate_s, "read_s": read_s, "flatten_us_per_answer": flatten * 1e6,
        "drawn_s": drawn, "tables": len(results) + sum(len(found.cuts) for found in results),
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(fill(), sys.stdout)
