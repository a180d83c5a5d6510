"""Which paragraph of a text is which paragraph of a file that was written on elsewhere: by their words. Pure.

Equal words first, in their order (Ratcliff and Obershelp, as in `difflib`) and then wherever they moved to; then the
pairs that share most of their words, by the coefficient of L. R. Dice (Measures of the Amount of Ecologic Association
Between Species, Ecology 26, 1945) on words and how often they stand there. Of equally good pairs the one that moved
least.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher

ALIKE = 0.5
"""From so much on two paragraphs are one that was rewritten; below it one went and another came."""
COMMON = 0.25
"""A word in more than this part of all paragraphs finds no candidates (it counts when they are compared)."""
_WORD = re.compile(r"\w+")


def matched(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """For each new paragraph the place of the old one that it continues, or None. No old one is given twice."""
    found: list[int | None] = [None] * len(new)
    free = set(range(len(old)))
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            found[block.b + step] = block.a + step
            free.discard(block.a + step)
    moved: dict[str, list[int]] = defaultdict(list)
    for place in sorted(free, reverse=True):
        moved[old[place]].append(place)
    for number, words in enumerate(new):
        if found[number] is None and moved.get(words):
            found[number] = moved[words].pop()
            free.discard(found[number])
    for _score, _way, number, place in sorted(_pairs(old, new, free, found)):
        if found[number] is None and place in free:
            found[number] = place
            free.discard(place)
    return found


def _pairs(
    old: Sequence[str], new: Sequence[str], free: set[int], found: Sequence[int | None]
) -> list[tuple[float, int, int, int]]:
    """(how little alike, how far moved, new, old) of all that are alike enough."""
    bags = {place: _bag(old[place]) for place in free}
    standing: dict[str, list[int]] = defaultdict(list)
    for place, bag in bags.items():
        for word in bag:
            standing[word].append(place)
    most = max(3, int(COMMON * len(bags)))
    pairs = []
    for number, words in enumerate(new):
        if found[number] is not None:
            continue
        bag = _bag(words)
        rare = [word for word in bag if len(standing.get(word, ())) <= most] or list(bag)
        for place in {place for word in rare for place in standing.get(word, ())}:
            score = _dice(bag, bags[place])
            if score >= ALIKE:
                pairs.append((-score, abs(place - number), number, place))
    return pairs


def _bag(text: str) -> Counter[str]:
    return Counter(word.casefold() for word in _WORD.findall(text))


def _dice(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
