"""Tables of counting sites as Münster publishes them: time, a total, its directions, and a status column for each.

`100020113 (Wolbecker Straße)` is number and name; the first is the site's total, the others are parts of it;
`100020113-status` says of each value whether the counter doubts it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEADING = re.compile(r"(\w{1,60})\s*\((.{1,200})\)")
_STATUS = re.compile(r"(\w{1,60})-status", re.IGNORECASE)
DIRECTION = re.compile(r"\bFR\b")
LEAST = 2


@dataclass(frozen=True)
class Counter:
    """One column. `status`: the place of the column that judges it."""

    place: int
    code: str
    name: str
    status: int | None


@dataclass(frozen=True)
class Site:
    """`total` first, then what it is made of."""

    total: Counter
    parts: tuple[Counter, ...]


def site_of(columns: Sequence[str]) -> Site | None:
    """None for a table of another kind."""
    states = {found[1]: place for place, name in enumerate(columns) if (found := _STATUS.fullmatch(name))}
    counters = []
    for place, name in enumerate(columns[1:], start=1):
        if found := _HEADING.fullmatch(name):
            words = DIRECTION.sub("", found[2]).strip().replace("stdteinwärts", "stadteinwärts")
            counters.append(Counter(place, found[1], words, states.get(found[1])))
    if not counters or len(columns) < LEAST:
        return None
    total, *parts = counters
    prefix = f"{total.name} "
    named = (Counter(one.place, one.code, one.name.removeprefix(prefix), one.status) for one in parts)
    return Site(total, tuple(named))
