"""Values as XPath 1.0 has them, and how one becomes another. Nothing is the empty text; several are a tuple.

Dates and times are texts as ISO 8601 has them; as numbers they are days since 1970-01-01 and parts of a day, as ODK
counts them, so that they can be compared and subtracted.
"""

import math
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from allmende.engines.questions.rules.definition import Kind, Question

type Value = str | float | bool | tuple["Value", ...]

AGREED = "OK"
"""What XLSForm's `acknowledge` holds."""
LONGEST = 10_000
"""Characters of a computed text; longer ones are cut, since calculations can build on one another."""
_EPOCH = date(1970, 1, 1)
_DAY = 86400


def answer_value(question: Question, answer: Any, part: str = "") -> Value:
    """An answer as expressions see it; "" for none."""
    if part:
        return _part(question, answer, part)
    if answer is None:
        return ""
    if question.kind in _WRITTEN:
        return _WRITTEN[question.kind](answer)
    if isinstance(answer, bool):
        return answer
    return float(answer) if isinstance(answer, int | float) else str(answer)


_WRITTEN: dict[Kind, Callable[[Any], str]] = {
    Kind.CONSENT: lambda answer: AGREED if answer is True else "",
    Kind.PLACE: lambda answer: f"{answer['lat']} {answer['lon']}" if "lat" in answer else str(answer.get("label", "")),
    Kind.ROUTE: lambda answer: ";".join(f"{lat} {lon}" for lon, lat in answer),
    Kind.SELECT_MULTIPLE: " ".join,
    Kind.RANKING: " ".join,
    Kind.MATRIX: lambda answer: " ".join(f"{row}:{name}" for row, name in answer.items()),
    Kind.ALLOCATION: lambda answer: " ".join(f"{name}:{share}" for name, share in answer.items()),
}


def _part(question: Question, answer: Any, part: str) -> Value:
    if question.kind == Kind.RANKING:
        return float(answer.index(part) + 1) if isinstance(answer, list) and part in answer else ""
    value = answer.get(part, "") if isinstance(answer, dict) else ""
    return float(value) if isinstance(value, int | float) else str(value)


def several(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


def text(value: Value) -> str:
    """As a text: whole numbers without point, no number at all as nothing."""
    if isinstance(value, tuple):
        return text(value[0]) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return ""
        return str(int(value)) if value.is_integer() else repr(value)
    return value[:LONGEST]


def number(value: Value) -> float:
    """As a number, NaN for what is none."""
    if isinstance(value, tuple):
        return number(value[0]) if value else math.nan
    if isinstance(value, bool | float):
        return float(value)
    try:
        return float(value) if value.strip().replace(".", "", 1).lstrip("+-").isdigit() else days(value)
    except ValueError:
        return math.nan


def truth(value: Value) -> bool:
    """As true or false."""
    if isinstance(value, float):
        return bool(value) and not math.isnan(value)
    return bool(value)


def days(value: str) -> float:
    """Days since 1970-01-01 of a date or a moment, part of a day of a time. Raises ValueError for anything else."""
    value = value.strip()
    if len(value) == len("2026-11-22"):
        return float((date.fromisoformat(value) - _EPOCH).days)
    if ":" in value and "-" not in value:
        at = time.fromisoformat(value)
        return (at.hour * 3600 + at.minute * 60 + at.second) / _DAY
    if ":" in value and "T" in value:
        moment = datetime.fromisoformat(value)
        passed = moment.hour * 3600 + moment.minute * 60 + moment.second
        return (moment.date() - _EPOCH).days + passed / _DAY
    raise ValueError(value)


def equal(left: Value, right: Value) -> bool:
    """XPath 1.0, 3.4: of several, any; else as truth, as numbers or as texts."""
    if isinstance(left, tuple) or isinstance(right, tuple):
        return any(equal(one, other) for one in several(left) for other in several(right))
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) == truth(right)
    if isinstance(left, float) or isinstance(right, float):
        return number(left) == number(right)
    return left == right


def less(left: Value, right: Value, *, or_equal: bool) -> bool:
    if isinstance(left, tuple) or isinstance(right, tuple):
        return any(less(one, other, or_equal=or_equal) for one in several(left) for other in several(right))
    return number(left) <= number(right) if or_equal else number(left) < number(right)
