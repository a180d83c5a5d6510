"""Words as people write them, and the folded forms in which they meet."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

LONGEST_QUERY = 200
LONGEST_TEXT = 4000
"""Characters of a text that is compared with others."""
LETTERS = re.compile(r"[^\W\d_]+")
"""A word for the vocabulary: letters of any script. Numbers are found, but neither learned nor corrected."""
SHORTEST, LONGEST = 3, 40
_LEARNED = re.compile(rf"(?<![^\W\d_])[^\W\d_]{{{SHORTEST},{LONGEST - 3}}}(?![^\W\d_])")
"""Folding may lengthen a word (ß becomes ss)."""

_FOLDS = str.maketrans({"ß": "ss", "ẞ": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_TYPED_UMLAUTS = re.compile(r"(?<![aeq])(a|o|u)e")
"""Not „Steuer“, „neue“ or „Quelle“: after a, e and q the u is a letter of its own."""


def clean(text: str) -> str:
    """What was typed, on one line, without signs that no text can hold, not endlessly long."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff\s]+", " ", text).strip()[:LONGEST_QUERY].strip()


def clean_lines(text: str) -> str:
    """What somebody writes, without signs that no text can hold, lines kept, not endlessly long."""
    lines = (re.sub(r"[\x00-\x1f\x7f\ud800-\udfff\s]+", " ", line).strip() for line in text[:LONGEST_TEXT].splitlines())
    return "\n".join(line for line in lines if line)


class _Folded(dict[str, str]):
    """Word → folded form, remembered: a language has few words, and texts are asked for all of theirs at once."""

    MOST = 100_000

    def __missing__(self, word: str) -> str:
        lower = word.lower().translate(_FOLDS)
        form = lower if lower.isascii() else "".join(_bare(sign) for sign in lower)
        if len(self) >= self.MOST:
            self.clear()
        self[word] = form
        return form


_FOLDED = _Folded()
_form = _FOLDED.__getitem__


def folded(word: str) -> str:
    """Lower case, without accents and umlauts, ß as ss: as PostgreSQL's `unaccent` does before it takes the stem."""
    return _FOLDED[word]


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


def of_text(text: str) -> list[str]:
    """The words of a text that can be learned, as they stand there."""
    return _LEARNED.findall(text)


def of_texts(*texts: Mapping[str, Any]) -> dict[str, None]:
    """The words of these texts per language as they stand there, each once."""
    found: dict[str, None] = {}
    for per_language in texts:
        for text in per_language.values():
            found.update(dict.fromkeys(of_text(text)))
    return found


def forms_of(*texts: Mapping[str, Any]) -> set[str]:
    """The folded forms of all words of these texts."""
    return {form for per_language in texts for text in per_language.values() for form in map(_form, of_text(text))}


def of_entry(*texts: Mapping[str, Any]) -> dict[str, str]:
    """Folded form → as it is written. A form without a capital letter wins: the beginning of a sentence says nothing
    about a word, its middle does.
    """
    written = of_texts(*texts)
    capital = [word for word in written if not word.islower()]
    small = [word for word in written if word.islower()]
    found = dict(zip(map(_form, capital), capital, strict=True))
    found.update(zip(map(_form, small), small, strict=True))
    return found
