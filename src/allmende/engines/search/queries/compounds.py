"""Taking German compounds apart with nothing but the city's own words (docs/decisions/compounds.md).

A word is a compound when it can be laid with words that stand by themselves somewhere in the city's public texts:
„Straßenlaternenmast“ is Straße + n, Laterne + n, Mast. The joints („Fugenelemente“: s, es, n, en, er, e, ens, and
the e or en that falls away, as in Schul-hof and Wohn-haus) are the only grammar written down; there is no dictionary.
"""

from collections.abc import Iterator, Mapping
from functools import cache

SHORTEST = 6
"""Letters of the shortest compound that is taken apart (Rad-weg)."""
PART = 3
SHORT_PARTS_ARE_NOUNS = 4
"""Parts of fewer letters count only when they were seen with a capital letter (Rad, Bus, Amt)."""
HEAD_ALONE = 6
"""Letters from which a known last part is enough, with a first part of at least four that nobody has written alone."""
FIRST_ALONE = 7
"""Likewise for the first part (Laternen-pfahl), if what follows is no mere suffix (Gemeinde-n, Bürger-schaft)."""
SUFFIXES = ("ung", "keit", "heit", "lich", "isch", "schaft", "bar", "los", "sam", "haft", "ern", "ens")
MOST_PARTS = 4
JOINTS = ("", "s", "es", "n", "en", "er", "e", "ens", "ns")
FELL_AWAY = ("e", "en", "n")
ENDINGS = ("n", "en", "e", "s", "es", "er", "ern")
"""By which the last part may differ from the word that stands alone: Straßen-laternen and Laterne, or the other way."""
_PARTICLES = """
    ab an auf aus be bei da dar durch ein emp ent er fort ge gegen her hin hinter los miss mit nach neben nieder ob um
    un unter ur ver voll vor weg wider wieder zer zu zurueck zuruck zusammen uber ueber ober hoch fest frei
"""
PARTICLES = frozenset(_PARTICLES.split())
"""What stands before verbs makes other words, not compounds: „Verwaltung“ and „Unterricht“ stay whole."""
PARTICLES_BEFORE_NOUNS = frozenset({"hoch", "ober", "gegen", "neben", "frei", "fest", "voll", "weg"})
"""These also make compounds (Hoch-haus, Neben-straße, Frei-bad), if both parts are known."""


def pieces(word: str) -> Iterator[str]:
    """Every known word that could be a part of this one: what has to be looked up before `split`."""
    for start in range(len(word) - PART + 1):
        for end in range(start + PART, len(word) + 1):
            piece = word[start:end]
            if len(piece) == len(word):
                continue
            yield piece
            yield from (piece + lost for lost in (FELL_AWAY if end < len(word) else ENDINGS))


def split(word: str, known: Mapping[str, bool]) -> tuple[str, ...]:
    """The parts of a folded word in their own basic forms, () when it is none. `known`: folded word → is a noun.

    Of several ways the one with fewest parts wins, then the one whose shortest part is longest.
    """
    if len(word) < SHORTEST:
        return ()

    @cache
    def ways(start: int, left: int) -> tuple[tuple[str, ...], ...]:
        found: list[tuple[str, ...]] = []
        last = _last(word[start:], known) if start else ""
        if last:
            found.append((last,))
        if left > 1:
            for end in range(start + PART, len(word) - PART + 1):
                base = _first(word[start:end], known)
                if base:
                    found += [(base, *way) for way in ways(end, left - 1)]
        return tuple(found)

    found = [way for way in ways(0, MOST_PARTS) if len(way) > 1]
    if found:
        return min(found, key=lambda way: (len(way), -min(map(len, way)), -len(way[-1]), way))
    alone = _known_end(word, known) or _known_beginning(word, known)
    return (alone,) if alone else ()


def _known_end(word: str, known: Mapping[str, bool]) -> str:
    for start in range(SHORT_PARTS_ARE_NOUNS, len(word) - HEAD_ALONE + 1):
        head = _last(word[start:], known)
        if len(head) >= HEAD_ALONE and known[head] and word[:start] not in PARTICLES and _has_vowel(word[:start]):
            return head
    return ""


def _known_beginning(word: str, known: Mapping[str, bool]) -> str:
    for end in range(len(word) - SHORT_PARTS_ARE_NOUNS, FIRST_ALONE - 1, -1):
        first = _first(word[:end], known)
        if len(first) >= FIRST_ALONE and _has_vowel(word[end:]) and not word[end:].startswith(SUFFIXES):
            return first
    return ""


def _counts(part: str, known: Mapping[str, bool]) -> bool:
    noun = known.get(part)
    if noun is None or (part in PARTICLES and part not in PARTICLES_BEFORE_NOUNS):
        return False
    return noun or len(part) >= SHORT_PARTS_ARE_NOUNS


def _last(form: str, known: Mapping[str, bool]) -> str:
    """The word of which this is the form at the end of a compound („laternen“ → „laterne“), "" when there is none."""
    if _counts(form, known):
        return form
    shorter = (form.removesuffix(ending) for ending in ENDINGS if form.endswith(ending))
    longer = (form + ending for ending in ENDINGS)
    return next((base for base in (*shorter, *longer) if len(base) > PART and _counts(base, known)), "")


def _first(form: str, known: Mapping[str, bool]) -> str:
    """The word of which this is the form inside a compound („strassen“ → „strasse“), "" when there is none."""
    if form in PARTICLES and form not in PARTICLES_BEFORE_NOUNS:
        return ""
    if form in PARTICLES_BEFORE_NOUNS:
        return form if form in known else ""
    for joint in JOINTS:
        base = form.removesuffix(joint) if joint else form
        if len(base) >= PART and base + joint == form and _counts(base, known):
            return base
    if len(form) >= SHORT_PARTS_ARE_NOUNS - 1:
        for lost in FELL_AWAY:
            if form + lost in known and len(form + lost) > SHORT_PARTS_ARE_NOUNS:
                return form + lost
    return ""


def _has_vowel(text: str) -> bool:
    return any(sign in "aeiouy" for sign in text)
