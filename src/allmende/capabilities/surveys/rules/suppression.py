"""What of a survey may be shown to everybody. Pure; the proof lies in `core.suppression` and in this room's tests.

1. Answers that fewer than `least` gave are put together, neighbours on a scale, the rest as „Andere Angaben“, until
   each that is shown stands for at least `least`. So the totals of a question hide nothing.
2. Groups to filter by are put together in the same way, of `GROUP` times as many people, so that item by item enough
   of each remain. One group at a time filters: what two groups say together is never shown.
3. In the table of a question by a group small cells are hidden, and so many others that none can be worked out. Both
   totals stay; where that cannot be, the table is not shown. A question that is a group too has one table, not two.
4. Weighted shares are sums over the groups that are weighted by, so they could give a hidden cell away: by such groups
   a table is shown without hidden cells or not at all, and weighted shares are rounded (`results.Frame.step`).
5. Figures that are made from all cells (χ², Cramér's V) are shown only where no cell is hidden.
6. Sensitive questions are shown in total only; least and largest numbers, words of one person, points on a map never.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from allmende.core.suppression import LEAST, suppress

GROUP = 4
"""A group to filter by has at least this many times `least` people."""
type Cells = Sequence[Sequence[int | None]]


@dataclass(frozen=True)
class Coarse:
    """Which answers stand together. `parts[new]` are the old places; `of` the new place of each old one."""

    parts: tuple[tuple[int, ...], ...]

    @property
    def of(self) -> tuple[int, ...]:
        found = {old: new for new, part in enumerate(self.parts) for old in part}
        return tuple(found[old] for old in range(len(found)))

    @property
    def merged(self) -> bool:
        return any(len(part) > 1 for part in self.parts)


def coarsened(raw: Sequence[int], *, least: int = LEAST, ordered: bool = False) -> Coarse | None:
    """Answers put together until none stands for some but fewer than `least`; None where too few answered at all.

    What nobody said stays as it is: 0 singles nobody out. Unordered answers that are put together stand last.
    """
    if sum(raw) < least:
        return None
    parts = _neighbours(raw, least) if ordered else _rest(raw, least)
    said = sum(1 for part in parts if sum(raw[place] for place in part))
    if said < 2 <= sum(1 for value in raw if value):  # noqa: PLR2004  one heap of all tells nothing
        return None
    return Coarse(tuple(parts))


def _rest(raw: Sequence[int], least: int) -> list[tuple[int, ...]]:
    rest = [place for place, value in enumerate(raw) if 0 < value < least]
    while rest and sum(raw[place] for place in rest) < least:
        rest.append(min((place for place in range(len(raw)) if raw[place] and place not in rest), key=raw.__getitem__))
    kept: list[tuple[int, ...]] = [(place,) for place in range(len(raw)) if place not in rest]
    return [*kept, tuple(sorted(rest))] if rest else kept


def _neighbours(raw: Sequence[int], least: int) -> list[tuple[int, ...]]:
    parts: list[tuple[int, ...]] = [(place,) for place in range(len(raw))]

    def size(place: int) -> int:
        return sum(raw[one] for one in parts[place])

    while (small := next((place for place in range(len(parts)) if 0 < size(place) < least), None)) is not None:
        beside = [place for place in (small - 1, small + 1) if 0 <= place < len(parts)]
        other = min(beside, key=lambda place: (size(place) == 0, size(place)))
        low, high = sorted((small, other))
        parts[low : high + 1] = [parts[low] + parts[high]]
    return parts


def joined(counts: Sequence[Sequence[int]], rows: Coarse, columns: Coarse) -> list[list[int]]:
    """A table of counts with its rows and columns put together."""
    return [
        [sum(counts[i][j] for i in row for j in column) for column in columns.parts] for row in rows.parts
    ]  # fmt: skip


def publishable(
    counts: Sequence[Sequence[int]], *, least: int = LEAST, all_or_nothing: bool = False
) -> list[list[int | None]] | None:
    """A question (rows) by a group (columns) with both totals, hidden cells as None; None where it cannot be shown.

    Totals are always shown, so that this table hides nothing that another one shows. `all_or_nothing` for groups that
    are weighted by.
    """
    shown = suppress(counts, least=least, hidden_totals=())
    if shown is None or any(row[-1] is None for row in shown):
        return None
    if all_or_nothing and any(value is None for row in shown for value in row):
        return None
    return shown


def either_or(yes: int, answers: int, *, least: int = LEAST) -> bool:
    """Whether it may be said how many of those who answered chose something: neither few did, nor few did not."""
    return all(not 0 < value < least for value in (yes, answers - yes))
