"""Finding by words: what fits, how well, how many, and what was meant when nothing fits.

Who may see what is part of each of these statements; they never look at texts, only at stored vectors. Up to 200 things
with the newest dates and 150 with the words in their title are put in order of fit; where more fit, the rest
follows by date, and the page says so. Otherwise a word that stands in half of 100,000 texts would cost seconds.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from allmende.core import city, manifest
from allmende.core.actor import Viewer
from allmende.core.errors import Invalid
from allmende.engines.search.models import Entry, Finding, FindingQuerySet, allowed, in_language, out_by
from allmende.engines.search.queries import marking, meant
from allmende.engines.search.queries.asked import Asked, Lexemes, asked_for
from allmende.engines.search.queries.words import clean

NEWEST, TITLED = 200, 150
"""How many of the newest, and of those with the words in their title, are put in order of fit: 17 pages of a list."""
COMPARED = 300
"""How many things of a kind are compared with one that somebody writes."""
WALKED = 1500
"""Entries that may be looked at, newest first, for the newest hits; where hits are rarer, all of them are sorted."""
WEIGHTS = "{0.05, 0.3, 0.6, 1}"
"""Of parts of compounds, body, summary, title (PostgreSQL's D, C, B, A)."""
ORDERS = ("best", "newest")


@dataclass(frozen=True)
class Filters:
    """What the hits are narrowed to; empty means all. Instants are half-open: from `since` on, before `until`."""

    kinds: Collection[str] = ()
    states: Collection[str] = ()
    districts: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    within: str = ""
    """Reference of what the things are a part of."""
    order: str = "best"


@dataclass(frozen=True)
class KindCount:
    """How many of one kind were found."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True)
class Choice:
    """How many there are of one state or district."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Results:
    """What was found."""

    entries: list[Entry]
    total: int
    next: str = ""
    """Give it as `after` to go on; empty at the end."""
    kinds: list[KindCount] = field(default_factory=list)
    """Over all kinds, whichever were asked for."""
    similar: bool = False
    """Nothing fits exactly; this fits what was probably meant."""
    meant: str = ""
    """The words as they were probably meant; with `similar` the hits are for these."""
    partly: bool = False
    """No thing has all of the words; these have some."""
    ranked: int = 0
    """So many were put in order of fit; the others follow by date."""
    states: list[Choice] = field(default_factory=list)
    districts: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class _Group:
    """Found things that are alike in what can be chosen."""

    capability: str
    kind: str
    state: str
    district: str
    count: int
    state_labels: dict[str, str]


def find(
    text: str,
    viewer: Viewer,
    at: datetime,
    *,
    language: str,
    kinds: Collection[str] = (),
    after: str = "",
    limit: int = 20,
    filters: Filters | None = None,
    exactly: bool = False,
) -> Results:
    """Things that fit the words, best first, in whatever form they are written (see `asked`).

    When nothing has all the words, what was probably meant is looked for; then things that have some of the words.
    `exactly` leaves that out. Seven queries; about twice as many when nothing fits at first.
    """
    chosen = replace(filters or Filters(), kinds=kinds or (filters.kinds if filters else ()))
    asked = asked_for(clean(text), language)
    with by_index():
        found = _found(asked, viewer, at, chosen, language, after, limit)
        if found.kinds or exactly or not asked.plain or not asked.words:
            return found
        correction = meant.correction(asked, viewer, at)
        if correction:
            corrected = asked_for(correction, language)
            better = _found(corrected, viewer, at, chosen, language, after, limit)
            if better.kinds:
                return replace(better, similar=True, meant=correction)
        if asked.words > 1 or asked.unknown:
            loose = meant.loosened(asked)
            some = _found(loose, viewer, at, chosen, language, after, limit)
            if some.kinds:
                return replace(some, partly=asked.words > 1, similar=asked.words <= 1)
    return found


def first_of(text: str, viewer: Viewer, at: datetime) -> list[Entry]:
    """The first twenty things that fit, in the viewer's language: what other engines choose from."""
    return find(text, viewer, at, language=viewer.language).entries


def alike(
    title: str,
    body: str,
    viewer: Viewer,
    at: datetime,
    *,
    capability: str,
    kind: str,
    within: str = "",
    language: str = "de",
    limit: int = 3,
) -> list[UUID]:
    """Ids of things of one kind that say something like it, best first: some words of the title, in any form.

    The body decides among those that share words with the title. Never more than 300 are compared. Four queries.
    """
    asked = meant.of_title(clean(title), language)
    if not asked.any:
        return []
    more = meant.of_title(clean(body), language)
    weighed = " | ".join(f"( {query} )" for query in (asked.any, more.any) if query)
    base = Finding.objects.visible_to(viewer, at).filter(capability=capability, kind=kind, words=Lexemes(asked.any))
    if within:
        base = base.filter(within=within)
    sql, params = base.order_by().values("entry_id", "object_id", "happened_at").query.sql_with_params()
    with by_index(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH hits AS MATERIALIZED ({sql}),
            newest AS (SELECT * FROM hits ORDER BY happened_at DESC, entry_id DESC LIMIT {COMPARED})
            SELECT f.object_id, 2 * ts_rank(f.title, %s::tsquery, 1) + ts_rank(%s, f.words, %s::tsquery, 1) AS score
            FROM newest JOIN search_finding f USING (entry_id) ORDER BY score DESC, f.entry_id DESC LIMIT %s""",  # noqa: S608
            [*params, asked.any, WEIGHTS, weighed, limit],
        )
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def by_index() -> Iterator[None]:
    """Within it PostgreSQL goes by the index of words, whatever it thinks of reading all rows in turn.

    Its estimate leaves out that each vector then has to be fetched from beside its row.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),"
                " set_config('work_mem', '32MB', true), set_config('pg_trgm.similarity_threshold', %s, true)",
                [str(meant.ALIKE)],
            )
        yield


