"""Fills the public index with documents of 250 words by COPY, and computes its words and vectors anew.

Usage: python fill_search.py DOCUMENTS, with the settings of a running city; prints what was made and how fast (JSON).
"""

import json
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection, models, transaction
from prose import NOUNS, Prose
from tend import tend

from allmende.core import manifest
from allmende.core.ids import uuid7
from allmende.core.manifest import EntryData, IndexKind, Manifest
from allmende.core.refs import Ref
from allmende.engines.search import interface as search
from allmende.engines.search.interface import Entry

ROOM, KIND = "example", "document"
WORDS = 250
STATES = {"published": {"de": "veröffentlicht", "en": "published"}, "done": {"de": "erledigt", "en": "done"}}
DISTRICTS = ("lusan", "bieblach", "untermhaus", "langenberg", "stadtmitte", "")


def documents(count: int, at: datetime, *, seed: int = 2) -> Iterator[Entry]:
    """Entries as `index_now` writes them: 8 words of title, 30 of summary, the rest is body."""
    prose = Prose(seed)
    chance = prose.chance
    for number in range(count):
        title, summary, body = prose.text(8), prose.text(30), prose.text(WORDS - 38)
        state = chance.choice(list(STATES))
        happened = at - timedelta(minutes=number + 1)
        id_ = uuid7()
        yield Entry(
            capability=ROOM,
            kind=KIND,
            object_id=id_,
            titles={"de": title},
            summaries={"de": summary},
            bodies={"de": body},
            url=f"/beispiel/{id_}/",
            state=state,
            state_labels=STATES[state],
            happened_at=happened,
            district=chance.choice(DISTRICTS),
            published_at=happened,
            counted=True,
        )


def copy(rows: Iterator[Entry]) -> int:
    fields = [field for field in Entry._meta.concrete_fields if not field.has_db_default() and not field.generated]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    count = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY search_entry ({columns}) FROM STDIN") as to:
        for row in rows:
            to.write_row([_value(field, row) for field in fields])
            count += 1
    return count


def _value(field: Any, row: models.Model) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)


def room() -> Manifest:
    """The room that the documents belong to: it reads them in bulk from where they stand."""

    def entries(ids: Collection[UUID]) -> Mapping[UUID, EntryData]:
        rows = Entry.objects.filter(capability=ROOM, kind=KIND, object_id__in=ids)
        return {row.object_id: _told(row) for row in rows}

    def ids() -> Sequence[UUID]:
        return list(Entry.objects.filter(capability=ROOM, kind=KIND).values_list("object_id", flat=True))

    kind = IndexKind(
        KIND, "Dokument", "Dokumente", lambda id_: entries([id_]).get(id_), ids, lambda _id: None, "", entries
    )
    return Manifest(name=ROOM, label="Beispiele", index=(kind,))


def _told(row: Entry) -> EntryData:
    return EntryData(
        ref=Ref(ROOM, KIND, row.object_id),
        titles=row.titles,
        summaries=row.summaries,
        bodies=row.bodies,
        url=row.url,
        state=row.state,
        state_labels=row.state_labels,
        happened_at=row.happened_at,
        district=row.district,
    )


def fill(count: int, *, at: datetime) -> dict[str, Any]:
    """Writes the documents and rebuilds the whole index; returns how many and how fast."""
    manifest.registry()[ROOM] = room()
    manifest.index_kinds.cache_clear()
    with transaction.atomic():
        copied = copy(documents(count, at))
    tend()
    begun = time.monotonic()
    done = search.rebuild()
    seconds = time.monotonic() - begun
    tend()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_word")
        known = cursor.fetchone()[0]
    return {"documents": copied, "rebuilt": done, "seconds": seconds, "words": known}


def questions(count: int) -> list[str]:
    """What people look for: one or two words, frequent ones among them, the last one sometimes unfinished."""
    prose = Prose(3)
    found = []
    for number in range(count):
        words = [prose.noun() for _ in range(1 + number % 2)]
        if number % 5 == 4:  # one in five is still typing
            words[-1] = words[-1][: max(4, len(words[-1]) - 2)]
        found.append(" ".join(words))
    return found


if __name__ == "__main__":
    made = fill(int(sys.argv[1]), at=datetime.now(UTC))
    json.dump({**made, "questions": questions(400), "frequent": NOUNS[:20]}, sys.stdout)
