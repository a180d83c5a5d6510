"""What somebody asks for: typed words become lexemes, with the other ways in which the city may have written them.

Each word is looked for in any form, German or English, however its umlauts were typed, as a part of compounds, by the
parts of a compound, by its synonyms, and, when nobody ever wrote it, as the beginning of a word. All that is put into
one stored-vector query (`tsquery`), so that finding, counting and marking follow the same rule.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection

from allmende.core import city
from allmende.engines.search.models import Word
from allmende.engines.search.queries import compounds, words

SYNONYMS = "search.synonyms"
"""The setting: a list of lines, in each of them words for the same thing."""
BEGUN = 3
"""Letters from which a word counts as begun."""
HEAD, HEAD_IN = 5, 500
"""The last part of a compound is looked for alone when it has so many letters and stands in at most so many things:
„Laterne“ for „Straßenlaterne“, not „Haus“ for „Rathaus“."""
MOST_HEADED = 40
"""Compounds that are looked for because an unknown word is their last part."""
MOST_WORDS = 20
LONGEST_SYNONYM = 3
"""Words."""
_TOKEN = re.compile(r'"([^"]*)"?|(-?)([^\s"]+)')
_OR = frozenset({"or", "oder"})


class Lexemes(SearchQuery):
    """A finished tsquery. Its words have been through a dictionary and go through none again."""

    def __init__(self, text: str) -> None:
        super().__init__(text, config="simple", search_type="raw")
        self.text = text

    def as_sql(self, *_args: Any, **_kwargs: Any) -> tuple[str, list[str]]:  # type: ignore[override]
        return "%s::tsquery", [self.text]


@dataclass(frozen=True)
class Token:
    """One thing that was typed: a word, or a phrase in quotation marks."""

    text: str
    phrase: bool = False
    without: bool = False
    either: bool = False
    """Stands after an "or"."""


@dataclass(frozen=True)
class Asked:
    """The question in lexemes, as texts for PostgreSQL's tsquery; "" finds nothing."""

    typed: str
    exactly: str = ""
    """The words themselves, in any form."""
    all: str = ""
    """With parts, synonyms and beginnings: what is found."""
    any: str = ""
    """One of the words is enough: what is marked, and what is found when nothing has all of them."""
    unknown: tuple[str, ...] = ()
    """Typed words that nobody has written in public: slips of the pen, perhaps."""
    plain: bool = True
    """Only words were typed: neither phrases nor exclusions, so that single words may be replaced."""
    words: int = 0


@dataclass
class Vocabulary:
    """The rows of the vocabulary that this question touches."""

    rows: dict[str, Word] = field(default_factory=dict)
    by_key: dict[str, list[str]] = field(default_factory=dict)
    headed: dict[str, list[str]] = field(default_factory=dict)
    """Unknown word → known compounds of which it is the last part."""

    @classmethod
    def around(cls, typed: Iterable[str]) -> "Vocabulary":
        """One query for all words: each by itself, however its umlauts are written, and whatever it may be made of.

        For unknown words also compounds of which they are the last part („Laterne“ in „Straßenlaternen“): that says
        what a compound is, so whoever looks for it means it. Of a first part it is not true.
        """
        forms = [words.folded(word) for word in typed]
        wanted = {
            piece
            for form in forms
            if len(form) <= words.LONGEST
            for piece in (form, *(compounds.pieces(form) if len(form) >= compounds.SHORTEST else ()))
        }
        vocabulary = cls()
        if not wanted:
            return vocabulary
        heads = {form: _bases(form) for form in forms if HEAD <= len(form) <= words.LONGEST}
        asked = [(words.key(form), f"%{base}%") for form, bases in heads.items() for base in bases]
        sql = """SELECT word, key, shown, count, noun, parts FROM search_word
              WHERE word = ANY(string_to_array(%s, ' '))
            UNION SELECT word, key, shown, count, noun, parts FROM search_word WHERE key = ANY(%s)
            UNION SELECT w.* FROM unnest(%s::text[], %s::text[]) AS asked (key, pattern), LATERAL (
              SELECT word, key, shown, count, noun, parts FROM search_word
              WHERE word LIKE asked.pattern ORDER BY count DESC, word LIMIT %s) AS w
            WHERE NOT EXISTS (SELECT FROM search_word k WHERE k.key = asked.key)"""
        values = [
            " ".join(sorted(wanted)),
            sorted(map(words.key, forms)),
            [k for k, _p in asked],
            [p for _k, p in asked],
        ]
        for row in Word.objects.raw(sql, [*values, MOST_HEADED]):
            vocabulary.rows[row.word] = row
            vocabulary.by_key.setdefault(row.key, []).append(row.word)
        for form, bases in heads.items():
            if not vocabulary.knows(form):
                ends = re.compile(rf".{{{compounds.PART},}}(?:{'|'.join(bases)})(?:{'|'.join(compounds.ENDINGS)})?")
                vocabulary.headed[form] = [word for word in vocabulary.rows if ends.fullmatch(word)]
        return vocabulary

    def variants(self, word: str) -> list[str]:
        """The word as typed and as the city writes it."""
        form = words.folded(word)
        return list(dict.fromkeys([form, *self.by_key.get(words.key(word), ())]))

    def knows(self, word: str) -> bool:
        return any(form in self.rows for form in self.variants(word))

    def parts(self, form: str) -> tuple[str, ...]:
        row = self.rows.get(form)
        if row is not None:
            return tuple(row.parts.split())
        return compounds.split(form, {word: found.noun for word, found in self.rows.items()})

    def says_little(self, head: str) -> bool:
        row = self.rows.get(head)
        return len(head) < HEAD or (row is not None and row.count > HEAD_IN)


