"""The list of what was found: first what fits best, then the rest by date, in parts.

The 150 newest with the words in their title and the 150 newest of all are put in order of fit; what has the words in
its title stands before what has them only in its text. Where that fills the page, the texts of the others are not read.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from allmende.core.actor import Viewer
from allmende.core.errors import Invalid
from allmende.engines.search.queries.asked import Asked
from allmende.engines.search.queries.sifting import Filters, Sifted

NEWEST = 150
"""So many of the newest, and of the newest with the words in their title, are put in order of fit: up to 15 pages."""
WALKED = 1500
"""Entries that may be looked at, newest first, for the newest hits; where hits are rarer, all of them are sorted."""
WEIGHTS = "{0.05, 0.3, 0.6, 1}"
"""Of parts of compounds, body, summary, title (PostgreSQL's D, C, B, A)."""


@dataclass(frozen=True)
class Place:
    """Where a list goes on: after a score, or after an instant in that part that is ordered by date."""

    id: UUID
    score: Decimal | None = None
    instant: datetime | None = None

    START = datetime.max.replace(tzinfo=UTC)

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Raises Invalid for what is no place of a list."""
        if text == "rest":
            return cls(UUID(int=0), instant=cls.START)
        value, _sign, id_ = text.partition("_")
        try:
            if re.fullmatch(r"\d\.\d{6}", value, re.ASCII):
                return cls(UUID(id_), score=Decimal(value))
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is None:
                raise no_such_place()
            instant.timestamp()
            return cls(UUID(id_), instant=instant)
        except (ValueError, OverflowError):
            raise no_such_place() from None


def no_such_place() -> Invalid:
    return Invalid(_("Diese Stelle der Liste gibt es nicht."))


def page(
    asked: Asked, viewer: Viewer, at: datetime, filters: Filters, place: Place | None, limit: int, total: int
) -> tuple[list[UUID], str]:
    """The ids of one part of the list, and where to go on. One query."""
    hits = Sifted.by("words", asked.all, at).seen_by(viewer).dated(filters).narrowed(filters)
    if filters.order == "newest":
        return _by_date(hits, None, place, limit)
    titled = Sifted.by("title", asked.all, at).seen_by(viewer).dated(filters).narrowed(filters)
    if "!" in asked.all:  # what is left out may stand in the text
        titled = titled.fitting("words", asked.all)
    if place is not None and place.instant is not None:
        return _by_date(hits, titled, place, limit)
    rank, words, values = _rank(asked)
    tier, tiers = _tier(asked)
    score, id_ = (place.score, place.id) if place else (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH {_titled(titled)},
            first AS MATERIALIZED (
              SELECT f.entry_id, {tier} + round(least({rank}, 0.999999)::numeric, 6) AS score
              FROM titled JOIN search_finding f USING (entry_id), LATERAL (SELECT {words} AS words OFFSET 0) AS once),
            following AS MATERIALIZED (
              SELECT entry_id, score FROM first
              WHERE %s::numeric IS NULL OR (score, entry_id) < (%s::numeric, %s::uuid)),
            {_newest(hits, at, total)},
            others AS (
              SELECT f.entry_id, round(least({rank}, 0.999999)::numeric, 6) AS score
              FROM newest JOIN search_finding f USING (entry_id), LATERAL (SELECT {words} AS words OFFSET 0) AS once
              WHERE (SELECT count(*) FROM following) <= %s
                AND NOT EXISTS (SELECT FROM titled t WHERE t.entry_id = newest.entry_id))
            SELECT entry_id, score FROM following UNION ALL
            SELECT entry_id, score FROM others
            WHERE %s::numeric IS NULL OR (score, entry_id) < (%s::numeric, %s::uuid)
            ORDER BY score DESC, entry_id DESC LIMIT %s""",  # noqa: S608
            [
                *(*titled.params, *tiers, *values, score, score, id_),
                *(*hits.params, *values, limit, score, score, id_, limit + 1),
            ],
        )
        rows = cursor.fetchall()
    ids = [row[0] for row in rows[:limit]]
    if len(rows) > limit:
        return ids, f"{rows[limit - 1][1]:.6f}_{rows[limit - 1][0]}"
    return ids, "rest" if ids and total > NEWEST else ""


