"""Limits of an answer as a constraint that other programs keep as well, and back.

`least` and `most` become `. >= 18 and . <= 99`; what else must hold stands behind them in brackets. Reading takes apart
only what it knows surely; every other constraint stays as it was written.
"""

import re
from collections.abc import Mapping
from typing import Any

NUMBER = r"(-?\d+(?:\.\d+)?)"
MEASURES: Mapping[str, str] = {
    "integer": ".", "decimal": ".", "text": "string-length(.)", "longtext": "string-length(.)",
    "select_multiple": "count-selected(.)",
}  # fmt: skip
"""What is limited, by kind of question."""
_ALONE = re.compile(r"^not\(selected\(\., '([^']+)'\)\) or count-selected\(\.\) = 1$")


def written(question: Mapping[str, Any]) -> str:
    """The constraint with all limits in it."""
    own = str(question.get("constraint") or "")
    measure = MEASURES.get(question["kind"])
    clauses = []
    if measure:
        clauses += [
            f"{measure} {sign} {number(question[name])}"
            for name, sign in (("least", ">="), ("most", "<="))
            if question.get(name) is not None
        ]
    clauses += [
        f"(not(selected(., '{name}')) or count-selected(.) = 1)"
        for name in (question.get("exclusive") or ())
        if question["kind"] == "select_multiple"
    ]
    if not clauses:
        return own
    return " and ".join([*clauses, f"({own})"] if own else clauses)


def number(value: Any) -> str:
    """3.0 as 3."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def understood(constraint: str, kind: str) -> dict[str, Any]:
    """`constraint`, and `least`, `most`, `exclusive` as far as they stand in it surely."""
    parts = _parts(constraint)
    found: dict[str, Any] = {}
    left = []
    for part in parts:
        bare = _bare(part)
        if (limit := _limit(bare, kind)) and limit[0] not in found:
            found[limit[0]] = limit[1]
        elif kind == "select_multiple" and (alone := _ALONE.match(bare)):
            found.setdefault("exclusive", []).append(alone[1])
        else:
            left.append(part)
    if not found:
        return {"constraint": constraint}
    found["constraint"] = _bare(left[0]) if len(left) == 1 else " and ".join(left)
    return found


def _limit(part: str, kind: str) -> tuple[str, int | float] | None:
    measure = MEASURES.get(kind)
    if measure is None:
        return None
    hit = re.match(rf"^{re.escape(measure)}\s*(>=|<=|>|<)\s*{NUMBER}$", part)
    if hit is None:
        return None
    sign, value = hit[1], float(hit[2])
    whole = kind != "decimal"
    if whole and not value.is_integer():
        return None
    if sign in {">", "<"}:
        if not whole:
            return None
        value += 1 if sign == ">" else -1
    if value < 0 and kind not in {"integer", "decimal"}:
        return None
    plain = int(value) if value.is_integer() else value
    return ("least" if sign.startswith(">") else "most"), plain


def _parts(text: str) -> list[str]:
    """What `and` joins at the outermost level; all of it where an `or` stands there."""
    found, depth, quote, start, place = [], 0, "", 0, 0
    while place < len(text):
        sign = text[place]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif not depth and re.match(r"\s+or\s", text[place:]):
            return [text]
        elif not depth and (joint := re.match(r"\s+and\s+", text[place:])):
            found.append(text[start:place].strip())
            place += joint.end()
            start = place
            continue
        place += 1
    return [*found, text[start:].strip()]


def _bare(text: str) -> str:
    """Without brackets around all of it."""
    said = text.strip()
    while said.startswith("(") and said.endswith(")"):
        depth, quote = 0, ""
        for place, sign in enumerate(said):
            if quote:
                quote = "" if sign == quote else quote
            elif sign in "'\"":
                quote = sign
            elif sign in "()":
                depth += 1 if sign == "(" else -1
            if depth == 0 and place < len(said) - 1:
                return said
        said = said[1:-1].strip()
    return said