def _found(
    asked: Asked, viewer: Viewer, at: datetime, filters: Filters, language: str, after: str, limit: int
) -> Results:
    if after:
        _Place.parse(after)  # refused before anything is looked for
    if not asked.all:
        return Results([], 0)
    base = Finding.objects.visible_to(viewer, at).filter(words=Lexemes(asked.all))
    base = _dated(base, filters)
    groups = _groups(asked, viewer, at, filters)
    if not groups:
        return Results([], 0)
    total = sum(group.count for group in groups if _fits(group, filters))
    ids, following, ranked = _page(base, asked, viewer, at, filters, after, limit, total) if total else ([], "", 0)
    rows = {row.pk: row for row in Entry.objects.visible_to(viewer, at).filter(pk__in=ids)} if ids else {}
    entries = [rows[id_] for id_ in ids if id_ in rows]
    marking.mark(entries, asked.any, language)
    return Results(
        entries,
        total,
        following,
        _kinds([group for group in groups if _fits(group, replace(filters, kinds=()))]),
        ranked=ranked,
        states=_states([group for group in groups if _fits(group, replace(filters, states=()))], language),
        districts=_districts([group for group in groups if _fits(group, replace(filters, districts=()))]),
    )


def _dated(rows: FindingQuerySet, filters: Filters) -> FindingQuerySet:
    if filters.since:
        rows = rows.filter(happened_at__gte=filters.since)
    if filters.until:
        rows = rows.filter(happened_at__lt=filters.until)
    return rows.filter(within=filters.within) if filters.within else rows


def _fits(group: _Group, filters: Filters) -> bool:
    return (
        (not filters.kinds or group.kind in filters.kinds)
        and (not filters.states or group.state in filters.states)
        and (not filters.districts or group.district in filters.districts)
    )


