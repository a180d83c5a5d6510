"""Which category words speak of, by key words: sensible from the first day, explained by the word that was found."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

WORD = re.compile(r"\w+")
SHORT = 4
"""Key words of up to so many letters count as whole words only: „Ast“ is not in „Kasten“."""
MOST = 3


@dataclass(frozen=True)
class Proposal:
    """A category's slug, and the person's own word that speaks for it."""

    slug: str
    because: str
    learned: bool = False
    """Whether that word speaks for it because it did so in reports that are closed; else it is a key word."""
    score: float = field(default=0, compare=False)


def folded(text: str) -> str:
    """Lower case, ß as ss, umlauts with and without their dots alike."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def finds(word: str, key: str) -> bool:
    """Whether the key word stands in the word: anywhere, as German builds words („Straßenlaterne“ holds „laterne“)."""
    return word == key if len(key) <= SHORT else key in word


def propose(words: str, categories: Iterable[tuple[str, Sequence[str]]], *, most: int = MOST) -> list[Proposal]:
    """At most `most` categories, best first. `categories` are pairs of slug and key words.

    Longer key words weigh more, since they say more; the same one counts once. Equals keep their order.
    """
    said = [(folded(word), word) for word in WORD.findall(words)]
    found: list[tuple[int, Proposal]] = []
    for slug, keys in categories:
        hits: dict[str, str] = {}
        for key in {folded(one.strip()) for one in keys} - {""}:
            hit = _hit(key, said)
            if hit:
                hits[key] = hit
        if hits:
            best = max(hits, key=lambda key: (len(key), key))
            score = sum(map(len, hits))
            found.append((score, Proposal(slug, hits[best], score=score)))
    found.sort(key=lambda pair: -pair[0])
    return [proposal for _score, proposal in found[:most]]


def _hit(key: str, said: Sequence[tuple[str, str]]) -> str:
    """The person's word in which the key word stands; key words of several words stand side by side."""
    parts = key.split()
    if len(parts) == 1:
        return next((word for plain, word in said if finds(plain, key)), "")
    plains = [plain for plain, _word in said]
    for start in range(len(plains) - len(parts) + 1):
        if plains[start : start + len(parts)] == parts:
            return " ".join(word for _plain, word in said[start : start + len(parts)])
    return ""


def alike(one: str, other: str) -> float:
    """How much two texts have in common: words of at least four letters in both, by those in either; 0 to 1."""
    first, second = ({word for word in map(folded, WORD.findall(text)) if len(word) >= SHORT} for text in (one, other))
    return len(first & second) / len(first | second) if first and second else 0.0


def is_danger(words: str, keys: Iterable[str]) -> str:
    """The first word that speaks of danger for people, else nothing."""
    found = propose(words, [("danger", list(keys))])
    return found[0].because if found else ""
