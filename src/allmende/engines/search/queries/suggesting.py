"""While somebody types: words that begin so, and things whose title fits, of what this viewer may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from allmende.core.actor import Viewer
from allmende.engines.search.models import Entry, Finding
from allmende.engines.search.queries import words
from allmende.engines.search.queries.asked import BEGUN, Lexemes, asked_for
from allmende.engines.search.queries.finding import by_index

MOST_WORDS, MOST_THINGS = 4, 5
TRIED = 12
"""Words of the vocabulary that are tried until enough of them are seen."""


@dataclass(frozen=True)
class Suggestion:
    """A line below the search box: a word to look for (no `url`), or a thing to go to."""

    text: str
    url: str = ""
    kind: str = ""
    language: str = ""


def suggest(text: str, viewer: Viewer, at: datetime, *, language: str) -> list[Suggestion]:
    """At most nine lines, words before things; none for less than three letters. Six queries."""
    typed = words.clean(text)
    last = typed.split()[-1] if typed else ""
    if len(last) < BEGUN or not words.LETTERS.fullmatch(last):
        return []
    before = typed[: len(typed) - len(last)]
    with by_index():
        found = [Suggestion(f"{before}{word}") for word in _beginning(last, viewer, at)]
        return [*found, *_things(typed, viewer, at, language)]


def _beginning(last: str, viewer: Viewer, at: datetime) -> list[str]:
    """Words that begin so and stand in something that this viewer may see, frequent ones first. Two queries."""
    form = words.folded(last)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT shown, (plainto_tsquery('public.city_german', word)
              || plainto_tsquery('public.city_english', word))::text
            FROM (SELECT word, shown, count FROM search_word WHERE word LIKE %s AND word <> %s
              ORDER BY count DESC, length(word), word LIMIT %s) AS w""",
            [f"{form}%", form, TRIED],
        )
        tried = [(shown, query) for shown, query in cursor.fetchall() if query]
        tests: list[str] = []
        params: list[Any] = []
        for shown, query in tried:
            rows = Finding.objects.visible_to(viewer, at).filter(words=Lexemes(query))
            sql, values = rows.order_by().values("entry_id").query.sql_with_params()
            tests.append(f"SELECT %s::text WHERE EXISTS ({sql})")
            params += [shown, *values]
        if not tests:
            return []
        cursor.execute(" UNION ALL ".join(tests), params)
        seen = {row[0] for row in cursor.fetchall()}
    return [shown for shown, _query in tried if shown in seen][:MOST_WORDS]


def _things(typed: str, viewer: Viewer, at: datetime, language: str) -> list[Suggestion]:
    """The newest things with all of it in their title. Three queries."""
    asked = asked_for(typed, language)
    if not asked.all:
        return []
    rows = Finding.objects.visible_to(viewer, at).filter(title=Lexemes(asked.all))
    ids = list(rows.order_by("-happened_at", "-entry_id").values_list("entry_id", flat=True)[:MOST_THINGS])
    entries = {row.pk: row for row in Entry.objects.visible_to(viewer, at).filter(pk__in=ids)}
    return [
        Suggestion(
            entry.title(language),
            entry.path(language),
            entry.kind_label,
            "" if entry.title_language(language) == language else entry.title_language(language),
        )
        for id_ in ids
        if (entry := entries.get(id_)) is not None
    ]