def _bases(form: str) -> list[str]:
    """What an unknown word may look like at the end of a compound, without its ending."""
    shorter = (form.removesuffix(ending) for ending in compounds.ENDINGS)
    return sorted({form, *(base for base in shorter if len(base) >= HEAD)})


def tokens(text: str) -> list[Token]:
    """What was typed, taken apart: `-without`, `"together"`, `this or that`."""
    found: list[Token] = []
    either = False
    for match in _TOKEN.finditer(words.clean(text)):
        quoted, minus, word = match[1], match[2], match[3]
        if quoted is None and not minus and word.lower() in _OR and found:
            either = True
            continue
        body = quoted if quoted is not None else word
        if not re.search(r"\w", body):
            continue
        many = quoted is not None and len(re.findall(r"\w+", body)) > 1
        found.append(Token(body.strip(), phrase=many, without=bool(minus), either=either and not minus))
        either = False
    return found[:MOST_WORDS]


def asked_for(text: str, language: str, *, begun: bool = True) -> Asked:
    """The question in lexemes. `begun`: the last word may be unfinished. Two queries."""
    asked = tokens(text)
    if not asked:
        return Asked(text)
    plain = [token.text for token in asked if not token.phrase and words.LETTERS.fullmatch(token.text)]
    vocabulary = Vocabulary.around(plain)
    lexemes = Dictionary(language)
    alternatives = {token.text: _alternatives(token, vocabulary) for token in asked}
    runs = list(_runs(asked))
    lexemes.look_up(
        [token.text for token in asked if token.phrase],
        [*(t for found in alternatives.values() for t in found.texts()), *(run for run, _span in runs)],
    )
    return _compose(text, asked, alternatives, vocabulary, lexemes, runs, begun=begun and not text.endswith(" "))


@dataclass(frozen=True)
class _Ways:
    """The ways to look for one typed word: groups of words that must all be there."""

    exactly: tuple[str, ...]
    more: tuple[tuple[str, ...], ...] = ()

    def texts(self) -> Iterable[str]:
        yield from self.exactly
        for group in self.more:
            yield from group


def _alternatives(token: Token, vocabulary: Vocabulary) -> _Ways:
    if token.phrase or not words.LETTERS.fullmatch(token.text):
        return _Ways((token.text,))
    forms = vocabulary.variants(token.text)
    more: list[tuple[str, ...]] = []
    for form in forms:
        parts = vocabulary.parts(form)
        if len(parts) > 1:
            more.append(parts)
        if parts and not vocabulary.says_little(parts[-1]):
            more.append(parts[-1:])
        more += [(word,) for word in vocabulary.headed.get(form, ())]
    return _Ways(tuple(forms), tuple(more))


def _runs(asked: Sequence[Token]) -> Iterable[tuple[str, tuple[int, int]]]:
    """Neighbouring words that may together be a synonym („öffentlicher Nahverkehr“)."""
    for start in range(len(asked)):
        for end in range(start + 1, min(start + LONGEST_SYNONYM, len(asked)) + 1):
            if not any(token.phrase or token.without for token in asked[start:end]):
                yield " ".join(token.text for token in asked[start:end]), (start, end)


