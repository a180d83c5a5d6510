"""Marking what fits in titles and summaries: safe HTML, by the same lexemes by which the thing was found."""

import re
from collections.abc import Iterable, Sequence

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from allmende.engines.search.models import Entry
from allmende.engines.search.queries.words import folded

LONGEST_SNIPPET = 260
"""Characters of a summary that are shown."""
_WORD = re.compile(r"\w+")


def mark(entries: Sequence[Entry], query: str, language: str) -> None:
    """Gives the entries `headline` and `snippet`: the words of people escaped, only hits in <mark>. One query."""
    texts = [(entry, entry.title(language), entry.summary(language)) for entry in entries]
    forms = {folded(word) for _entry, *both in texts for text in both for word in _WORD.findall(text)}
    hits = fitting_words(forms, query) if query else frozenset()
    for entry, title, summary in texts:
        entry.headline = marked(title, hits)
        entry.snippet = marked(window(summary, hits), hits)


def fitting_words(forms: Iterable[str], query: str) -> frozenset[str]:
    """Those folded words that fit the tsquery by themselves: in another form, or as a compound by one of its parts."""
    sql = """
        SELECT form FROM unnest(%s::text[]) AS form LEFT JOIN search_word w ON w.word = form
        WHERE (to_tsvector('public.city_german', form || ' ' || coalesce(w.parts, ''))
          || to_tsvector('public.city_english', form)) @@ %s::tsquery"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [sorted(forms), query])
        return frozenset(row[0] for row in cursor.fetchall())


def marked(text: str, hits: frozenset[str]) -> SafeString:
    """Escaped, with <mark> around the words that fit."""
    pieces: list[str] = []
    place = 0
    for word in _WORD.finditer(text):
        if folded(word[0]) in hits:
            pieces += [escape(text[place : word.start()]), "<mark>", escape(word[0]), "</mark>"]
            place = word.end()
    return mark_safe("".join([*pieces, escape(text[place:])]))  # noqa: S308 - every piece of text has been escaped


def window(text: str, hits: frozenset[str]) -> str:
    """The part of the text that holds most hits, from a word's beginning to a word's end."""
    if len(text) <= LONGEST_SNIPPET:
        return text
    spans = [(word.start(), word.end(), folded(word[0]) in hits) for word in _WORD.finditer(text)]
    places = [start for start, _end, hit in spans if hit] or [0]
    best = max(places, key=lambda start: (sum(start <= place < start + LONGEST_SNIPPET for place in places), -start))
    start = max((s for s, _e, _h in spans if s <= max(0, best - LONGEST_SNIPPET // 4)), default=0)
    end = max((e for _s, e, _h in spans if e <= start + LONGEST_SNIPPET), default=start + LONGEST_SNIPPET)
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"
