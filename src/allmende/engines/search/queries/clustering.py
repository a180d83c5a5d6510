"""Grouping texts by what they speak about, and saying why in their own words. Pure: no database, no chance.

Each text is a vector of its terms, weighted by how often it has them and how few texts do (tf-idf), of length 1. The
two groups most alike are joined, again and again, until none are alike enough: average linkage (UPGMA) of cosines.
What fits nowhere stays alone and is not forced into a group, since a person decides about each of them.

Sources: G. Salton and C. Buckley, Term-weighting approaches in automatic text retrieval, Information Processing and
Management 24 (1988); R. Sokal and C. Michener, A statistical method for evaluating systematic relationships (1958).
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

LEAST = 0.16
"""Average likeness (cosine) from which two groups become one."""
MOST_TEXTS = 2500
"""Texts that are compared with each other; further ones join the group that is most like them."""
MOST_TERMS = 40
"""Terms of a text that are looked at, the weightiest."""
COMMON = 0.25
"""Terms in more than this share of the texts say nothing about what sets one apart (if they are in more than `FEW`)."""
FEW = 6
WORDS = 4
"""Key words of a group."""

UNSPOKEN = "\x00"
"""Begins terms that are no word of the texts: they bring texts together, and name a group only if no word does."""

type Vector = dict[str, float]


@dataclass(frozen=True)
class Cluster[K: Hashable]:
    """Things that speak about the same, and the words that show it."""

    keys: tuple[K, ...]
    """In the order in which they were given; the one most typical of the group is `centre`."""
    words: tuple[str, ...]
    """Key words, weightiest first."""
    centre: K
    alike: float
    """Average likeness of its things, from 0 to 1."""


def group[K: Hashable](
    texts: Mapping[K, Mapping[str, float]], *, least: float = LEAST, fewest: int = 2
) -> list[Cluster[K]]:
    """Groups of at least `fewest` texts, largest first. `texts`: key → term → how often it has it."""
    vectors = weigh(texts)
    keys = [key for key, vector in vectors.items() if vector]
    first, others = keys[:MOST_TEXTS], keys[MOST_TEXTS:]
    found = _joined([vectors[key] for key in first], least)
    members = [[first[place] for place in places] for places in found]
    for key in others:
        sums = ((_dot(vectors[key], _sum([vectors[one] for one in group])) / len(group), group) for group in members)
        alike, nearest = max(sums, key=lambda pair: pair[0], default=(0.0, None))
        if nearest is not None and alike >= least:
            nearest.append(key)
    order = {key: place for place, key in enumerate(texts)}
    clusters = [_cluster(sorted(group, key=order.__getitem__), vectors) for group in members if len(group) >= fewest]
    return sorted(clusters, key=lambda one: (-len(one.keys), -one.alike, order[one.keys[0]]))


def weigh[K: Hashable](texts: Mapping[K, Mapping[str, float]]) -> dict[K, Vector]:
    """tf-idf vectors of length 1: (1 + ln tf) · ln(texts / texts with the term)."""
    having = Counter(term for terms in texts.values() for term in terms)
    most = max(FEW, COMMON * len(texts))
    vectors: dict[K, Vector] = {}
    for key, terms in texts.items():
        weighed = {
            term: (math.log1p(often) * math.log(1 + len(texts) / having[term]))
            for term, often in terms.items()
            if 1 < having[term] <= most and often > 0
        }
        kept = dict(sorted(weighed.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_TERMS])
        length = math.sqrt(sum(weight**2 for weight in kept.values()))
        vectors[key] = {term: weight / length for term, weight in kept.items()} if length else {}
    return vectors


def _joined(vectors: Sequence[Vector], least: float) -> list[list[int]]:
    """Places of the vectors, group by group."""
    near: list[dict[int, float]] = [{} for _ in vectors]
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, vector in enumerate(vectors):
        alike: dict[int, float] = defaultdict(float)
        for term, weight in vector.items():
            for other, their in postings[term]:
                alike[other] += weight * their
            postings[term].append((place, weight))
        for other, value in alike.items():
            near[place][other] = near[other][place] = value
    groups: dict[int, list[int]] = {place: [place] for place in range(len(vectors))}
    waiting = [
        (-value, a, b) for a, others in enumerate(near) for b, value in others.items() if a < b and value >= least
    ]
    heapq.heapify(waiting)
    version = len(vectors)
    links = dict(enumerate(near))
    while waiting:
        _value, one, other = heapq.heappop(waiting)
        if one not in groups or other not in groups:
            continue
        left, right = groups.pop(one), groups.pop(other)
        mine, theirs = links.pop(one), links.pop(other)
        together: dict[int, float] = {}
        for neighbour in mine.keys() | theirs.keys():
            if neighbour not in groups:
                continue
            value = (len(left) * mine.get(neighbour, 0.0) + len(right) * theirs.get(neighbour, 0.0)) / (
                len(left) + len(right)
            )
            together[neighbour] = value
            links[neighbour].pop(one, None)
            links[neighbour].pop(other, None)
            links[neighbour][version] = value
            if value >= least:
                heapq.heappush(waiting, (-value, neighbour, version))
        groups[version], links[version] = left + right, together
        version += 1
    return [sorted(places) for places in groups.values()]


def _cluster[K: Hashable](keys: Sequence[K], vectors: Mapping[K, Vector]) -> Cluster[K]:
    total = _sum([vectors[key] for key in keys])
    centre = max(keys, key=lambda key: _dot(vectors[key], total))
    having = Counter(term for key in keys for term in vectors[key])
    score = {term: weight * having[term] / len(keys) for term, weight in total.items()}
    shared = [term for term in score if having[term] > 1]
    spoken = [term for term in shared if not term.startswith(UNSPOKEN)] or shared
    named = sorted(spoken, key=lambda term: (-score[term], term))
    pairs = len(keys) * (len(keys) - 1)
    alike = (_dot(total, total) - len(keys)) / pairs if pairs else 1.0
    return Cluster(tuple(keys), tuple(named[:WORDS]), centre, round(max(0.0, alike), 4))


def _sum(vectors: Sequence[Vector]) -> Vector:
    total: Vector = defaultdict(float)
    for vector in vectors:
        for term, weight in vector.items():
            total[term] += weight
    return total


def _dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    small, large = (one, other) if len(one) < len(other) else (other, one)
    return sum(weight * large[term] for term, weight in small.items() if term in large)