def _groups(asked: Asked, viewer: Viewer, at: datetime, filters: Filters) -> list[_Group]:
    """How many of what. One query over narrow rows, however many fit.

    Visibility is part of the facet: whether the viewer may see a group is asked once for each, of the group's example.
    """
    rows = _dated(Finding.objects.filter(out_by(at), words=Lexemes(asked.all)), filters)
    hits, params = rows.order_by().values("facet", "entry_id").query.sql_with_params()
    examples = Entry.objects.filter(allowed(viewer), pk=RawSQL("counted.example", ())).order_by()
    labels = examples.values("capability", "kind", "state", "district", "state_labels")
    told, more = labels.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH hits AS ({hits}), counted AS MATERIALIZED (
              SELECT facet, count(*) AS n, any_value(entry_id) AS example FROM hits GROUP BY facet)
            SELECT e.capability, e.kind, e.state, e.district, counted.n, e.state_labels
            FROM counted, LATERAL ({told} OFFSET 0) AS e""",  # noqa: S608
            [*params, *more],
        )
        return [_Group(a, b, c, d, n, json.loads(labels)) for a, b, c, d, n, labels in cursor.fetchall()]


def _page(
    base: FindingQuerySet,
    asked: Asked,
    viewer: Viewer,
    at: datetime,
    filters: Filters,
    after: str,
    limit: int,
    total: int,
) -> tuple[list[UUID], str, int]:
    """The ids of one part of the list, where to go on, and how many of all are in order of fit."""
    place = _Place.parse(after) if after else None
    hits, params = _narrowed(base, filters).order_by().values("entry_id", "happened_at").query.sql_with_params()
    if filters.order == "newest":
        ids, following = _by_date(hits, params, "", [], place, limit)
        return ids, following, 0
    few = total <= NEWEST
    titled = _narrowed(
        _dated(Finding.objects.visible_to(viewer, at).filter(title=Lexemes(asked.all)), filters), filters
    )
    in_title, title_params = titled.order_by().values("entry_id", "happened_at").query.sql_with_params()
    candidates = "SELECT entry_id FROM hits"
    if not few and place is None and total * WALKED >= NEWEST * _size(at.replace(second=0, microsecond=0)):
        hits = f"{hits} ORDER BY happened_at DESC, entry_id DESC LIMIT {NEWEST}"  # by the index of dates
    else:
        hits = f"{hits} OFFSET 0"  # by the index of words, whatever is sorted afterwards
    if not few:
        candidates = f"""
            (SELECT entry_id FROM hits ORDER BY happened_at DESC, entry_id DESC LIMIT {NEWEST})
            UNION (SELECT entry_id FROM titled ORDER BY happened_at DESC, entry_id DESC LIMIT {TITLED})"""  # noqa: S608
    start = f"WITH hits AS ({hits}), titled AS MATERIALIZED ({in_title}), chosen AS ({candidates})"
    start_params = [*params, *title_params]
    if place is not None and place.instant is not None:
        more = f", titled AS MATERIALIZED ({in_title}), chosen AS ({candidates})"
        ids, following = _by_date(hits, params, more, title_params, place, limit)
        return ids, following, NEWEST
    score, words, values = _score(asked)
    score_after = place.score if place else None
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            {start},
            ranked AS MATERIALIZED (
              SELECT f.entry_id, round(({score})::numeric, 6) AS score
              FROM chosen JOIN search_finding f USING (entry_id) LEFT JOIN titled t USING (entry_id),
                LATERAL (SELECT {words} AS words OFFSET 0) AS once)
            SELECT entry_id, score, (SELECT count(*) FROM ranked) FROM ranked
            WHERE %s::numeric IS NULL OR (score, entry_id) < (%s::numeric, %s::uuid)
            ORDER BY score DESC, entry_id DESC LIMIT %s""",  # noqa: S608
            [*start_params, *values, score_after, score_after, place.id if place else None, limit + 1],
        )
        rows = cursor.fetchall()
    ranked = rows[0][2] if rows else 0
    ids = [row[0] for row in rows[:limit]]
    if len(rows) > limit:
        return ids, f"{rows[limit - 1][1]:.6f}_{rows[limit - 1][0]}", ranked
    return ids, "" if few or not ids else "rest", 0 if few else ranked


def _score(asked: Asked) -> tuple[str, str, list[Any]]:
    """How well a row fits, the words it is measured by, and the values of both.

    Words in the title count most: 1 for the words asked for, 0.4 for what is akin. Which rows have any of them there
    is known from the index (`titled`), so that few titles have to be read.
    """
    if not asked.exactly or asked.exactly == asked.all:
        score = "ts_rank(%s, once.words, %s::tsquery, 1) + CASE WHEN t.entry_id IS NULL THEN 0 ELSE 1 END"
        return score, "f.words", [WEIGHTS, asked.all]
    score = """ts_rank(%s, once.words, %s::tsquery, 1) * 0.5 + ts_rank(%s, once.words, %s::tsquery, 1)
      + CASE WHEN t.entry_id IS NULL THEN 0 WHEN f.title @@ %s::tsquery THEN 1 ELSE 0.4 END"""
    values = [WEIGHTS, asked.all, WEIGHTS, asked.exactly, asked.exactly]
    return score, "ts_delete(f.words, '')", values  # fetched once from beside its row, although looked at twice


