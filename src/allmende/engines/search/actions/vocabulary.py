"""The city's own vocabulary, and the vectors that things are found by: both follow from the entries' texts."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from allmende.engines.search.models import HIDDEN, PUBLIC, Entry
from allmende.engines.search.queries import compounds, words

LOCK = "search.words"
MOST_FRESH = 400
"""New words for which older ones are looked at again at once; a thing that brings more waits for the nightly round."""
MOST_AGAIN = 200
"""Things whose vectors are written again because a new word takes their compounds apart; the rest at night."""
BATCH = 200


@dataclass
class Seen:
    """The words of one entry, as far as they go into its vector and into the vocabulary."""

    entry: Entry
    before: Mapping[str, str] = field(default_factory=dict)
    """Words of it that were counted until now."""
    words: Mapping[str, str] = field(default_factory=dict)
    """All of its words now, folded form → as it is written."""


def countable(entry: Entry, at: datetime) -> bool:
    """Whether everybody may read it now. Nothing else ever enters the vocabulary."""
    return (
        entry.removed_at is None
        and entry.visibility == PUBLIC
        and (entry.visible_from is None or entry.visible_from <= at)
    )


type Texts = tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any], bool]


def texts_of(entry: Entry) -> Texts:
    """What the words of an entry follow from; take it before the entry is changed."""
    return entry.titles, entry.summaries, entry.bodies, entry.counted


def counted_words(texts: Texts | None) -> dict[str, str]:
    """The words that the vocabulary counted for an entry with these texts."""
    if texts is None or not texts[-1]:
        return {}
    titles, summaries, bodies, _counted = texts
    return words.of_entry(titles, summaries, bodies)


def seen(entry: Entry, before: Mapping[str, str]) -> Seen:
    if entry.removed_at is not None or entry.visibility == HIDDEN:
        return Seen(entry, before)
    return Seen(entry, before, words.of_entry(entry.titles, entry.summaries, entry.bodies))


def take_in(found: Sequence[Seen], *, again: bool = True) -> None:
    """Counts the words of entries that were just written, takes new compounds apart, and writes the vectors.

    Belongs inside the transaction that wrote them. `again`: also older things in which a new word shows a compound.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [LOCK])
    fresh = _count(found)
    known = parts_of({word for one in found for word in one.words})
    write_vectors([vector_of(one.entry, known) for one in found])
    if again and fresh:
        _look_again(fresh)


def _count(found: Sequence[Seen]) -> list[str]:
    """Brings the vocabulary up to date; returns the words that nobody had written before."""
    delta: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for one in found:
        now = one.words if one.entry.counted else {}
        delta.update(word for word in now if word not in one.before)
        delta.subtract(word for word in one.before if word not in now)
        shown.update(now)
    more = sorted(word for word, change in delta.items() if change > 0)
    fewer = sorted(word for word, change in delta.items() if change < 0)
    with connection.cursor() as cursor:
        if fewer:  # all rows are locked in one order, here and below
            cursor.execute("SELECT 1 FROM search_word WHERE word = ANY(%s) ORDER BY word FOR UPDATE", [[*more, *fewer]])
            cursor.execute(
                """UPDATE search_word SET count = greatest(0, search_word.count - gone.n)
                FROM unnest(%s::text[], %s::int[]) AS gone (word, n) WHERE search_word.word = gone.word""",
                [fewer, [-delta[word] for word in fewer]],
            )
            cursor.execute("DELETE FROM search_word WHERE count = 0 AND word = ANY(%s)", [fewer])
        if not more:
            return []
        cursor.execute(
            """INSERT INTO search_word AS w (word, key, shown, count, noun, parts)
            SELECT word, key, shown, n, noun, '' FROM
              unnest(%s::text[], %s::text[], %s::text[], %s::int[], %s::bool[]) AS new (word, key, shown, n, noun)
            WHERE to_tsvector('public.city_german', word) <> '' ORDER BY word
            ON CONFLICT (word) DO UPDATE SET count = w.count + excluded.count, noun = w.noun OR excluded.noun
            RETURNING word, xmax = 0""",
            [
                more,
                [words.key(word) for word in more],
                [shown[word] for word in more],
                [delta[word] for word in more],
                [not shown[word].islower() for word in more],
            ],
        )
        fresh = [word for word, is_new in cursor.fetchall() if is_new]
    _take_apart(fresh)
    return fresh


def known_pieces(of: Iterable[str]) -> dict[str, bool]:
    """Which words that these could be made of stand in the vocabulary, and whether as nouns. One query."""
    wanted = {piece for word in of if len(word) >= compounds.SHORTEST for piece in compounds.pieces(word)}
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, noun FROM search_word WHERE word = ANY(%s)", [sorted(wanted)])
        return dict(cursor.fetchall())


