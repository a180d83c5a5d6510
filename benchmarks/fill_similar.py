"""Measures what is proposed while one types for 200 labelled wishes: how good among themselves, how fast and how good
among 10,000 ideas.

The other ideas are made here: prose about other things, as frequent in its words as a language is (`prose`), with
three words of the wishes in each and names of places; so every word that decides stands in dozens of others as well.
Nothing is kept: all of it happens in one transaction that is taken back.

Usage: python fill_similar.py IDEAS, with the settings of a running city; prints JSON.
"""

import json
import random
import sys
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection, transaction
from fill_search import copy
from prose import Prose
from tend import tend

from allmende.core.actor import Viewer
from allmende.core.ids import uuid7
from allmende.engines.search import actions
from allmende.engines.search import interface as search
from allmende.engines.search.interface import Entry

ROOM, KIND = "example", "wish"
LABELLED = Path(search.__file__).parent / "tests" / "alike.toml"
SHARED = 3
"""Words of the wishes in each other idea: with 10,000 of them, some thirty such ideas for each word."""
PLACES = ("Lusan", "Bieblach", "Untermhaus", "Langenberg", "Zwötzen", "Debschwitz", "Pforten", "Roschütz", "Tinz")


def idea(title: str, text: str, at: datetime) -> Entry:
    id_ = uuid7()
    return Entry(
        capability=ROOM,
        kind=KIND,
        object_id=id_,
        titles={"de": title},
        summaries={"de": text},
        bodies={},
        url=f"/beispiel/{id_}/",
        state="published",
        state_labels={"de": "veröffentlicht"},
        happened_at=at,
        published_at=at,
        counted=True,
    )


def others(count: int, wishes: dict[str, list[str]], at: datetime) -> Iterator[Entry]:
    """Ideas about other things, each with three words of the wishes at any place, the title among them."""
    chance, prose = random.Random(4), Prose(5)
    every = [word for texts in wishes.values() for text in texts for word in text.replace(".", "").split()]
    for number in range(count):
        pool = [*prose.text(chance.randrange(10, 26)).split(), *chance.choices(every, k=SHARED)]
        chance.shuffle(pool)
        title = " ".join([*pool[:4], "in", chance.choice(PLACES)])
        yield idea(title, " ".join(pool[4:]), at - timedelta(minutes=number))


def split(text: str) -> tuple[str, str]:
    title, _dot, body = text.partition(". ")
    return title, body


def compared(count: int, at: datetime) -> dict[str, Any]:
    wishes: dict[str, list[str]] = tomllib.loads(LABELLED.read_text())["wishes"]
    mine = {(wish, text): idea(*split(text), at) for wish, texts in wishes.items() for text in texts}
    copy(iter(mine.values()))
    copied = copy(others(count - len(mine), wishes, at))
    actions.refresh_words()
    tend()
    keys = {row.object_id: key for key, row in mine.items()}
    seconds: list[float] = []
    ours, plain = [], []
    for (wish, text), row in mine.items():
        right = {other.object_id for (theirs, _t), other in mine.items() if theirs == wish and other is not row}
        begun = time.perf_counter()
        hits = search.similar(kind=KIND, words="\n".join(split(text)), viewer=Viewer(), at=at, besides=row.object_id)
        seconds.append(time.perf_counter() - begun)
        ours.append(len(right & {hit.id for hit in hits}) / len(right))
        plain.append(len(right & set(trigram(row, text))) / len(right))
    seconds.sort()
    return {
        "ideas": copied + len(keys),
        "examples": len(keys),
        "recall_at_5": sum(ours) / len(ours),
        "trigram_recall_at_5": sum(plain) / len(plain),
        "p50": seconds[len(seconds) // 2],
        "p95": seconds[int(len(seconds) * 0.95)],
    }


def trigram(row: Entry, text: str) -> list[Any]:
    """What PostgreSQL proposes that knows no language."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT object_id FROM search_entry WHERE kind = %s AND object_id <> %s"
            " ORDER BY similarity((titles ->> 'de') || ' ' || (summaries ->> 'de'), %s) DESC, object_id LIMIT 5",
            [KIND, row.object_id, text],
        )
        return [found[0] for found in cursor.fetchall()]


def measured(count: int) -> dict[str, Any]:
    with transaction.atomic():
        found = compared(count, datetime.now(UTC))
        transaction.set_rollback(True)
    return found


if __name__ == "__main__":
    json.dump({"alone": measured(0), "among": measured(int(sys.argv[1]))}, sys.stdout)