class Dictionary:
    """Lexemes of texts, as PostgreSQL's dictionaries make them: one query for all."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.rows: dict[tuple[str, bool], tuple[str, str]] = {}

    def look_up(self, phrases: Sequence[str], texts: Sequence[str]) -> None:
        sql = """
            SELECT t, phrase,
              CASE WHEN phrase THEN phraseto_tsquery('public.city_german', t)
                ELSE plainto_tsquery('public.city_german', t) END::text,
              CASE WHEN phrase THEN phraseto_tsquery('public.city_english', t)
                ELSE plainto_tsquery('public.city_english', t) END::text
            FROM unnest(%s::text[], %s::bool[]) AS asked (t, phrase)"""
        pairs = [*((t, True) for t in dict.fromkeys(phrases)), *((t, False) for t in dict.fromkeys(texts))]
        with connection.cursor() as cursor:
            cursor.execute(sql, [[t for t, _p in pairs], [p for _t, p in pairs]])
            self.rows = {(t, phrase): (german, english) for t, phrase, german, english in cursor.fetchall()}

    def both(self, text: str) -> list[str]:
        """The lexemes of a word as German and as English, each once; none for words without weight („der“)."""
        return [query for query in dict.fromkeys(self.rows.get((text, False), ())) if query]

    def of(self, text: str, *, phrase: bool = False, strict: bool = True) -> str:
        """The lexemes of a text; "" for words without weight („der“) in the language of the page."""
        german, english = self.rows.get((text, phrase), ("", ""))
        own, other = (english, german) if self.language == "en" else (german, english)
        if not own:
            return "" if strict else other
        return _either([own, other])


class _Either(str):
    """Several queries of which one is enough; they are remembered, so that none is asked twice."""

    __slots__ = ("ways",)
    ways: tuple[str, ...]


def _either(queries: Iterable[str]) -> str:
    found = list(dict.fromkeys(way for query in queries if query for way in getattr(query, "ways", (query,))))
    if len(found) == 1:
        return found[0]
    either = _Either(" | ".join(f"( {query} )" for query in found))
    either.ways = tuple(found)
    return either


def _together(queries: Iterable[str]) -> str:
    found = list(dict.fromkeys(query for query in queries if query))
    return found[0] if len(found) == 1 else " & ".join(f"( {query} )" for query in found)


def _loosened(queries: Iterable[str]) -> str:
    """One of all these words is enough."""
    return re.sub(r"&|<(?:-|\d+)>", "|", _either(queries))


def _beginning(form: str, lexemes: str) -> str:
    """Words that begin so, in their basic form: what is typed may be longer than its stem."""
    stems = re.findall(r"'((?:[^']|'')+)'", lexemes) or [form]
    return _either([*(f"'{stem}':*" for stem in stems if len(stem) >= BEGUN), f"'{form}':*"])


def _compose(
    text: str,
    asked: Sequence[Token],
    alternatives: Mapping[str, _Ways],
    vocabulary: Vocabulary,
    lexemes: Dictionary,
    runs: Iterable[tuple[str, tuple[int, int]]],
    *,
    begun: bool,
) -> Asked:
    strict = any(lexemes.of(token.text, phrase=token.phrase) for token in asked)
    exact: list[str] = []
    every: list[str] = []
    unknown: list[str] = []
    for place, token in enumerate(asked):
        ways = alternatives[token.text]
        own = _either(lexemes.of(form, phrase=token.phrase, strict=strict) for form in ways.exactly)
        more = [_together(lexemes.of(part) for part in group) for group in ways.more]
        word = not token.phrase and words.LETTERS.fullmatch(token.text) is not None
        if own and word and not token.without and not vocabulary.knows(token.text):
            unknown.append(token.text)
            if begun and place == len(asked) - 1 and len(token.text) >= BEGUN:
                more.append(_beginning(words.folded(token.text), own))
        exact.append(own)
        every.append(_either([own, *more]))
    spans = [(span, _either(found)) for run, span in runs if (found := synonyms(lexemes.of(run)))]
    for (start, end), meaning in spans:
        if end - start == 1:
            every[start] = _either([every[start], meaning])
    return Asked(
        typed=text,
        exactly=_joined(asked, exact, ()),
        all=_joined(asked, every, [pair for pair in spans if pair[0][1] - pair[0][0] > 1]),
        any=_loosened([*(q for t, q in zip(asked, every, strict=True) if not t.without), *(m for _s, m in spans)]),
        unknown=tuple(dict.fromkeys(unknown)),
        plain=not any(token.phrase or token.without or token.either for token in asked),
        words=sum(1 for query in every if query),
    )


def _joined(asked: Sequence[Token], queries: Sequence[str], spans: Sequence[tuple[tuple[int, int], str]]) -> str:
    """All of it together; what "or" connects counts as one, and so does what has a synonym of several words."""
    groups: list[str] = []
    without: list[str] = []
    place = 0
    while place < len(asked):
        span = next(((ends, meaning) for (start, ends), meaning in spans if start == place), None)
        if span is not None:
            ends, meaning = span
            groups.append(_either([_together(queries[place:ends]), meaning]))
            place = ends
            continue
        token, query = asked[place], queries[place]
        place += 1
        if not query:
            continue
        if token.without:
            without.append(f"!( {query} )")
        elif token.either and groups:
            groups[-1] = _either([groups[-1], query])
        else:
            groups.append(query)
    if not groups:
        return ""
    return _together([*groups, *without])


def synonyms(lexemes: str) -> tuple[str, ...]:
    """What else means the same, as lexemes, by the city's own list."""
    lines = city.setting(SYNONYMS, [])
    if not lexemes or not lines:
        return ()
    return _meanings(tuple(str(line) for line in lines)).get(lexemes, ())


@lru_cache(maxsize=4)
def _meanings(lines: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Lexemes → lexemes of the same meaning. It follows from the lines alone, a setting: kept as long as they stay."""
    groups = [[word.strip() for word in re.split(r"[,;=]", line) if word.strip()] for line in lines]
    found: dict[str, tuple[str, ...]] = {}
    for language in ("de", "en"):
        dictionary = Dictionary(language)
        dictionary.look_up((), [word for group in groups for word in group] or [""])
        for group in groups:
            lexemes = [dictionary.of(word) for word in group]
            for own in lexemes:
                if own:
                    others = (other for other in lexemes if other and other != own)
                    found[own] = tuple(dict.fromkeys([*found.get(own, ()), *others]))
    return found
