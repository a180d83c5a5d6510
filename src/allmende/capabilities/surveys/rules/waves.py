"""The same question in two surveys: by how much the shares differ, and whether that could be chance. Pure."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from allmende.capabilities.surveys.rules.tables import difference

type Table = Mapping[str, Any]
HALF_WIDTH = 1.96
"""Standard errors from the middle of a 95 % interval to its end."""
CHANCE = 0.05
"""How likely it may be that even one of all the changes that are named together is chance."""


def compared(now: Table, then: Table) -> dict[str, Any] | None:
    """{"rows": [{"names", "gap", "low", "high", "sure"}], "means": …} of two published tables of one question.

    Only answers that both tables show apart are compared; `sure`: 0 does not lie in the interval. None where there is
    nothing to compare. Made of what is published, it tells nothing more.
    """
    if now.get("form") != then.get("form") or "shown" not in {now.get("state"), then.get("state")}:
        return None
    earlier = {tuple(row["names"]): row for row in then.get("rows", [])}
    rows = []
    for row in now.get("rows", []):
        before = earlier.get(tuple(row["names"]))
        if before is None or row.get("share") is None or before.get("share") is None:
            continue
        gap, (low, high) = difference(row["share"], _sure(now), before["share"], _sure(then))
        rows.append({"names": row["names"], "label": row["label"], "before": before["share"], "gap": round(gap, 4),
                     "low": round(low, 4), "high": round(high, 4), "sure": low > 0 or high < 0})  # fmt: skip
    return {"rows": rows, "answers": then["answers"]} if rows else None


def _sure(table: Table) -> float:
    return float(table.get("effective") or table.get("answers") or 0)


def chance_of(row: Mapping[str, Any]) -> float:
    """How likely a gap at least this large is where nothing changed: from the interval's width, two-sided."""
    error = (row["high"] - row["low"]) / (2 * HALF_WIDTH)
    if error <= 0:
        return 0.0 if row["gap"] else 1.0
    return math.erfc(abs(row["gap"]) / error / math.sqrt(2))


def certain[K](rows: Iterable[tuple[K, Mapping[str, Any]]]) -> list[tuple[K, Mapping[str, Any]]]:
    """Those changes that even so many comparisons do not explain (Bonferroni), the largest first.

    Of a hundred answers that stayed the same, five would show an interval without 0; named together as what changed,
    that would mislead.
    """
    every = list(rows)
    bound = CHANCE / max(1, len(every))
    found = [one for one in every if one[1]["sure"] and chance_of(one[1]) < bound]
    return sorted(found, key=lambda one: -abs(one[1]["gap"]))
