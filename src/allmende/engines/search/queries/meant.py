"""What was probably meant: slips of the pen are measured against the vocabulary, never against all texts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection

from allmende.core.actor import Viewer
from allmende.engines.search.models import Finding
from allmende.engines.search.queries import words
from allmende.engines.search.queries.asked import Asked, Lexemes, asked_for

ALIKE = 0.2
"""Least trigram similarity (pg_trgm, 0 to 1) of a word to be compared letter by letter."""
COMPARED = 40
"""Words of the vocabulary that are compared letter by letter, those with most trigrams in common."""
INSIDE = 4
"""Letters from which a word is looked for inside of others („leuchtung“ in „Beleuchtung“)."""
MOST_INSIDE = 20
MOST_CORRECTED, MOST_NAMED = 3, 3
"""Words of a question that are corrected, and how many corrections of each are tried."""
TITLE_WORDS = 40


def slips(length: int) -> int:
    """How many letters may be wrong, missing, too many or swapped."""
    return 1 if length < 5 else 2 if length < 12 else 3  # noqa: PLR2004 - a table in one line


def distance(one: str, other: str, most: int) -> int:
    """Letters to change, add, leave out or swap with their neighbour (optimal string alignment); `most` + 1 if more.

    Source: G. Navarro, A guided tour to approximate string matching, ACM Computing Surveys 33 (2001), section 2.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, sign in enumerate(one, start=1):
        now = [row]
        for column, their in enumerate(other, start=1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (sign != their))
            if row > 1 and column > 1 and sign == other[column - 2] and one[row - 2] == their:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return min(last[-1], most + 1)


def correction(asked: Asked, viewer: Viewer, at: datetime) -> str:
    """The question with unknown words replaced by those that were probably meant; "" when there is no better one.

    Only words that stand in something that this viewer may see are named. Two queries.
    """
    candidates = nearest(asked.unknown[:MOST_CORRECTED])
    seen = _seen({word: query for found in candidates.values() for word, query in found}, viewer, at)
    chosen = {typed: next((word for word, _q in found if word in seen), "") for typed, found in candidates.items()}
    if not any(chosen.values()):
        return ""
    return re.sub(r"\w+", lambda match: chosen.get(match[0]) or match[0], asked.typed)


def nearest(typed: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Words of the vocabulary that differ by few letters, nearest first, as they are written, with their lexemes.

    One query. The threshold of similarity is set by `finding` for the transaction.
    """
    forms = {words.folded(word): word for word in typed}
    if not forms:
        return {}
    sql = """
        SELECT form, word, shown, count,
          (plainto_tsquery('public.city_german', word) || plainto_tsquery('public.city_english', word))::text
        FROM unnest(%s::text[], %s::int[]) AS asked (form, slips), LATERAL (
          SELECT word, shown, count FROM search_word
          WHERE word %% form AND length(word) BETWEEN length(form) - slips AND length(form) + slips
          ORDER BY similarity(word, form) DESC, count DESC, word LIMIT %s) AS near"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(forms), [slips(len(form)) for form in forms], COMPARED])
        rows = cursor.fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    measured = sorted(
        (distance(form, word, slips(len(form))), -count, word, form, shown, query)
        for form, word, shown, count, query in rows
    )
    for steps, _count, _word, form, shown, query in measured:
        if steps <= slips(len(form)) and query:
            found.setdefault(forms[form], []).append((shown, query))
    return {word: near[:MOST_NAMED] for word, near in found.items()}


def _seen(candidates: Mapping[str, str], viewer: Viewer, at: datetime) -> frozenset[str]:
    """Those of these words (with their lexemes) that stand in something that this viewer may see. One query."""
    if not candidates:
        return frozenset()
    tests: list[str] = []
    params: list[Any] = []
    for word, query in candidates.items():
        rows = Finding.objects.visible_to(viewer, at).filter(words=Lexemes(query))
        sql, values = rows.order_by().values("entry_id").query.sql_with_params()
        tests.append(f"SELECT %s::text WHERE EXISTS ({sql})")
        params += [word, *values]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(tests), params)
        return frozenset(row[0] for row in cursor.fetchall())


def loosened(asked: Asked) -> Asked:
    """Some of the words are enough, also inside of other words. One query."""
    query = asked.any
    forms = [form for word in asked.unknown[:MOST_CORRECTED] if len(form := words.folded(word)) >= INSIDE]
    if forms:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT string_agg(q::text, ' | ') FROM unnest(%s::text[]) AS form, LATERAL (
                  SELECT word FROM search_word WHERE word LIKE '%%' || form || '%%'
                  ORDER BY count DESC, word LIMIT %s) AS w,
                LATERAL plainto_tsquery('public.city_german', w.word) AS q WHERE q::text <> ''""",
                [forms, MOST_INSIDE],
            )
            query = " | ".join(part for part in (asked.any, cursor.fetchone()[0]) if part)
    return replace(asked, all=query, any=query)


def of_title(text: str, language: str) -> Asked:
    """The words of a sentence, each by itself: operators mean nothing in it."""
    found = list(dict.fromkeys(words.of_text(text)))[:TITLE_WORDS]
    return asked_for(" ".join(found), language, begun=False)
