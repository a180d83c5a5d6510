"""Computing an expression: no recursion beyond the depth that the parser allows, no error for what people enter."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import assert_never

from allmende.engines.questions.rules.expressions.parsing import Call, Chain, Here, Literal, Negative, Node, Ref, parse
from allmende.engines.questions.rules.expressions.values import (
    LONGEST,
    Value,
    days,
    equal,
    less,
    number,
    several,
    text,
    truth,
)


@dataclass(frozen=True)
class Scope:
    """What an expression may look at. `look` gives the value of a question; `at` is local time."""

    look: Callable[[str, str], Value]
    at: datetime
    here: Value = ""
    position: int = 1


def compute(expression: str, scope: Scope) -> Value:
    """The value of an expression. Raises ExpressionError for one that cannot be read."""
    return _compute(parse(expression), scope)


def holds(expression: str, scope: Scope) -> bool:
    """Whether a condition is met; an empty one always is. Raises ExpressionError."""
    return not expression or truth(compute(expression, scope))


def _compute(node: Node, scope: Scope) -> Value:
    match node:
        case Literal(value):
            return value
        case Ref(name, part):
            return scope.look(name, part)
        case Here(up):
            return float(scope.position) if up else scope.here
        case Negative(of):
            return -number(_compute(of, scope))
        case Chain(first, rest):
            return _chain(first, rest, scope)
        case Call(name, arguments):
            return _call(name, arguments, scope)
        case _:
            assert_never(node)


def _chain(first: Node, rest: tuple[tuple[str, Node], ...], scope: Scope) -> Value:
    value = _compute(first, scope)
    for sign, node in rest:
        if sign == "or":
            value = truth(value) or truth(_compute(node, scope))
        elif sign == "and":
            value = truth(value) and truth(_compute(node, scope))
        else:
            value = _OPERATORS[sign](value, _compute(node, scope))
    return value


def _not_equal(left: Value, right: Value) -> bool:
    if isinstance(left, tuple) or isinstance(right, tuple):
        return any(not equal(one, other) for one in several(left) for other in several(right))
    return not equal(left, right)


def _divide(left: Value, right: Value) -> float:
    by = number(right)
    return number(left) / by if by else math.nan


def _rest(left: Value, right: Value) -> float:
    """The rest of a division takes the sign of what is divided (XPath 1.0, 3.5)."""
    by, what = number(right), number(left)
    return math.fmod(what, by) if by and math.isfinite(what) else math.nan


_OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "=": equal,
    "!=": _not_equal,
    "<": lambda left, right: less(left, right, or_equal=False),
    "<=": lambda left, right: less(left, right, or_equal=True),
    ">": lambda left, right: less(right, left, or_equal=False),
    ">=": lambda left, right: less(right, left, or_equal=True),
    "+": lambda left, right: number(left) + number(right),
    "-": lambda left, right: number(left) - number(right),
    "*": lambda left, right: number(left) * number(right),
    "div": _divide,
    "mod": _rest,
}


def _call(name: str, arguments: tuple[Node, ...], scope: Scope) -> Value:
    if name == "if":  # computes only the branch it takes
        return _compute(arguments[1 if truth(_compute(arguments[0], scope)) else 2], scope)
    if name == "today":
        return scope.at.date().isoformat()
    if name == "now":
        return scope.at.replace(tzinfo=None, microsecond=0).isoformat()
    if name == "position":
        return float(scope.position)
    values = [_compute(node, scope) for node in arguments]
    try:
        return _FUNCTIONS[name](*values)
    except (ValueError, OverflowError):
        return math.nan


def _numbers(values: tuple[Value, ...]) -> list[float]:
    found = [number(one) for value in values for one in several(value)]
    return [one for one in found if not math.isnan(one)]


def _words(value: Value) -> list[str]:
    return [word for one in several(value) for word in text(one).split()]


def _round(value: Value, places: Value = 0.0) -> float:
    """Halves away from zero, as everybody expects of a form."""
    what, factor = number(value), 10.0 ** max(-9, min(9, int(number(places))))
    scaled = abs(what) * factor
    return math.copysign(math.floor(scaled + 0.5) / factor, what) if math.isfinite(scaled) else what


def _substring(value: Value, start: Value, length: Value = math.inf) -> str:
    """Counts from 1 (XPath 1.0, 4.2)."""
    first = _round(start)
    end = first + _round(length)
    return "".join(sign for place, sign in enumerate(text(value), 1) if first <= place < end)


def _substr(value: Value, start: Value, end: Value = math.inf) -> str:
    """Counts from 0, the end not included (XForms)."""
    whole = text(value)
    last = number(end)
    return whole[int(number(start)) : len(whole) if math.isinf(last) else int(last)]


def _selected_at(value: Value, place: Value) -> str:
    words, at = _words(value), number(place)
    return words[int(at)] if 0 <= at < len(words) else ""


def _format_date(value: Value, form: Value) -> str:
    given = text(value)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return ""
    parts = {
        "Y": f"{moment.year:04d}", "y": f"{moment.year % 100:02d}", "m": f"{moment.month:02d}", "n": str(moment.month),
        "d": f"{moment.day:02d}", "e": str(moment.day), "H": f"{moment.hour:02d}", "h": str(moment.hour),
        "M": f"{moment.minute:02d}", "S": f"{moment.second:02d}", "%": "%",
    }  # fmt: skip
    return re.sub(r"%(.)", lambda found: parts.get(found[1], ""), text(form))


def _date(value: Value) -> str:
    if isinstance(value, float):
        return date.fromordinal(int(value) + date(1970, 1, 1).toordinal()).isoformat()
    days(text(value))  # raises for what is no date
    return text(value).partition("T")[0]


def _decimal_time(value: Value) -> float:
    return days(text(value)) % 1


LONGEST_PATTERN, LONGEST_MATCHED, MOST_LOOPS, LARGEST_COUNT = 200, 200, 3, 20
_LOOP = re.compile(r"(?<!\\)(?:[*+]|\{\d*,(\d*)\}|\{(\d+)\})")


@lru_cache(maxsize=512)
def pattern(given: str) -> re.Pattern[str] | None:
    """A pattern that cannot run away; None for one that could, or that is none.

    Python's engine tries all ways to divide a text among loops: loops within loops are exponential, n loops in a row
    are a power of n. So groups are not repeated when they hold a loop or a choice, and there are few loops.
    """
    if len(given) > LONGEST_PATTERN or re.search(r"\\[1-9]|\(\?", given):
        return None
    bare = re.sub(r"\[(?:\\.|[^\]\\])+\]", "x", given)
    if re.search(r"\([^()]*(?:[*+{|?]|\()[^()]*\)\)*[*+{]", bare) or re.search(r"\)\)+[*+{]", bare):
        return None
    loops = 0
    for found in _LOOP.finditer(bare):
        highest = found[1] or found[2]
        if highest and int(highest[:4]) > LARGEST_COUNT * 10:
            return None
        loops += not highest or int(highest[:4]) > LARGEST_COUNT
    try:
        return re.compile(given) if loops <= MOST_LOOPS else None
    except (re.error, OverflowError):
        return None


def _regex(value: Value, given: Value) -> bool:
    compiled = pattern(text(given))
    whole = text(value)
    return compiled is not None and len(whole) <= LONGEST_MATCHED and compiled.fullmatch(whole) is not None


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "coalesce": lambda *values: next((one for one in values if text(one) != ""), ""),
    "once": lambda value: value,
    "not": lambda value: not truth(value),
    "true": lambda: True,
    "false": lambda: False,
    "boolean": truth,
    "boolean-from-string": lambda value: text(value) in {"true", "1"},
    "number": number,
    "string": text,
    "int": lambda value: float(math.trunc(number(value))),
    "selected": lambda value, name: text(name).strip() in _words(value),
    "count-selected": lambda value: float(len(_words(value))),
    "selected-at": _selected_at,
    "count": lambda value: float(len(value)) if isinstance(value, tuple) else float(value != ""),
    "count-non-empty": lambda value: float(sum(text(one) != "" for one in several(value))),
    "sum": lambda *values: math.fsum(_numbers(values)),
    "min": lambda *values: min(_numbers(values), default=math.nan),
    "max": lambda *values: max(_numbers(values), default=math.nan),
    "abs": lambda value: abs(number(value)),
    "round": _round,
    "floor": lambda value: float(math.floor(number(value))),
    "ceiling": lambda value: float(math.ceil(number(value))),
    "pow": lambda value, power: math.pow(number(value), number(power)),
    "sqrt": lambda value: math.sqrt(number(value)),
    "exp": lambda value: math.exp(number(value)),
    "log": lambda value: math.log(number(value)),
    "log10": lambda value: math.log10(number(value)),
    "pi": lambda: math.pi,
    "concat": lambda *values: "".join(text(one) for value in values for one in several(value))[:LONGEST],
    "join": lambda by, *values: text(by).join(text(one) for value in values for one in several(value))[:LONGEST],
    "string-length": lambda value: float(len(text(value))),
    "normalize-space": lambda value: " ".join(text(value).split()),
    "contains": lambda value, part: text(part) in text(value),
    "starts-with": lambda value, part: text(value).startswith(text(part)),
    "ends-with": lambda value, part: text(value).endswith(text(part)),
    "substr": _substr,
    "substring": _substring,
    "substring-before": lambda value, part: text(value).partition(text(part))[0] if text(part) in text(value) else "",
    "substring-after": lambda value, part: text(value).partition(text(part))[2] if text(part) else text(value),
    "translate": lambda value, old, new: text(value).translate(
        {ord(sign): text(new)[at : at + 1] for at, sign in reversed(list(enumerate(text(old))))}
    ),
    "upper-case": lambda value: text(value).upper(),
    "lower-case": lambda value: text(value).lower(),
    "regex": _regex,
    "date": _date,
    "date-time": text,
    "format-date": _format_date,
    "decimal-date-time": lambda value: days(text(value)),
    "decimal-time": _decimal_time,
}
