"""Differences between two texts, word by word, and putting two changes of the same text together. Pure.

Differences by Ratcliff and Obershelp as in `difflib`, on words, spaces and signs. Putting together is the three-way
merge of diff3 (Khanna, Kunal, Pierce: A Formal Investigation of Diff3, 2007): what only one side changed is taken over;
what both changed at the same place is a conflict, also where their changes touch, and then nobody's words are chosen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

type Sort = Literal["same", "ins", "del"]
type Change = tuple[int, int, tuple[str, ...]]
"""From, to (in the words of the base), and what stands there instead."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """Some words that stayed, came or went."""

    sort: Sort
    text: str


@dataclass(frozen=True)
class Merged:
    """Both changes in one text; `text` is empty when they contradict each other."""

    text: str
    conflict: bool


def words(text: str) -> list[str]:
    """Words, runs of space and single signs; joined again they are the text."""
    return _WORDS.findall(text)


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def difference(old: str, new: str) -> list[Piece]:
    """What went and what came, in reading order. A lone space between two changes belongs to both, so that changed
    phrases are read as phrases.
    """
    before, after = words(old), words(new)
    pieces: list[Piece] = []
    gone: list[str] = []
    come: list[str] = []

    def close() -> None:
        if gone:
            pieces.append(Piece("del", "".join(gone)))
        if come:
            pieces.append(Piece("ins", "".join(come)))
        gone.clear()
        come.clear()

    codes = _opcodes(before, after)
    for number, (tag, i1, i2, j1, j2) in enumerate(codes):
        if tag == "equal":
            same = "".join(before[i1:i2])
            between = 0 < number < len(codes) - 1
            if between and same.isspace() and gone and come:
                gone.append(same)
                come.append(same)
                continue
            close()
            pieces.append(Piece("same", same))
        else:
            gone += before[i1:i2]
            come += after[j1:j2]
    close()
    return pieces


def _changes(base: Sequence[str], text: str) -> list[Change]:
    after = words(text)
    return [(i1, i2, tuple(after[j1:j2])) for tag, i1, i2, j1, j2 in _opcodes(base, after) if tag != "equal"]


def merge(base: str, ours: str, theirs: str) -> Merged:
    """Both changes of the same base."""
    if theirs in (ours, base):
        return Merged(ours, conflict=False)
    if ours == base:
        return Merged(theirs, conflict=False)
    began = words(base)
    left, right = _changes(began, ours), _changes(began, theirs)
    found = set(left)
    for change in right:
        if change in found:
            continue
        if any(change[0] <= other[1] and other[0] <= change[1] for other in left):
            return Merged("", conflict=True)
        found.add(change)
    result: list[str] = []
    place = 0
    for start, end, put in sorted(found):
        result += began[place:start]
        result += put
        place = end
    return Merged("".join(result + began[place:]), conflict=False)
