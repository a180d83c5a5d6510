"""Fills the public index with documents of 250 words by COPY, and computes its words and vectors anew.

The words are made here, from syllables and from nouns of a city: 40,000 of them, many of them compounds, used as often
as words of a language are (Zipf and Mandelbrot: frequency falls with rank; function words take the first ranks). So a
few content words stand in nearly half of all documents and most words in very few. Nothing of it is copied.

Usage: python fill_search.py DOCUMENTS, with the settings of a running city; prints what was made and how fast (JSON).
"""

import bisect
import itertools
import json
import random
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

from allmende.core import manifest
from allmende.core.ids import uuid7
from allmende.core.manifest import EntryData, IndexKind, Manifest
from allmende.core.refs import Ref
from allmende.engines.search import interface as search
from allmende.engines.search.interface import Entry

ROOM, KIND = "example", "document"
WORDS, VOCABULARY = 250, 40_000
FUNCTION_WORDS = """der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden
aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis
mehr durch man sein wurde""".split()  # noqa: SIM905 - a sentence is easier to read than a list
NOUNS = """Straße Laterne Schule Garten Markt Platz Brücke Park Haus Kinder Spiel Rad Weg Bahn Bus Wasser Licht Energie
Wärme Nachbar Verein Kultur Museum Theater Sport Halle Turm Bibliothek Bürger Rathaus Verkehr Ampel Baum Bank Fluss Ufer
Wald Wohnung Miete Handel Laden Arbeit Klima Luft Lärm Müll Sprache Kurs Jugend Alter Pflege Klinik Umwelt
Daten Stadt""".split()  # noqa: SIM905
SYLLABLES = """ba be bo da de do fa fe ga ge ha he ka ke ko la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se si
so ta te ti to wa we wo zu bau dorf feld grund hain kamp lauf mark nuss quell rast stein tal""".split()  # noqa: SIM905
STATES = {"published": {"de": "veröffentlicht", "en": "published"}, "done": {"de": "erledigt", "en": "done"}}
DISTRICTS = ("lusan", "bieblach", "untermhaus", "langenberg", "stadtmitte", "")


def vocabulary(chance: random.Random) -> list[str]:
    """Words by rank. Every third one is a compound of words before it."""
    found = dict.fromkeys(FUNCTION_WORDS)
    found.update(dict.fromkeys(NOUNS))
    nouns = list(NOUNS)
    while len(found) < VOCABULARY:
        if len(found) % 3 == 0:
            first, second = chance.choice(nouns[:4000]), chance.choice(nouns[:400])
            word = first + chance.choice(("", "s", "n")) + second.lower()
        else:
            word = "".join(chance.choices(SYLLABLES, k=chance.randrange(2, 5))).capitalize()
            nouns.append(word)
        if len(word) <= 30:
            found.setdefault(word)
    return list(found)


class Prose:
    """Texts whose words are as frequent as in a language."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.words = vocabulary(random.Random(1))
        self.sums = list(itertools.accumulate(1 / (rank + 2.7) ** 1.05 for rank in range(len(self.words))))

    def text(self, count: int) -> str:
        picked = (bisect.bisect(self.sums, self.chance.random() * self.sums[-1]) for _ in range(count))
        return " ".join(self.words[min(rank, len(self.words) - 1)] for rank in picked)

    def noun(self) -> str:
        """A content word, frequent ones more often: what people look for."""
        while True:
            rank = bisect.bisect(self.sums, self.chance.random() * self.sums[-1])
            if len(FUNCTION_WORDS) <= rank < len(self.words):
                return self.words[rank]


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
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    begun = time.monotonic()
    done = search.rebuild()
    seconds = time.monotonic() - begun
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if not connection.in_atomic_block else "ANALYZE")
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