def _first() -> str:
    return f"ORDER BY happened_at DESC, entry_id DESC LIMIT {NEWEST}"


def _titled(titled: Sifted) -> str:
    """The newest with the words in their title. Its values are those of `titled`."""
    return f"""titled AS MATERIALIZED (
      SELECT entry_id FROM (SELECT entry_id, happened_at FROM search_finding WHERE {titled.where} OFFSET 0) AS every
      {_first()})"""  # noqa: S608


def _newest(hits: Sifted, at: datetime, total: int) -> str:
    """The newest of all. Its values are those of `hits`.

    Where hits are frequent they are met soon by the index of dates; else the index of words is quicker, whatever is
    sorted afterwards.
    """
    rows = f"SELECT entry_id, happened_at FROM search_finding WHERE {hits.where}"  # noqa: S608
    if total * WALKED >= NEWEST * _size(at.replace(second=0, microsecond=0)):
        return f"newest AS ({rows} {_first()})"
    return f"newest AS (SELECT * FROM ({rows} OFFSET 0) AS every {_first()})"  # noqa: S608


def _rank(asked: Asked) -> tuple[str, str, list[Any]]:
    """How well a text fits, from 0 to below 1; the words it is measured by; the values of the first."""
    if not asked.exactly or asked.exactly == asked.all:
        return "ts_rank(%s, once.words, %s::tsquery, 1)", "f.words", [WEIGHTS, asked.all]
    rank = "ts_rank(%s, once.words, %s::tsquery, 1) * 0.5 + ts_rank(%s, once.words, %s::tsquery, 1)"
    values = [WEIGHTS, asked.all, WEIGHTS, asked.exactly]
    return rank, "ts_delete(f.words, '')", values  # fetched once from beside its row, although looked at twice


def _tier(asked: Asked) -> tuple[str, list[Any]]:
    """What a title adds: 2 with the words asked for, 1 with what is akin; nothing in the text outweighs that."""
    if not asked.exactly or asked.exactly == asked.all:
        return "2", []
    return "CASE WHEN f.title @@ %s::tsquery THEN 2 ELSE 1 END", [asked.exactly]


@lru_cache(maxsize=1)
def _size(_minute: datetime) -> int:
    """About how many entries there are, as PostgreSQL last counted them; looked up once a minute."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = 'search_finding'::regclass")
        return int(cursor.fetchone()[0])


def _by_date(hits: Sifted, titled: Sifted | None, place: Place | None, limit: int) -> tuple[list[UUID], str]:
    """A part of the list by date; with `titled` without what stands before it in order of fit."""
    instant = place.instant if place and place.instant != Place.START else None
    chosen, params, without = "", list(hits.params), ""
    if titled:
        chosen = f", {_titled(titled)}, newest AS (SELECT entry_id FROM hits {_first()})"  # noqa: S608
        params += titled.params
        without = """AND NOT EXISTS (SELECT FROM titled t WHERE t.entry_id = hits.entry_id)
              AND NOT EXISTS (SELECT FROM newest n WHERE n.entry_id = hits.entry_id)"""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH hits AS MATERIALIZED (SELECT entry_id, happened_at FROM search_finding WHERE {hits.where}){chosen}
            SELECT entry_id, happened_at FROM hits
            WHERE (%s::timestamptz IS NULL OR (happened_at, entry_id) < (%s::timestamptz, %s::uuid)) {without}
            ORDER BY happened_at DESC, entry_id DESC LIMIT %s""",  # noqa: S608
            [*params, instant, instant, place.id if place else None, limit + 1],
        )
        rows = cursor.fetchall()
    following = f"{rows[limit - 1][1].isoformat()}_{rows[limit - 1][0]}" if len(rows) > limit else ""
    return [row[0] for row in rows[:limit]], following
