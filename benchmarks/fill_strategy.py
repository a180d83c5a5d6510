"""A draft text among many voices, and a Trace of many things: `fill_strategy.py PARAGRAPHS SUGGESTIONS THINGS`. Prints
what to ask for, as JSON.

The text is made and published by the actions, and how long that took is told; what was said to it comes by statements,
rows as actions make them: half of it suggested wordings, a third answered. The Trace begins with ideas, runs together
in themes, goals and versions of the strategy in one paper of the council, and parts again into what came of it.
"""

import json
import sys
import time
from itertools import pairwise

import django
from django.db import connection, reset_queries
from tend import tend

if __name__ == "__main__":
    django.setup()

BODY = (
    "Die Stadt macht den Weg {n} sicher und hell: Lampen leuchten dort, wo Menschen gehen, und ruhen, wo niemand ist. "
    "Wer etwas sieht, das nicht geht, sagt es, und in sieben Tagen ist es wieder ganz."
)


ROOMS = (("participation", "idea"), ("participation", "theme"), ("strategy", "goal"), ("strategy", "version"))
PARTS = (0.70, 0.14, 0.04, 0.01)
"""Of all things of the Trace, how many are of each; one is the paper, the others came of it."""


def fill_trace(things: int) -> str:
    """Entries of the index and edges as actions leave them; the address of the page of the paper's Trace."""
    from datetime import timedelta

    from django.utils import timezone

    from allmende.core.ids import uuid7
    from allmende.core.refs import Ref
    from allmende.engines.search.models import Entry
    from allmende.engines.trace.models import Edge

    now = timezone.now()
    paper = Ref("council", "paper", uuid7())
    rows = [[Ref(*room, uuid7()) for _ in range(int(things * part))] for room, part in zip(ROOMS, PARTS, strict=True)]
    rows += [[paper], [Ref("strategy", "paragraph", uuid7()) for _ in range(things - 1 - sum(map(len, rows)))]]
    Entry.objects.bulk_create(
        Entry(
            capability=ref.capability,
            kind=ref.kind,
            object_id=ref.id,
            titles={"de": f"Laternen leuchten, wo jemand geht, Nummer {number}"},
            url=f"/beispiel/{ref.id}/",
            state="published",
            state_labels={"de": "veröffentlicht", "en": "published"},
            happened_at=now - timedelta(days=600 - 100 * step, minutes=number),
        )
        for step, row in enumerate(rows)
        for number, ref in enumerate(row)
    )
    Edge.objects.bulk_create(
        Edge(
            source_capability=source.capability,
            source_kind=source.kind,
            source_id=source.id,
            target_capability=target.capability,
            target_kind=target.kind,
            target_id=target.id,
            reason="Beides will, dass es nachts sicher und dunkel genug ist.",
            happened_at=now - timedelta(days=500 - 100 * step),
            created_at=now,
        )
        for step, (row, following) in enumerate(pairwise(rows))
        for number in range(max(len(row), len(following)))
        for source, target in [(row[number % len(row)], following[number % len(following)])]
    )
    return f"/spur/{paper}/"


def main(paragraphs: int, suggestions: int, things: int) -> None:
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from allmende.capabilities.strategy import actions, builders

    bodies = [BODY.format(n=n) for n in range(1, paragraphs + 1)]
    text = builders.text(*bodies, opened=False)
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as published:
        actions.move_text(actor=builders.editor(), text_id=text.pk, verb="open", at=timezone.now())
    publish = {"seconds": time.perf_counter() - began, "queries": len(published)}
    reset_queries()
    values = {"text": text.pk}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO strategy_answer (id, text_id, outcome, reason, language, at)"
            " SELECT md5('a' || n)::uuid, %(text)s, 'no', 'Das steht schon an anderer Stelle.', 'de', now()"
            " FROM generate_series(1, 100) n",
            values,
        )
        cursor.execute(
            "INSERT INTO strategy_feedback (id, text_id, paragraph_id, version_id, kind, body, wording, state,"
            " refused_for, author_name, channel, language, supports, answer_id, received_at, shown_at, is_example)"
            " SELECT md5('s' || n)::uuid, %(text)s, p.id, v.id, CASE WHEN n %% 2 = 0 THEN 'comment' ELSE 'wording' END,"
            " 'Bitte genauer, Nummer ' || n, CASE WHEN n %% 2 = 0 THEN '' ELSE replace(w.body, 'sieben', n::text) END,"
            " 'shown', '', 'Ahorn ' || n, 'web', 'de', n %% 50,"
            " CASE WHEN n %% 3 = 0 THEN md5('a' || (n %% 100 + 1))::uuid END, now(), now(), false"
            f" FROM generate_series(1, {suggestions}) n"
            f" JOIN strategy_paragraph p ON p.text_id = %(text)s AND p.number = n %% {paragraphs} + 1"
            " JOIN strategy_version v ON v.text_id = %(text)s JOIN strategy_wording w ON w.version_id = v.id"
            " AND w.paragraph_id = p.id",
            values,
        )
        cursor.execute(
            "UPDATE strategy_paragraph p SET said = (SELECT count(*) FROM strategy_feedback f"
            " WHERE f.paragraph_id = p.id AND f.state = 'shown') WHERE p.text_id = %(text)s",
            values,
        )
        trace = fill_trace(things)
    tend()
    base = f"/strategie/text/{text.number}/"
    asked = {}
    client = Client(headers={"host": "localhost"})
    for name, path in (("text", base), ("paragraph", f"{base}absatz/2/"), ("trace", trace)):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        asked[name] = len(queries)
    print(json.dumps({"number": text.number, "publish": publish, "queries": asked, "trace": trace}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