def _take_apart(fresh: Collection[str]) -> dict[str, str]:
    """Splits words of the vocabulary and keeps their parts; returns those that are compounds."""
    known = known_pieces(fresh)
    apart = {word: " ".join(compounds.split(word, known)) for word in fresh}
    apart = {word: parts for word, parts in sorted(apart.items()) if parts}
    if apart:
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE search_word SET parts = new.parts FROM unnest(%s::text[], %s::text[]) AS new (word, parts)
                WHERE search_word.word = new.word""",
                [list(apart), list(apart.values())],
            )
    return apart


def parts_of(found: Collection[str]) -> dict[str, str]:
    """Word → its parts, for those that are compounds; also for words that are no part of the vocabulary (staff's)."""
    if not found:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, parts FROM search_word WHERE word = ANY(%s)", [sorted(found)])
        kept = dict(cursor.fetchall())
    others = [word for word in found if word not in kept and len(word) >= compounds.SHORTEST]
    known = known_pieces(others) if others else {}
    kept |= {word: " ".join(compounds.split(word, known)) for word in others}
    return {word: parts for word, parts in kept.items() if parts}


def vector_of(entry: Entry, parts: Mapping[str, str]) -> tuple[UUID, str, str]:
    """Key, parts of the compounds in the title, and of those in the other texts: what a vector needs besides them."""
    return entry.pk, _parts_in(parts, entry.titles), _parts_in(parts, entry.summaries, entry.bodies)


def _parts_in(parts: Mapping[str, str], *texts: Mapping[str, Any]) -> str:
    return " ".join(sorted(parts[word] for word in parts.keys() & words.forms_of(*texts)))


def write_vectors(rows: Sequence[tuple[UUID, str, str]]) -> int:
    """Writes the vectors of these entries (see `vector_of`) where they differ; returns how many did."""
    if not rows:
        return 0
    with connection.cursor() as cursor:
        ids = [row[0] for row in rows]  # all writers lock in one order
        cursor.execute("SELECT 1 FROM search_finding WHERE entry_id = ANY(%s) ORDER BY entry_id FOR UPDATE", [ids])
        cursor.execute(
            """
            UPDATE search_finding f SET title = v.title, words = v.words FROM (
              SELECT e.id, public.search_title(e.titles, p.title) AS title,
                public.search_words(e.titles, e.summaries, e.bodies, p.title, p.text) AS words
              FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS p (id, title, text) JOIN search_entry e USING (id)
            ) v WHERE f.entry_id = v.id AND (f.title <> v.title OR f.words <> v.words)""",
            [ids, [row[1] for row in rows], [row[2] for row in rows]],
        )
        return int(cursor.rowcount)


def bring_in() -> None:
    """Brings what waits beside the indexes of words into them; until then every search reads through it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.search_bring_in()")


def _look_again(fresh: Sequence[str]) -> None:
    """A word that stands by itself for the first time may show that older words are compounds."""
    stems = [word for word in fresh if len(word) >= compounds.SHORT_PARTS_ARE_NOUNS]
    if not stems or len(fresh) > MOST_FRESH:
        return
    patterns = [pattern for word in stems for pattern in (f"{word}%", f"%{word}")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM search_word WHERE parts = '' AND length(word) >= %s AND word LIKE ANY(%s)",
            [compounds.SHORTEST, patterns],
        )
        candidates = [row[0] for row in cursor.fetchall() if row[0] not in fresh]
        apart = _take_apart(candidates) if candidates else {}
        if not apart:
            return
        cursor.execute(
            """SELECT DISTINCT entry_id FROM search_finding, unnest(%s::text[]) AS w
            WHERE words @@ (plainto_tsquery('public.city_german', w) || plainto_tsquery('public.city_english', w))
            LIMIT %s""",
            [list(apart), MOST_AGAIN],
        )
        ids = [row[0] for row in cursor.fetchall()]
    again = [seen(entry, {}) for entry in Entry.objects.filter(pk__in=ids).order_by("pk")]
    known = parts_of({word for one in again for word in one.words})
    write_vectors([vector_of(one.entry, known) for one in again])


def learn(*, at: datetime, most: int = 5000) -> int:
    """Counts the words of entries whose embargo is over by now, or that nobody counted yet; returns how many.

    No action of a person: what is computed here follows from what the rooms made public.
    """
    done = 0
    while done < most:
        with transaction.atomic():
            waiting = Entry.objects.filter(counted=False, removed_at__isnull=True, visibility=PUBLIC).exclude(
                visible_from__gt=at
            )
            rows = list(waiting.select_for_update(skip_locked=True).order_by("visible_from", "id")[:BATCH])
            if not rows:
                return done
            for entry in rows:
                entry.counted = True
            Entry.objects.filter(pk__in=[entry.pk for entry in rows]).update(counted=True)
            take_in([seen(entry, {}) for entry in rows])
            done += len(rows)
    return done
