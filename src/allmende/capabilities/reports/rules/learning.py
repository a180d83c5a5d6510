"""Which words speak for which kind of fault, learned from what the city's own offices have closed. Pure.

For every word and kind: how much likelier is the word in reports of the kind than in all others (logarithm of the
ratio, with half a report added on both sides, so that nothing is ever certain)? Nothing but the words counts, nothing
leaves the city, and each proposal can name the word that spoke for it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from allmende.capabilities.reports.rules.proposing import SHORT, WORD, folded, propose

LEAST_REPORTS = 50
"""With fewer closed reports the key words speak alone."""
LEAST_TIMES = 4
"""In so many reports of a kind a word has to stand: names of people and streets of one report teach nothing."""
LEAST_WEIGHT = 1.2
"""About 3.3 times as likely as elsewhere."""
MOST_WORDS = 60
"""Of a kind."""
PER_WEIGHT = 2.5
"""Letters of a key word that a weight of one is as good as."""
TRIED = 5
"""Every fifth report is kept back to see how well it would have been guessed."""
type Weights = Mapping[str, Mapping[str, float]]
"""Word (folded) → kind → weight."""


@dataclass(frozen=True)
class Learned:
    """What was learned, and how well it guesses reports that it was not learned from."""

    weights: Weights
    counts: Mapping[tuple[str, str], int]
    """(word, kind) → in how many reports of the kind it stands."""
    looked_at: int
    tried: int
    hit: int
    hit_by_keys: int
    """By the key words alone."""
    written: Mapping[str, str] = field(default_factory=dict)
    """Word → as most people write it."""

    @property
    def helps(self) -> bool:
        return bool(self.weights) and self.hit >= self.hit_by_keys


def words_in(text: str) -> set[str]:
    """Words of five letters and more, as they are compared; nothing with digits."""
    return {word for word in map(folded, WORD.findall(text)) if len(word) > SHORT and word.isalpha()}


def learn(
    reports: Sequence[tuple[str, str]],
    keys: Sequence[tuple[str, Sequence[str]]],
    struck: Collection[tuple[str, str]] = (),
) -> Learned:
    """`reports` are pairs of words and the kind that the office left them with, newest first; `keys` the key words of
    each kind; `struck` pairs of word and kind that somebody has taken out.
    """
    if len(reports) < LEAST_REPORTS:
        return Learned({}, {}, len(reports), 0, 0, 0)
    kept_back, taught = reports[::TRIED], [one for n, one in enumerate(reports) if n % TRIED]
    weights, _counts = _weigh(taught, struck)
    hit = sum(_first(guess(words, keys, weights)) == kind for words, kind in kept_back)
    by_keys = sum(_first(guess(words, keys, {})) == kind for words, kind in kept_back)
    weights, counts = _weigh(reports, struck)
    return Learned(weights, counts, len(reports), len(kept_back), hit, by_keys, _written(reports, weights))


def _written(reports: Iterable[tuple[str, str]], wanted: Collection[str]) -> dict[str, str]:
    ways: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text, _kind in reports:
        for word in WORD.findall(text):
            plain = folded(word)
            if plain in wanted:
                ways[plain][word] += 1
    return {plain: found.most_common(1)[0][0] for plain, found in ways.items()}


def _first(found: Sequence[tuple[str, str, bool]]) -> str:
    return found[0][0] if found else ""


def _weigh(
    reports: Iterable[tuple[str, str]], struck: Collection[tuple[str, str]]
) -> tuple[dict[str, dict[str, float]], dict[tuple[str, str], int]]:
    kinds: Counter[str] = Counter()
    times: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for words, kind in reports:
        kinds[kind] += 1
        for word in words_in(words):
            times[word] += 1
            pairs[word, kind] += 1
    total = kinds.total()
    best: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for (word, kind), count in pairs.items():
        if count < LEAST_TIMES or (word, kind) in struck:
            continue
        here = (count + 0.5) / (kinds[kind] + 1)
        there = (times[word] - count + 0.5) / (total - kinds[kind] + 1)
        weight = math.log(here / there)
        if weight >= LEAST_WEIGHT:
            best[kind].append((weight, word))
    weights: defaultdict[str, dict[str, float]] = defaultdict(dict)
    counts: dict[tuple[str, str], int] = {}
    for kind, found in best.items():
        for weight, word in sorted(found, reverse=True)[:MOST_WORDS]:
            weights[word][kind] = weight
            counts[word, kind] = pairs[word, kind]
    return dict(weights), counts


def guess(
    words: str, keys: Sequence[tuple[str, Sequence[str]]], weights: Weights
) -> list[tuple[str, str, bool]]:  # fmt: skip
    """Kind, the person's own word that speaks most for it, whether that was learned; best first, three at most.

    Key words and learned words count together. A kind that is not among `keys` is not offered.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    because: dict[str, tuple[float, str, bool]] = {}
    for proposal in propose(words, keys, most=len(keys)):
        scores[proposal.slug] += proposal.score
        because[proposal.slug] = (proposal.score, proposal.because, False)
    offered = {slug for slug, _keys in keys}
    said = {folded(word): word for word in reversed(WORD.findall(words))}
    for plain, word in said.items():
        for kind, weight in weights.get(plain, {}).items():
            if kind not in offered:
                continue
            scores[kind] += PER_WEIGHT * weight
            if PER_WEIGHT * weight > because.get(kind, (0.0, "", False))[0]:
                because[kind] = (PER_WEIGHT * weight, word, True)
    order = {slug: place for place, (slug, _keys) in enumerate(keys)}
    found = sorted(scores, key=lambda kind: (-scores[kind], order[kind]))[:3]
    return [(kind, because[kind][1], because[kind][2]) for kind in found]
