"""Tables in which nobody can be singled out: small counts are hidden, and so many others that none can be worked out.

Pure. The method is complementary cell suppression (Hundepool et al., Statistical Disclosure Control, 2012, ch. 4): a
table with its totals is a bipartite graph of row and column sums, in which a hidden cell can be worked out exactly when
no cycle of hidden cells lets it be one more or one less.
"""

import heapq
from collections.abc import Collection, Iterator, Sequence

LEAST = 5
"""Fewer people than this behind a number: it is hidden (k-anonymity)."""
type Table = Sequence[Sequence[int]]
type Cell = tuple[int, int]


def with_totals(counts: Table) -> list[list[int]]:
    """The table with a column of row sums, a row of column sums, and the sum of all."""
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


class _Graph:
    """Rows and columns as nodes, cells as edges; the last of each are the totals."""

    def __init__(self, values: list[list[int]], hidden: set[Cell], fixed: Collection[Cell]) -> None:
        self.values, self.hidden, self.fixed = values, hidden, fixed
        self.rows, self.columns = len(values), len(values[0])

    def _is_total(self, cell: Cell) -> bool:
        """A cell of the margin, but not the sum of all: it changes against the cells that it sums up."""
        return (cell[0] == self.rows - 1) != (cell[1] == self.columns - 1)

    def may(self, cell: Cell, *, up: bool) -> bool:
        """Whether the cell could be one more (`up`, one less for a total), as far as counts are never below zero."""
        return up != self._is_total(cell) or self.values[cell[0]][cell[1]] > 0

    def cost(self, cell: Cell, *, hide: bool) -> int | None:
        """What it costs to hide the cell: nothing when it is hidden, most for totals; None when it may not be."""
        if cell in self.hidden:
            return 0
        if not hide or cell in self.fixed:
            return None
        row, column = cell
        if row == self.rows - 1:
            return 10_000 if column < self.columns - 1 else 100_000
        if column == self.columns - 1:
            return 1_000
        value = self.values[row][column]
        return 10 + min(value, 100) if value else 150

    def _steps(self, node: Cell) -> Iterator[tuple[Cell, Cell, bool]]:
        """From a column (1, j) down into rows, from a row (0, i) up into columns: (next node, cell, up)."""
        side, number = node
        if side == 1:
            yield from (((0, row), (row, number), False) for row in range(self.rows))
        else:
            yield from (((1, column), (number, column), True) for column in range(self.columns))

    def way_around(self, cell: Cell, *, up: bool, hide: bool) -> tuple[int, list[Cell]] | None:
        """The cheapest cycle through the cell that lets it be one more (or one less): its cost and its other cells."""
        if not self.may(cell, up=up):
            return None
        row, column = (0, cell[0]), (1, cell[1])
        start, end = (column, row) if up else (row, column)
        best: dict[Cell, int] = {start: 0}
        before: dict[Cell, tuple[Cell, Cell]] = {}
        queue = [(0, start)]
        while queue:
            spent, node = heapq.heappop(queue)
            if node == end:
                found = []
                while node != start:
                    node, used = before[node]
                    found.append(used)
                return spent, found
            if spent > best[node]:
                continue
            for following, used, goes_up in self._steps(node):
                price = self.cost(used, hide=hide)
                if used == cell or price is None or not self.may(used, up=goes_up):
                    continue
                total = spent + price
                if following not in best or total < best[following]:
                    best[following] = total
                    before[following] = (node, used)
                    heapq.heappush(queue, (total, following))
        return None


def _cheapest(graph: _Graph, cell: Cell, *, hide: bool) -> list[Cell] | None:
    ways = [way for up in (True, False) if (way := graph.way_around(cell, up=up, hide=hide)) is not None]
    return min(ways)[1] if ways else None


def suppress(
    counts: Table,
    people: Table | None = None,
    *,
    least: int = LEAST,
    hidden_totals: Collection[int] | None = None,
) -> list[list[int | None]] | None:
    """The table with its totals (last row and column), None in every cell that is hidden.

    `people` says how many different people stand behind each cell, totals included; without it every count is a person
    of its own. Hidden are cells behind which stand some but fewer than `least`, and as many more as it takes so that
    none can be worked out from what is shown. `hidden_totals`: which cells of the last row are hidden elsewhere and
    are hidden here, so that two tables of the same totals do not give each other away; then no other one is, and the
    answer is None when the table cannot be shown under this condition.
    """
    values = with_totals(counts)
    behind = [list(row) for row in people] if people is not None else values
    bottom = len(values) - 1
    small = {(i, j) for i, row in enumerate(behind) for j, number in enumerate(row) if 0 < number < least}
    fixed: set[Cell] = set()
    if hidden_totals is not None:
        given = {(bottom, column) for column in hidden_totals}
        fixed = {(bottom, column) for column in range(len(values[0]))} - given
        if small & fixed:
            return None
        small |= given
    graph = _Graph(values, small, fixed)
    while True:
        known = next((cell for cell in sorted(graph.hidden) if _cheapest(graph, cell, hide=False) is None), None)
        if known is None:
            return [
                [None if (i, j) in graph.hidden else value for j, value in enumerate(row)]
                for i, row in enumerate(values)
            ]
        more = _cheapest(graph, known, hide=True)
        if more is None:
            return None
        graph.hidden |= set(more)
