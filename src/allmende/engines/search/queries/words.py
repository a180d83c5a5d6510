"""Words as people write them, and the folded forms in which they meet."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

LONGEST_QUERY = 200
LETTERS = re.compile(r"[^\W\d_]+")
"""A word for the vocabulary: letters of any script. Numbers are found, but neither learned nor corrected."""
SHORTEST, LONGEST = 3, 40

_FOLDS = str.maketrans({"ß": "ss", "ẞ": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_TYPED_UMLAUTS = re.compile(r"(?<![aeq])(a|o|u)e")
"""Not „Steuer“, „neue“ or „Quelle“: after a, e and q the u is a letter of its own."""


def clean(text: str) -> str:
    """What was typed, on one line, without signs that no text can hold, not endlessly long."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff\s]+", " ", text).strip()[:LONGEST_QUERY].strip()


def folded(word: str) -> str:
    """Lower case, without accents and umlauts, ß as ss: as PostgreSQL's `unaccent` does before it takes the stem."""
    lower = word.lower().translate(_FOLDS)
    if lower.isascii():
        return lower
    return "".join(_bare(sign) for sign in lower)


@cache
def _bare(sign: str) -> str:
    """A letter without its accent; only of the Latin script, in others the mark makes another letter (й is not и)."""
    apart = unicodedata.normalize("NFKD", sign)
    if unicodedata.combining(sign):
        return ""
    return "".join(one for one in apart if not unicodedata.combining(one)) if apart[0].isascii() else sign


def key(word: str) -> str:
    """Further folded, so that „Bäume“, „Baeume“ and „Baume“ are one: who has no umlauts types ae, oe, ue."""
    return _TYPED_UMLAUTS.sub(r"\1", folded(word))


def of_text(text: str) -> Iterator[str]:
    """The words of a text that can be learned, as they stand there."""
    return (word for word in LETTERS.findall(text) if SHORTEST <= len(word) <= LONGEST)


def of_entry(*texts: Mapping[str, Any]) -> dict[str, str]:
    """Folded form → as it is written, of all texts of an entry. A form without a capital letter wins: the beginning
    of a sentence says nothing about a word, its middle does.
    """
    found: dict[str, str] = {}
    for per_language in texts:
        for text in per_language.values():
            for word in of_text(str(text)):
                form = folded(word)
                if form not in found or word.islower():
                    found[form] = word
    return {form: word for form, word in found.items() if SHORTEST <= len(form) <= LONGEST}
