"""Things that say something like it, in whatever words: what stands beside a form while one types.

Each typed word is looked for in any form, by the parts of a compound, as a part of one, by the city's synonyms, and
as it was probably meant; and things count as alike that speak about the same in other words (`fields`). What few
things say counts most (inverse document frequency, of the very word by which a thing says it: within a field „Straße“
says little and „Laterne“ much), a title counts more than a text, and long texts have no advantage.
Frequencies are counted among what this viewer may see, so that a rank betrays nothing either.

Source: S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), sections 3.1, 3.4.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from allmende.core.actor import Viewer
from allmende.core.refs import Ref
from allmende.engines.search.models import Finding, FindingQuerySet, Word
from allmende.engines.search.queries import compounds, fields, meant, words
from allmende.engines.search.queries.asked import Dictionary, synonyms
from allmende.engines.search.queries.finding import by_index

MOST_TYPED = 24
"""Words of a text that are looked for: those that fewest things have."""
COMMON = 800
"""A way to say a word that so many things have sets none of them apart, and is left out if others remain."""
COMPARED = 300
"""Things that are weighed word by word, those with the most of the typed words."""
LEAST = 0.1
"""Share of what was typed (by weight) that a thing must have in common."""
IN_TITLE = 1.4
PART, MEANING, SLIP = 0.55, 0.75, 0.6
"""What another way to say a word counts, beside 1 for the word itself: a part of a compound, a synonym, a word that was
probably meant."""
FIELD, MOST_OFTEN = 1.8, 2
"""What it counts that both speak about the same thing (`fields`), and up to how many typed words raise that."""
LENGTH = 0.75
"""How far the length of a text lowers its weight (BM25's b, at its usual value)."""
_LEXEME = re.compile(r"'((?:[^']|'')+)'")


@dataclass(frozen=True)
class Hit:
    """A thing that says something like it."""

    id: UUID
    """Of the thing, as in its reference."""
    score: float
    """How much of what was typed it says, from 0 to about 1."""
    words: tuple[str, ...] = ()
    """The typed words by which it was found, in the order of their weight."""


@dataclass(frozen=True)
class _Way:
    """One way to say a typed word: sets of lexemes, any of which will do and must be there as a whole."""

    groups: Mapping[frozenset[str], str]
    """Lexemes → the same as a tsquery."""
    factor: float


@dataclass
class _Notion:
    """A typed word with all ways to say it."""

    typed: str
    ways: list[_Way] = field(default_factory=list)
    twice: bool = False
    """It stands in the first line too, the title."""


def similar(
    *,
    kind: str,
    words: str,
    viewer: Viewer,
    at: datetime,
    limit: int = 5,
    besides: Ref | UUID | str | None = None,
    capability: str = "",
    within: str = "",
    language: str = "de",
) -> list[Hit]:
    """Things of one kind that say something like `words`, most alike first; the first line counts as a title.

    `besides` leaves out the thing itself, `within` narrows to what is a part of that reference. At most six queries,
    and never more than 300 things are compared, however many there are.
    """
    notions = _notions(words, language)
    if not notions:
        return []
    base = Finding.objects.visible_to(viewer, at).filter(kind=kind)
    if capability:
        base = base.filter(capability=capability)
    if within:
        base = base.filter(within=within)
    own = besides.id if isinstance(besides, Ref) else UUID(str(besides)) if besides else None
    with by_index():
        rows = _compared(base.exclude(object_id=own) if own else base, notions)
    return _ranked(rows, notions)[:limit]


def _notions(text: str, language: str) -> list[_Notion]:
    """The rarer words of the text with all ways to say them. Four queries at most."""
    title, _line, _rest = words.clean_lines(text).partition("\n")
    typed = {words.folded(word): word for word in reversed(words.of_text(words.clean_lines(text)))}
    in_title = {words.folded(word) for word in words.of_text(title)} if _rest else set()
    counts = _known(list(typed))
    unknown = [form for form in typed if form not in counts]
    rare = sorted(typed, key=lambda form: (counts.get(form, (0, ""))[0], -len(form), form))[:MOST_TYPED]
    parts = {form: tuple(counts[form][1].split()) for form in rare if form in counts}
    pieces = _pieces([form for form in unknown if form in rare])
    parts |= {form: compounds.split(form, pieces) for form in unknown if form in rare}
    dictionary = Dictionary(language)
    dictionary.look_up((), [*rare, *(part for found in parts.values() for part in found)])
    meant_by = meant.nearest(sorted((f for f in unknown if f in rare and not parts.get(f)), key=len)[-3:])
    found: list[_Notion] = []
    spoken_of: dict[int, dict[str, None]] = {}
    for form in rare:
        notion = _Notion(typed[form], twice=form in in_title)
        own = dictionary.both(form)
        if not own:
            continue
        notion.ways.append(_way(own, 1.0))
        notion.ways += [_way(q, PART) for part in parts.get(form, ()) if (q := dictionary.both(part))]
        mean = [(form, MEANING), *((part, MEANING * PART) for part in parts.get(form, ()))]
        notion.ways += [_way([other], factor) for f, factor in mean for other in synonyms(dictionary.of(f))]
        notion.ways += [_way([query], SLIP) for _shown, query in meant_by.get(form, ())[:1]]
        found.append(notion)
        for one in (form, *parts.get(form, ())):
            for told in fields.of(dictionary.of(one)):
                spoken_of.setdefault(told, {})[form] = None
    return [*found, *(_spoken_of(told, typed, forms, in_title) for told, forms in spoken_of.items())]


def _spoken_of(told: int, typed: Mapping[str, str], forms: Iterable[str], in_title: AbstractSet[str]) -> _Notion:
    """That a thing speaks about the same, by whichever words of that field."""
    by = list(forms)
    way = _way(fields.words_of(told), FIELD * min(len(by), MOST_OFTEN))
    return _Notion(typed[by[0]], [way], twice=not in_title.isdisjoint(by))


def _way(queries: Iterable[str], factor: float) -> _Way:
    texts = [group.strip(" ()") for query in queries for group in query.split("|")]
    groups = {frozenset(one.replace("''", "'") for one in _LEXEME.findall(text)): text for text in texts}
    return _Way({group: text for group, text in groups.items() if group}, factor)


def _known(forms: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Word → how many public things have it, and its parts. One query."""
    rows = Word.objects.filter(word__in=list(forms)).values_list("word", "count", "parts")
    return {word: (count, parts) for word, count, parts in rows}


def _pieces(forms: Sequence[str]) -> dict[str, bool]:
    """Known words that these, which nobody wrote yet, may be made of. One query, or none."""
    wanted = {p for form in forms if compounds.SHORTEST <= len(form) <= words.LONGEST for p in compounds.pieces(form)}
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, noun FROM search_word WHERE word = ANY(%s)", [sorted(wanted)])
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class _Compared:
    """A thing that is weighed: its lexemes, and those of its title."""

    id: UUID
    title: frozenset[str]
    words: frozenset[str]


def _compared(base: FindingQuerySet, notions: Sequence[_Notion]) -> tuple[list[_Compared], dict[str, float]]:
    """The things with most of the typed words, and what each way weighs. One query by the index of words.

    The inner OFFSET keeps PostgreSQL from walking through all things because of the limit. Of vectors only those of
    the things that are compared are read.
    """
    asked = [
        (place, query, way.factor)
        for place, notion in enumerate(notions)
        for way in notion.ways
        for query in way.groups.values()
    ]
    sql, params = base.order_by().values("entry_id", "words").query.sql_with_params()
    visible = sql.partition(" FROM ")[2]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH asked AS (SELECT * FROM unnest(%s::int[], %s::text[], %s::float8[]) AS a (place, query, factor)),
            hits AS MATERIALIZED (
              SELECT a.query, f.entry_id FROM (SELECT DISTINCT query FROM asked) a, LATERAL (
                SELECT entry_id FROM (
                  SELECT search_finding.entry_id FROM {visible} AND search_finding.words @@ a.query::tsquery OFFSET 0
                ) AS found LIMIT {COMMON}) f),
            counted AS (SELECT query, count(*)::float8 AS n FROM hits GROUP BY 1),
            frequent AS (
              SELECT query, n FROM counted WHERE n < {COMMON} OR NOT EXISTS (SELECT FROM counted WHERE n < {COMMON})),
            everything AS (SELECT 2 * count(DISTINCT entry_id)::float8 AS n FROM hits),
            weighed AS (SELECT query, ln(1 + e.n / f.n) AS weight FROM frequent f, everything e),
            best AS (
              SELECT entry_id, place, max(factor * weight) AS weight
              FROM hits JOIN weighed USING (query) JOIN asked USING (query) GROUP BY 1, 2),
            chosen AS (SELECT entry_id FROM best GROUP BY 1 ORDER BY sum(weight) DESC, entry_id DESC LIMIT {COMPARED})
            SELECT f.object_id, tsvector_to_array(f.title), tsvector_to_array(f.words), NULL, NULL
            FROM chosen JOIN search_finding f USING (entry_id)
            UNION ALL SELECT NULL, NULL, NULL, query, weight FROM weighed""",  # noqa: S608
            [[p for p, _q, _f in asked], [q for _p, q, _f in asked], [f for _p, _q, f in asked], *params],
        )
        rows = cursor.fetchall()
    things = [_Compared(id_, frozenset(title), frozenset(all_)) for id_, title, all_, _q, _w in rows if id_]
    return things, {query: weight for id_, _t, _a, query, weight in rows if id_ is None}


def _ranked(found: tuple[list[_Compared], dict[str, float]], notions: Sequence[_Notion]) -> list[Hit]:
    things, weights = found
    if not things:
        return []
    average = sum(len(thing.words) for thing in things) / len(things)
    worth = [_Worth.of(notion, weights) for notion in notions]
    most = sum(one.most for one in worth)
    hits = []
    for thing in things:
        shares = [(one.said(thing), one.notion) for one in worth]
        length = 1 - LENGTH + LENGTH * len(thing.words) / average
        score = sum(share for share, _notion in shares) / most / length
        if score >= LEAST:
            by = sorted((pair for pair in shares if pair[0]), key=lambda pair: -pair[0])
            hits.append(Hit(thing.id, round(score, 4), tuple(dict.fromkeys(notion.typed for _share, notion in by))))
    return sorted(hits, key=lambda hit: (-hit.score, str(hit.id)))


@dataclass(frozen=True)
class _Worth:
    """What it counts to say a typed word in each of its ways."""

    notion: _Notion
    single: Mapping[str, float]
    several: Mapping[frozenset[str], float]
    most: float
    """What it counts when a thing says it outright: by its best way, by a middling word of that."""

    @classmethod
    def of(cls, notion: _Notion, weights: Mapping[str, float]) -> "_Worth":
        single: dict[str, float] = {}
        several: dict[frozenset[str], float] = {}
        most, twice = 0.0, IN_TITLE if notion.twice else 1.0
        for way in notion.ways:
            found = {group: weights[query] for group, query in way.groups.items() if query in weights}
            for group, weight in found.items():
                worth = weight * way.factor * twice
                if len(group) == 1:
                    (lexeme,) = group
                    single[lexeme] = max(single.get(lexeme, 0.0), worth)
                else:
                    several[group] = max(several.get(group, 0.0), worth)
            if found:
                most = max(most, sum(found.values()) / len(found) * way.factor * twice)
        return cls(notion, single, several, most)

    def said(self, thing: _Compared) -> float:
        here = [(lexeme in thing.title, self.single[lexeme]) for lexeme in self.single.keys() & thing.words]
        here += [(group <= thing.title, worth) for group, worth in self.several.items() if group <= thing.words]
        return max((worth * (IN_TITLE if in_title else 1) for in_title, worth in here), default=0.0)
