"""`$top`, `$skip`, `$count`, `$orderby`, `$select`, `$filter`, `$expand` (nested, with options of its own)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from allmende.capabilities.urbandata.rules.odata.filters import Node, parse_filter
from allmende.capabilities.urbandata.rules.odata.tokens import LONGEST, BadQuery

MOST_TOP = 2000
USUAL_TOP = 100
MOST_SKIP = 10_000_000
DEEPEST = 4
MOST_EXPANDED = 12
MOST_ORDERS = 6
KNOWN = frozenset(
    {"$top", "$skip", "$count", "$orderby", "$select", "$filter", "$expand", "$resultFormat", "$skiptoken"}
)


@dataclass(frozen=True, slots=True)
class Order:
    """A path to sort by."""

    steps: tuple[str, ...]
    down: bool = False


@dataclass(frozen=True)
class Options:
    """What was asked for. `top` None: the server's page. `given` are the texts, for next links."""

    top: int | None = None
    skip: int = 0
    count: bool = False
    orders: Sequence[Order] = ()
    select: frozenset[str] = frozenset()
    filter: Node | None = None
    expand: "Mapping[str, Options]" = field(default_factory=lambda: MappingProxyType({}))
    form: str = ""
    token: str = ""
    given: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def parse_options(pairs: Iterable[tuple[str, str]], *, depth: int = 0) -> Options:
    """Options from names and values. Raises BadQuery for what is not known, given twice or out of bounds."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in KNOWN:
            if name.startswith("$"):
                raise BadQuery(f"The option {name} is not known here.")
            continue
        if name in given:
            raise BadQuery(f"{name} is given twice.")
        if len(value) > LONGEST:
            raise BadQuery(f"{name} has at most {LONGEST} characters.")
        given[name] = value
    form = given.get("$resultFormat", "")
    if form not in {"", "dataArray"}:
        raise BadQuery("$resultFormat is dataArray, or left out.")
    return Options(
        top=_number(given, "$top", MOST_TOP, clip=True),
        skip=_number(given, "$skip", MOST_SKIP) or 0,
        count=_flag(given),
        orders=_orders(given.get("$orderby", "")),
        select=frozenset(_listed(given.get("$select", ""))),
        filter=parse_filter(given["$filter"]) if "$filter" in given else None,
        expand=_expand(given.get("$expand", ""), depth + 1),
        form=form,
        token=given.get("$skiptoken", ""),
        given=given,
    )


def _number(given: Mapping[str, str], name: str, most: int, *, clip: bool = False) -> int | None:
    words = given.get(name)
    if words is None:
        return None
    if not (words.isascii() and words.isdecimal()) or len(words) > 12 or (int(words) > most and not clip):  # noqa: PLR2004
        raise BadQuery(f"{name} is a whole number from 0 on.")
    return min(int(words), most)


def _flag(given: Mapping[str, str]) -> bool:
    words = given.get("$count", "false").lower()
    if words not in {"true", "false"}:
        raise BadQuery("$count is true or false.")
    return words == "true"


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _orders(text: str) -> Sequence[Order]:
    found = []
    for one in _listed(text):
        path, _space, direction = one.partition(" ")
        if direction.strip() not in {"", "asc", "desc"}:
            raise BadQuery("$orderby knows asc and desc.")
        found.append(Order(tuple(path.split("/")), direction.strip() == "desc"))
    if len(found) > MOST_ORDERS:
        raise BadQuery(f"$orderby has at most {MOST_ORDERS} parts.")
    return found


def _expand(text: str, depth: int) -> Mapping[str, Options]:
    """`Datastreams($select=name;$expand=Observations($top=1)),Locations` and `Datastreams/Sensor`."""
    if not text.strip():
        return {}
    if depth > DEEPEST:
        raise BadQuery(f"$expand is at most {DEEPEST} levels deep.")
    parts = split(text, ",")
    if len(parts) > MOST_EXPANDED:
        raise BadQuery(f"$expand names at most {MOST_EXPANDED} things at once.")
    found: dict[str, list[tuple[str, str]]] = {}
    for part in parts:
        name, pairs = _expanded(part.strip())
        found[name] = _merged(found.get(name, []), pairs)
    return {name: parse_options(pairs, depth=depth) for name, pairs in found.items()}


def _expanded(text: str) -> tuple[str, list[tuple[str, str]]]:
    """A name with its options; below a stroke lies what is expanded inside of it."""
    head, bracket, inner = text.partition("(")
    if bracket and not inner.endswith(")"):
        raise BadQuery("A bracket of $expand is not closed.")
    inner = inner[:-1]
    name, _slash, rest = head.strip().partition("/")
    if not name:
        raise BadQuery("$expand names nothing.")
    if rest:
        return name, [("$expand", f"{rest}({inner})" if inner else rest)]
    pairs: list[tuple[str, str]] = []
    for option in split(inner, ";") if inner.strip() else []:
        key, equals, value = option.strip().partition("=")
        if not equals:
            raise BadQuery(f"Not an option of $expand: {option[:40]!r}")
        pairs.append((key, value))
    return name, pairs


def _merged(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """`Datastreams/Sensor,Datastreams/Thing` is one expansion with two inside."""
    expands = [value for name, value in (*one, *other) if name == "$expand"]
    rest = [(name, value) for name, value in (*one, *other) if name != "$expand"]
    return [*rest, ("$expand", ",".join(expands))] if expands else rest


def split(text: str, mark: str) -> list[str]:
    """Parts between marks that stand in no bracket and no string."""
    parts, depth, quoted, start = [], 0, False, 0
    for place, sign in enumerate(text):
        if sign == "'":
            quoted = not quoted
        elif not quoted:
            depth += (sign == "(") - (sign == ")")
            if depth < 0:
                raise BadQuery("A bracket of $expand is closed but not opened.")
            if sign == mark and depth == 0:
                parts.append(text[start:place])
                start = place + 1
    if depth or quoted:
        raise BadQuery("A bracket or a string of $expand is not closed.")
    return [*parts, text[start:]]
