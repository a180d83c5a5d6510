"""What a picture shows of a graph that may have thousands of things: what is nearest, what is alike as one pile.

Things are numbers here, 0 … n-1; edges are pairs of them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

type Edge = tuple[int, int]

ALIKE = 4
"""From so many things with the same neighbours on, most of them stand as one pile."""
SHOWN_OF_PILE = 2


@dataclass(frozen=True)
class Chosen:
    """`nodes` in the order in which they were found, what we stand at first; `piles` are what stands for many: the
    first of them, and how many it stands for. Every edge is between two of `nodes`; `through` are those that lead over
    something that is not shown to this viewer.
    """

    nodes: tuple[int, ...]
    piles: Mapping[int, int]
    edges: tuple[Edge, ...]
    through: frozenset[Edge]

    @property
    def drawn(self) -> int:
        """How many things stand there by their own names."""
        return len(self.nodes) - len(self.piles)


def bridged(edges: Collection[Edge], visible: Collection[int], most: int) -> set[Edge]:
    """Pairs of visible things between which a way leads over things that are not: at most so many.

    Whoever stands at the first is told of the second and of a step in between anyway; how many steps there are, and
    whether two ways share them, cannot be seen from the pairs.
    """
    seen = frozenset(visible)
    onward: dict[int, list[int]] = defaultdict(list)
    for source, target in edges:
        if source not in seen or target not in seen:
            onward[source].append(target)
    found: set[Edge] = set()
    for source in sorted(onward.keys() & seen):
        passed: set[int] = set()
        waiting = list(onward[source])
        while waiting:
            node = waiting.pop()
            if node in seen:
                if node != source:
                    found.add((source, node))
                    if len(found) >= most:
                        return found
            elif node not in passed:
                passed.add(node)
                waiting += onward.get(node, ())
    return found


def choose(here: int, edges: Collection[Edge], through: Collection[Edge], kinds: Sequence[str], most: int) -> Chosen:
    """At most `most` things around `here`, each joined to it by others that are shown.

    `edges` and `through` (disjoint from them or not) are between things that the viewer may see; `kinds` is what each
    thing is called, its place in it its rank by date: earlier things are shown first where not all are.
    """
    plain = set(edges)
    every = plain | set(through)
    onward: dict[int, set[int]] = defaultdict(set)
    back: dict[int, set[int]] = defaultdict(set)
    for source, target in every:
        onward[source].add(target)
        back[target].add(source)
    piles, piled = _piles(here, onward, back, kinds)
    nodes = _nearest(here, onward, back, piled, most)
    among = set(nodes)
    kept = sorted(edge for edge in every if edge[0] in among and edge[1] in among)
    return Chosen(
        nodes=tuple(nodes),
        piles={node: count for node, count in piles.items() if node in among},
        edges=tuple(kept),
        through=frozenset(edge for edge in kept if edge not in plain),
    )


def _piles(
    here: int, onward: Mapping[int, set[int]], back: Mapping[int, set[int]], kinds: Sequence[str]
) -> tuple[dict[int, int], set[int]]:
    """Which things stand for how many, and those that do not stand for themselves."""
    alike: dict[tuple[str, frozenset[int], frozenset[int]], list[int]] = defaultdict(list)
    for node in sorted(onward.keys() | back.keys()):
        if node != here:
            sides = frozenset(onward.get(node, ())), frozenset(back.get(node, ()))
            alike[kinds[node], *sides].append(node)
    piles: dict[int, int] = {}
    piled: set[int] = set()
    for group in alike.values():
        if len(group) >= ALIKE:
            first, *rest = group[SHOWN_OF_PILE:]
            piles[first] = len(rest) + 1
            piled.update(rest)
    return piles, piled


def _nearest(
    here: int, onward: Mapping[int, set[int]], back: Mapping[int, set[int]], left_out: Collection[int], most: int
) -> list[int]:
    """What is nearest in both directions, one step further each round; what leads on before what ends there."""
    found = {here: None}  # in their order
    fronts = [(onward, {here}, [here]), (back, {here}, [here])]
    while any(front for _side, _passed, front in fronts):
        following = []
        for side, passed, front in fronts:
            reached = {node for at in front for node in side.get(at, ())} - passed - set(left_out)
            ranked = sorted(reached, key=lambda node: (not side.get(node), node))
            fresh = [node for node in ranked if node not in found][: most - len(found)]
            found.update(dict.fromkeys(fresh))
            following.append((side, passed | reached, [node for node in ranked if node in found]))
        fronts = following
    return list(found)


def of_each_kind(kinds: Sequence[str], most: int) -> list[int]:
    """Places of at most so many stations for a short form: the last one of each kind, then the last of all.

    Fifty alike in a row say less than the pilot before them and its effect. What has no kind ("") only fills up.
    """
    last = {kind: place for place, kind in enumerate(kinds) if kind}
    first = sorted(last.values(), reverse=True)
    others = [place for place in reversed(range(len(kinds))) if last.get(kinds[place]) != place]
    return sorted([*first, *others][:most])
