"""`$filter` as a tree: or < and < comparison < add < mul < not, as OData binds them (part 2, section 5.1.1.14)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from allmende.capabilities.urbandata.rules.odata.tokens import BadQuery, Token, tokens

DEEPEST = 25
COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
FUNCTIONS = {
    "substringof": 2, "contains": 2, "startswith": 2, "endswith": 2, "length": 1, "indexof": 2, "substring": (2, 3),
    "tolower": 1, "toupper": 1, "trim": 1, "concat": 2, "year": 1, "month": 1, "day": 1, "hour": 1, "minute": 1,
    "second": 1, "fractionalseconds": 1, "date": 1, "time": 1, "totaloffsetminutes": 1, "now": 0, "mindatetime": 0,
    "maxdatetime": 0, "round": 1, "floor": 1, "ceiling": 1,
}  # fmt: skip
WORDS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Literal:
    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str
    inner: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: "Node"
    right: "Node"


type Node = Literal | Path | Call | Unary | Binary


def parse_filter(text: str) -> Node:
    """Raises BadQuery."""
    return _Parser(tokens(text)).whole()


class _Parser:
    """Recursive descent; `depth` counts what is open."""

    def __init__(self, words: Sequence[Token]) -> None:
        self.words, self.place, self.depth = words, 0, 0

    def whole(self) -> Node:
        if not self.words:
            raise BadQuery("The expression is empty.")
        found = self.either()
        if self.place < len(self.words):
            raise BadQuery(f"Not expected at character {self.words[self.place].at + 1}.")
        return found

    def peek(self) -> Token | None:
        return self.words[self.place] if self.place < len(self.words) else None

    def word(self, *wanted: str) -> str:
        """Takes the next word if it is one of these."""
        found = self.peek()
        if found is not None and found.kind == "name" and found.value in wanted:
            self.place += 1
            return str(found.value)
        return ""

    def sign(self, sign: str) -> bool:
        found = self.peek()
        if found is not None and found.kind == sign:
            self.place += 1
            return True
        return False

    def chain(self, inner: Callable[[], Node], *operators: str) -> Node:
        found = inner()
        while operator := self.word(*operators):
            found = Binary(operator, found, inner())
        return found

    def either(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadQuery(f"An expression is at most {DEEPEST} levels deep.")
        found = self.chain(self.both, "or")
        self.depth -= 1
        return found

    def both(self) -> Node:
        return self.chain(self.comparison, "and")

    def comparison(self) -> Node:
        left = self.sum()
        operator = self.word(*COMPARISONS)
        return Binary(operator, left, self.sum()) if operator else left

    def sum(self) -> Node:
        return self.chain(self.product, "add", "sub")

    def product(self) -> Node:
        return self.chain(self.negated, "mul", "div", "mod")

    def negated(self) -> Node:
        turns = 0
        while self.word("not"):
            turns += 1
        inner = self.primary()
        return Unary("not", inner) if turns % 2 else inner

    def primary(self) -> Node:
        found = self.peek()
        if found is None:
            raise BadQuery("The expression ends too early.")
        self.place += 1
        if found.kind == "(":
            inner = self.either()
            if not self.sign(")"):
                raise BadQuery(f"A bracket opened at character {found.at + 1} is not closed.")
            return inner
        if found.kind in {"string", "number", "time"}:
            return Literal(found.value)
        if found.kind != "name":
            raise BadQuery(f"Not expected at character {found.at + 1}.")
        if found.value in WORDS:
            return Literal(WORDS[found.value])
        return self.call(found) if self.sign("(") else Path(tuple(found.value.split("/")))

    def call(self, name: Token) -> Call:
        wanted = FUNCTIONS.get(name.value)
        if wanted is None:
            raise BadQuery(f"The function {name.value} is not known here.")
        arguments: list[Node] = []
        if not self.sign(")"):
            arguments.append(self.either())
            while self.sign(","):
                arguments.append(self.either())
            if not self.sign(")"):
                raise BadQuery(f"The brackets of {name.value} are not closed.")
        if len(arguments) not in (wanted if isinstance(wanted, tuple) else (wanted,)):
            raise BadQuery(f"{name.value} has another number of arguments.")
        return Call(str(name.value), tuple(arguments))
