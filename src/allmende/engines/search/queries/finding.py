"""Finding by words: what fits, how well, how many, and what was meant when nothing fits.

Who may see what is part of each of these statements; they never look at texts, only at stored vectors. How many are put
in order of fit is bounded (`ranking`): otherwise a word that stands in half of 100,000 texts would cost seconds.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from allmende.core import city, manifest
from allmende.core.actor import Viewer
from allmende.engines.search.models import Entry, Finding, in_language
from allmende.engines.search.queries import marking, meant, ranking
from allmende.engines.search.queries.asked import Asked, Lexemes, asked_for
from allmende.engines.search.queries.ranking import Place
from allmende.engines.search.queries.sifting import Filters, Sifted, allowed_as_sql
from allmende.engines.search.queries.words import clean

COMPARED = 300
"""How many things of a kind are compared with one that somebody writes."""
MOST = 2 * ranking.NEWEST
"""At most so many are put in order of fit."""
ORDERS = ("best", "newest")


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
    """At most so many are in order of fit, the others follow by date; 0: all are."""
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
            [*params, asked.any, ranking.WEIGHTS, weighed, limit],
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
    place = Place.parse(after) if after else None  # refused before anything is looked for
    if not asked.all:
        return Results([], 0)
    groups = _groups(asked, viewer, at, filters)
    if not groups:
        return Results([], 0)
    total = sum(group.count for group in groups if _fits(group, filters))
    ids, following = ranking.page(asked, viewer, at, filters, place, limit, total) if total else ([], "")
    rows = {row.pk: row for row in Entry.objects.visible_to(viewer, at).filter(pk__in=ids)} if ids else {}
    entries = [rows[id_] for id_ in ids if id_ in rows]
    marking.mark(entries, asked.any, language)
    return Results(
        entries,
        total,
        following,
        _kinds([group for group in groups if _fits(group, replace(filters, kinds=()))]),
        ranked=MOST if total > ranking.NEWEST and filters.order == "best" else 0,
        states=_states([group for group in groups if _fits(group, replace(filters, states=()))], language),
        districts=_districts([group for group in groups if _fits(group, replace(filters, districts=()))]),
    )


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
    hits = Sifted.by("words", asked.all, at).dated(filters)
    rights = allowed_as_sql(viewer)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH counted AS MATERIALIZED (
              SELECT facet, count(*) AS n, any_value(entry_id) AS example
              FROM search_finding WHERE {hits.where} GROUP BY facet)
            SELECT e.capability, e.kind, e.state, e.district, counted.n, e.state_labels
            FROM counted, LATERAL (
              SELECT capability, kind, state, district, state_labels FROM search_entry
              WHERE id = counted.example AND {rights.where} OFFSET 0) AS e""",  # noqa: S608
            [*hits.params, *rights.params],
        )
        return [_Group(a, b, c, d, n, json.loads(labels)) for a, b, c, d, n, labels in cursor.fetchall()]


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
