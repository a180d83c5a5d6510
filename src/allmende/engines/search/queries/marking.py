"""Marking what fits in titles and summaries: safe HTML, by the same lexemes by which the thing was found."""

import re
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from allmende.engines.search.models import Entry
from allmende.engines.search.queries import compounds
from allmende.engines.search.queries.words import folded, key

LONGEST_SNIPPET = 260
"""Characters of a summary that are shown."""
_WORD = re.compile(r"\w+")
_LEXEME = re.compile(r"'((?:[^']|'')+)'(:\*)?")


def mark(entries: Sequence[Entry], query: str, language: str) -> None:
    """Gives the entries `headline` and `snippet`: the words of people escaped, only hits in <mark>. One query."""
    texts = [(entry, entry.title(language), entry.summary(language)) for entry in entries]
    written = {word: folded(word) for _entry, *both in texts for text in both for word in set(_WORD.findall(text))}
    forms = fitting_words(set(written.values()), query) if query else frozenset()
    hits = frozenset(word for word, form in written.items() if form in forms)
    for entry, title, summary in texts:
        entry.headline = marked(title, hits)
        entry.snippet = marked(window(summary, hits), hits)


_KEPT: dict[str, tuple[str, ...]] = {}
"""Word → its lexemes, German and English. They follow from the schema's dictionaries alone, so they may be kept."""
MOST_KEPT = 50_000
STEADY = 3
"""First letters of a word that its stem has too, as it is or with ae, oe, ue as a, o, u: what Snowball's German takes
away follows the third."""


def fitting_words(forms: Iterable[str], query: str) -> frozenset[str]:
    """Those folded words of which one lexeme is in the tsquery, in any form, or by a part of a compound. One query.

    Operators mean nothing here: each word is looked at by itself.
    """
    found = _LEXEME.findall(query)
    wanted = frozenset(text.replace("''", "'") for text, begun in found if not begun)
    begun = tuple(text.replace("''", "'") for text, begun in found if begun)
    return frozenset(
        form
        for form, lexemes in _lexemes(sorted(forms), (*wanted, *begun))
        if not wanted.isdisjoint(lexemes) or (begun and any(one.startswith(begun) for one in lexemes))
    )


def _lexemes(forms: list[str], wanted: Sequence[str]) -> Iterator[tuple[str, Iterable[str]]]:
    """Each word with its lexemes and those of the parts of a compound that may be wanted.

    What is known is not asked for again: that is most words of most texts. The parts of a compound are asked for only
    where one of the wanted lexemes can be among them, because the word contains its first letters.
    """
    kept = {form: own for form in forms if (own := _KEPT.get(form)) is not None}
    inside = re.compile("|".join(sorted({re.escape(lexeme[:STEADY]) for lexeme in wanted}))).search
    compound = {form for form in forms if len(form) >= compounds.SHORTEST and (inside(form) or inside(key(form)))}
    asked = [form for form in forms if form in compound or form not in kept]
    yield from ((form, own) for form, own in kept.items() if form not in compound)
    if not asked:
        return
    sql = """
        SELECT form, CASE WHEN fresh THEN tsvector_to_array(
            to_tsvector('public.city_german', form) || to_tsvector('public.city_english', form)) END,
          tsvector_to_array(to_tsvector('public.city_german', w.parts))
        FROM unnest(string_to_array(%s, ' '), %s::bool[]) AS asked (form, fresh)
        LEFT JOIN search_word w ON w.word = form AND w.parts <> ''"""
    with connection.cursor() as cursor:
        fresh_ones = ",".join("f" if form in kept else "t" for form in asked)
        cursor.execute(sql, [" ".join(asked), f"{{{fresh_ones}}}"])  # as texts: psycopg takes long over long lists
        rows = cursor.fetchall()
    if len(_KEPT) > MOST_KEPT:
        _KEPT.clear()
    for form, fresh, parts in rows:
        own = kept[form] if fresh is None else _KEPT.setdefault(form, tuple(fresh))
        yield form, (*own, *(parts or ()))


def marked(text: str, hits: frozenset[str]) -> SafeString:
    """Escaped, with <mark> around the words that fit, as they are written there."""
    pieces: list[str] = []
    place = 0
    for word in _WORD.finditer(text) if hits else ():
        if word[0] in hits:
            pieces += [escape(text[place : word.start()]), "<mark>", escape(word[0]), "</mark>"]
            place = word.end()
    return mark_safe("".join([*pieces, escape(text[place:])]))  # noqa: S308 - every piece of text has been escaped


def window(text: str, hits: frozenset[str]) -> str:
    """The part of the text that holds most hits, from a word's beginning to a word's end."""
    if len(text) <= LONGEST_SNIPPET:
        return text
    spans = [(word.start(), word.end(), word[0] in hits) for word in _WORD.finditer(text)]
    places = [start for start, _end, hit in spans if hit] or [0]
    best = max(places, key=lambda start: (sum(start <= place < start + LONGEST_SNIPPET for place in places), -start))
    start = max((s for s, _e, _h in spans if s <= max(0, best - LONGEST_SNIPPET // 4)), default=0)
    end = max((e for _s, e, _h in spans if e <= start + LONGEST_SNIPPET), default=start + LONGEST_SNIPPET)
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"
