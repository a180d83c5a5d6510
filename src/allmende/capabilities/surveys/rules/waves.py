"""The same question in two surveys: by how much the shares differ, and whether that could be chance. Pure."""

from collections.abc import Mapping
from typing import Any

from allmende.capabilities.surveys.rules.tables import difference

type Table = Mapping[str, Any]


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