@lru_cache(maxsize=1)
def _size(_minute: datetime) -> int:
    """About how many entries there are, as PostgreSQL last counted them; looked up once a minute."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = 'search_finding'::regclass")
        return int(cursor.fetchone()[0])


def _by_date(
    hits: str, params: Sequence[Any], more: str, more_params: Sequence[Any], place: "_Place | None", limit: int
) -> tuple[list[UUID], str]:
    """A part of the list by date, without what `more` (if any) calls chosen."""
    instant = place.instant if place and place.instant != _Place.START else None
    without = "AND NOT EXISTS (SELECT FROM chosen WHERE chosen.entry_id = hits.entry_id)" if more else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH hits AS MATERIALIZED ({hits}){more}
            SELECT entry_id, happened_at FROM hits
            WHERE (%s::timestamptz IS NULL OR (happened_at, entry_id) < (%s::timestamptz, %s::uuid)) {without}
            ORDER BY happened_at DESC, entry_id DESC LIMIT %s""",  # noqa: S608
            [*params, *more_params, instant, instant, place.id if place else None, limit + 1],
        )
        rows = cursor.fetchall()
    following = f"{rows[limit - 1][1].isoformat()}_{rows[limit - 1][0]}" if len(rows) > limit else ""
    return [row[0] for row in rows[:limit]], following


@dataclass(frozen=True)
class _Place:
    """Where a list goes on: after a score, or after an instant in that part that is ordered by date."""

    id: UUID
    score: Decimal | None = None
    instant: datetime | None = None

    START = datetime.max.replace(tzinfo=UTC)

    @classmethod
    def parse(cls, text: str) -> "_Place":
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


def _narrowed(rows: FindingQuerySet, filters: Filters) -> FindingQuerySet:
    chosen = Q()
    if filters.kinds:
        known = {kind for _room, kind in manifest.index_kinds()}
        chosen &= Q(
            kind__in=known.intersection(filters.kinds)
        )  # what is no kind of ours may be no text of PostgreSQL's
    if filters.states:
        chosen &= Q(state__in=list(filters.states))
    if filters.districts:
        chosen &= Q(district__in=list(filters.districts))
    return rows.filter(chosen)


def _kinds(groups: Sequence[_Group]) -> list[KindCount]:
    by_kind: dict[str, KindCount] = {}
    for group in groups:
        known = manifest.index_kinds().get((group.capability, group.kind))
        before = by_kind.get(group.kind)
        label = before.label if before else str(known.label_plural) if known else group.kind
        by_kind[group.kind] = KindCount(group.kind, label, group.count + (before.count if before else 0))
    return sorted(by_kind.values(), key=lambda row: (-row.count, row.label))


def _states(groups: Sequence[_Group], language: str) -> list[Choice]:
    """The states of what was found, as their own things call them."""
    counts: dict[str, int] = {}
    labels: dict[str, str] = {}
    for group in sorted(groups, key=lambda one: (-one.count, one.kind)):
        if group.state:
            counts[group.state] = counts.get(group.state, 0) + group.count
            labels.setdefault(group.state, in_language(group.state_labels, language) or group.state)
    named = [Choice(state, labels[state], count) for state, count in counts.items()]
    return sorted(named, key=lambda choice: (-choice.count, choice.label))


def _districts(groups: Sequence[_Group]) -> list[Choice]:
    names = city.current().districts
    counts: dict[str, int] = {}
    for group in groups:
        if group.district:
            counts[group.district] = counts.get(group.district, 0) + group.count
    named = (Choice(slug, names[slug].name if slug in names else slug, count) for slug, count in counts.items())
    return sorted(named, key=lambda choice: choice.label.casefold())
