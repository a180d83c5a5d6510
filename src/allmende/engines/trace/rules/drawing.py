"""A layered drawing of a graph from top to bottom, as K. Sugiyama, S. Tagawa and M. Toda do it (Methods for Visual
Understanding of Hierarchical System Structures, IEEE Trans. SMC 11, 1981): circles are opened, things get rows, long
lines get places of their own in the rows that they cross, rows are ordered by what they are joined to, then everything
gets its coordinates. So no two boxes overlap and no line runs through a box.

Of our own: a row holds a limited number of boxes, and lines of several rows to one box run together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise

type Edge = tuple[int, int]
type Slot = tuple[int, int, bool]
"""What stands in a row. (node, -1, False) is a node; a line on its way has the node below at which it ends, the row
that it crosses, and whether it runs upwards."""

BOX_WIDTH, LINE_WIDTH = 208, 12
BETWEEN, BETWEEN_ROWS, MARGIN = 20, 52, 8
IN_A_ROW = 5
PORT = 22
"""Between the ends of two lines at one box, where there is room."""
SWEEPS = 6


@dataclass(frozen=True)
class Box:
    """Where a thing stands; whole numbers."""

    node: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Line:
    """From the border of one box to that of another. Between the first two points, the next two and so on it swings
    from one row to the next; in between it crosses a row straight.
    """

    source: int
    target: int
    points: tuple[tuple[int, int], ...]
    upwards: bool
    """Against the direction of the drawing: it closes a circle."""


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(heights: Sequence[int], edges: Collection[Edge], *, in_a_row: int = IN_A_ROW) -> Drawing:
    """Boxes at least this high (in a row all as high as the highest), and a line for each edge but those from a thing
    to itself. Numbers rank the nodes: where nothing else decides, the lower stands first. Any graph is drawn, the same
    graph always alike.
    """
    count = len(heights)
    plain = sorted({edge for edge in edges if edge[0] != edge[1]})
    upwards = _closing(count, plain)
    downwards = sorted({(b, a) if (a, b) in upwards else (a, b) for a, b in plain})
    rows = _rows(count, downwards, in_a_row)
    lines = {(a, b): _line(a, b, rows, upwards=(a, b) in upwards) for a, b in plain}
    slots = _ordered(count, rows, lines.values())
    centres = _centres(slots, lines.values())
    return _placed(heights, rows, slots, centres, lines, upwards)


def _closing(count: int, edges: Sequence[Edge]) -> set[Edge]:
    """Edges that lead back to where a walk in depth still is: without them there is no circle."""
    onward: dict[int, list[int]] = defaultdict(list)
    for source, target in edges:
        onward[source].append(target)
    state = [0] * count  # 1 on the walk, 2 done
    found: set[Edge] = set()
    entered = {target for _source, target in edges}
    for root in sorted(range(count), key=lambda node: (node in entered, node)):
        if state[root]:
            continue
        state[root] = 1
        walk = [(root, iter(onward[root]))]
        while walk:
            node, following = walk[-1]
            for target in following:
                if state[target] == 1:
                    found.add((node, target))
                elif not state[target]:
                    state[target] = 1
                    walk.append((target, iter(onward[target])))
                    break
            else:
                state[node] = 2
                walk.pop()
    return found


def _rows(count: int, edges: Sequence[Edge], in_a_row: int) -> list[int]:
    """The row of each node: below all that lead to it, where there is room; beginnings near what they led to."""
    onward: dict[int, list[int]] = defaultdict(list)
    waits = [0] * count
    for source, target in edges:
        onward[source].append(target)
        waits[target] += 1
    begins = [node for node in range(count) if not waits[node]]
    row, room = [0] * count, [in_a_row] * (count + 1)
    ready = [(0, node) for node in begins]
    heapify(ready)
    while ready:
        lowest, node = heappop(ready)
        at = next(number for number in range(lowest, count + 1) if room[number])
        row[node] = at
        room[at] -= 1
        for target in onward[node]:
            waits[target] -= 1
            row[target] = max(row[target], at + 1)
            if not waits[target]:
                heappush(ready, (row[target], target))
    for node in reversed(begins):
        last = min((row[target] for target in onward[node]), default=0) - 1
        better = next((number for number in range(last, row[node], -1) if room[number]), None)
        if better is not None:
            room[row[node]] += 1
            room[better] -= 1
            row[node] = better
    used = {number: place for place, number in enumerate(sorted(set(row)))}
    return [used[number] for number in row]


def _line(source: int, target: int, rows: Sequence[int], *, upwards: bool) -> list[Slot]:
    """What a line passes from the upper end to the lower one, both included."""
    upper, lower = (target, source) if upwards else (source, target)
    between = [(lower, row, upwards) for row in range(rows[upper] + 1, rows[lower])]
    return [(upper, -1, False), *between, (lower, -1, False)]


def _ordered(count: int, rows: Sequence[int], lines: Iterable[list[Slot]]) -> list[list[Slot]]:
    """The rows from left to right: each thing as near as it gets to the middle of what it is joined to."""
    slots: list[list[Slot]] = [[] for _ in range(max(rows, default=-1) + 1)]
    for node in range(count):
        slots[rows[node]].append((node, -1, False))
    above, below = _joined(lines)
    for slot in sorted({slot for slot in (*above, *below) if slot[1] >= 0}):
        slots[slot[1]].append(slot)
    for sweep in range(SWEEPS):
        numbers = range(len(slots)) if sweep % 2 == 0 else reversed(range(len(slots)))
        joined = above if sweep % 2 == 0 else below
        place = {slot: at - len(row) / 2 for row in slots for at, slot in enumerate(row)}
        for number in numbers:
            row = slots[number]
            middle = {slot: _mean([place[other] for other in joined[slot]], place[slot]) for slot in row}
            row.sort(key=middle.__getitem__)
            place.update({slot: at - len(row) / 2 for at, slot in enumerate(row)})
    return slots


def _joined(lines: Iterable[list[Slot]]) -> tuple[Mapping[Slot, set[Slot]], Mapping[Slot, set[Slot]]]:
    """What each slot is joined to in the row above, and below."""
    above: dict[Slot, set[Slot]] = defaultdict(set)
    below: dict[Slot, set[Slot]] = defaultdict(set)
    for line in lines:
        for upper, lower in pairwise(line):
            above[lower].add(upper)
            below[upper].add(lower)
    return above, below


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _width(slot: Slot) -> int:
    return LINE_WIDTH if slot[1] >= 0 else BOX_WIDTH


def _centres(slots: Sequence[Sequence[Slot]], lines: Iterable[list[Slot]]) -> dict[Slot, float]:
    """The middle of each slot: below what it is joined to, as far as its neighbours leave room."""
    above, below = _joined(lines)
    centres: dict[Slot, float] = {}
    for row in slots:
        wanted = [0.0] * len(row)
        centres.update(zip(row, _apart(row, wanted), strict=True))
    for sweep in range(SWEEPS):
        joined = above if sweep % 2 == 0 else below
        for row in slots if sweep % 2 == 0 else reversed(slots):
            wanted = [_mean([centres[other] for other in joined[slot]], centres[slot]) for slot in row]
            centres.update(zip(row, _apart(row, wanted), strict=True))
    return centres


def _apart(row: Sequence[Slot], wanted: Sequence[float]) -> list[float]:
    """The places nearest to those wanted (least squares) at which the row keeps its order and its distances: isotonic
    regression by pooling what would come too close (M. Ayer and others, Ann. Math. Statist. 26, 1955).
    """
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (_width(left) + _width(right)) / 2 + BETWEEN)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, size = want - offset, 1
        while pools and pools[-1][0] >= mean:
            other, many = pools.pop()
            mean, size = (mean * size + other * many) / (size + many), size + many
        pools.append((mean, size))
    levels = [mean for mean, size in pools for _ in range(size)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _placed(
    heights: Sequence[int],
    rows: Sequence[int],
    slots: Sequence[Sequence[Slot]],
    centres: Mapping[Slot, float],
    lines: Mapping[Edge, list[Slot]],
    upwards: Collection[Edge],
) -> Drawing:
    """Boxes and lines in whole numbers, everything within the margins."""
    if not heights:
        return Drawing(2 * MARGIN, 2 * MARGIN, (), ())
    leftmost = min(centre - _width(slot) / 2 for slot, centre in centres.items())
    middle = {slot: MARGIN + round(centre - leftmost) for slot, centre in centres.items()}
    deep = [max((heights[slot[0]] for slot in row if slot[1] < 0), default=0) for row in slots]
    top = [MARGIN]
    for depth in deep:
        top.append(top[-1] + depth + BETWEEN_ROWS)
    boxes = tuple(
        Box(node, middle[node, -1, False] - BOX_WIDTH // 2, top[row], BOX_WIDTH, deep[row])
        for node, row in enumerate(rows)
    )
    leaving, entering = _ports(lines, upwards, middle)

    def ends(edge: Edge, line: list[Slot]) -> tuple[tuple[int, int], ...]:
        upper, lower = line[0][0], line[-1][0]
        back = edge in upwards
        first = (leaving[line[0], line[1], back], top[rows[upper]] + deep[rows[upper]])
        last = (entering[line[-1], line[-2], back], top[rows[lower]])
        between = [
            point
            for slot in line[1:-1]
            for point in ((middle[slot], top[slot[1]]), (middle[slot], top[slot[1]] + deep[slot[1]]))
        ]
        points = (first, *between, last)
        return points[::-1] if back else points

    drawn = tuple(Line(*edge, ends(edge, line), edge in upwards) for edge, line in sorted(lines.items()))
    width = max(middle[slot] + _width(slot) // 2 for row in slots for slot in row) + MARGIN
    return Drawing(width, top[-1] - BETWEEN_ROWS + MARGIN, boxes, drawn)


type Ports = dict[tuple[Slot, Slot, bool], int]


def _ports(
    lines: Mapping[Edge, list[Slot]], upwards: Collection[Edge], middle: Mapping[Slot, int]
) -> tuple[Ports, Ports]:
    """Where lines leave a box below and enter it above, in the order of where they go."""
    out: dict[Slot, set[tuple[Slot, bool]]] = defaultdict(set)
    into: dict[Slot, set[tuple[Slot, bool]]] = defaultdict(set)
    for edge, line in lines.items():
        back = edge in upwards
        out[line[0]].add((line[1], back))
        into[line[-1]].add((line[-2], back))
    return _spread(out, middle), _spread(into, middle)


def _spread(joined: Mapping[Slot, set[tuple[Slot, bool]]], middle: Mapping[Slot, int]) -> Ports:
    ports: Ports = {}
    for slot, others in joined.items():
        ranked = sorted(others, key=lambda other: (middle[other[0]], other))
        step = min(PORT, (BOX_WIDTH - 2 * PORT) / max(1, len(ranked) - 1))
        for place, (other, back) in enumerate(ranked):
            ports[slot, other, back] = middle[slot] + round((place - (len(ranked) - 1) / 2) * step)
    return ports
