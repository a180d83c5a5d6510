"""From the text of an expression to a tree: the subset of XPath 1.0 that XLSForm uses.

Source: https://getodk.github.io/xforms-spec/#xpath-expressions and https://xlsform.org/en/#formulas. Own extension:
`${name/part}` for one line of a table, one place of a ranking, one share of an allocation. Length and depth are
bounded, and chains (`a or b or c …`) are one node each, so that neither parsing nor computing can run deep.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from allmende.engines.questions.rules.expressions.signatures import SIGNATURES

LONGEST = 4000
DEEPEST = 40


@dataclass(frozen=True)
class Literal:
    value: str | float


@dataclass(frozen=True)
class Ref:
    """`${name}`: the answer to another question; `part` names a line of it."""

    name: str
    part: str = ""


@dataclass(frozen=True)
class Here:
    """`.`: the value that a constraint is about; with `up`, `..`: the repetition that one is in."""

    up: bool = False


@dataclass(frozen=True)
class Call:
    name: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True)
class Chain:
    """Operators of one rank, from left to right."""

    first: "Node"
    rest: "tuple[tuple[str, Node], ...]"


@dataclass(frozen=True)
class Negative:
    of: "Node"


type Node = Literal | Ref | Here | Call | Chain | Negative


class ExpressionError(ValueError):
    """An expression that cannot be read: a sentence for whoever writes it, and the place in the text, from 0."""

    def __init__(self, message: str, place: int = 0) -> None:
        self.message, self.place = message, place
        super().__init__(message)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    place: int


_SIGNS = re.compile(
    r"""(?P<space>\s+)
    |\$\{\s*(?P<ref>[A-Za-z_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.-]+)?)\s*\}
    |(?P<number>\d+(?:\.\d*)?|\.\d+)
    |(?P<text>'[^']*'|"[^"]*")
    |(?P<name>[A-Za-z][A-Za-z0-9_-]*(?::[A-Za-z][A-Za-z0-9_-]*)?)
    |(?P<sign>!=|<=|>=|\.\.|[-+*=<>().,])""",
    re.VERBOSE,
)
_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"'})
"""Word processors put these in the place of straight quotes; nobody means them."""
_RANKS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of an expression. Raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(_("Die Bedingung ist zu lang: höchstens %(n)s Zeichen.") % {"n": LONGEST})
    return _Parser(list(_tokens(text.translate(_QUOTES)))).all()


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        found = _SIGNS.match(text, place)
        if found is None:
            raise ExpressionError(_unreadable(text, place), place)
        kind = str(found.lastgroup)
        if kind != "space":
            yield _Token(kind, found[kind], place)
        place = found.end()
    yield _Token("end", "", place)


def _unreadable(text: str, place: int) -> str:
    sign = text[place]
    if sign in "'\"":
        return _("Ein Anführungszeichen wird geöffnet und nicht geschlossen.")
    if sign == "$":
        return _("Eine Frage wird so genannt: ${name}. Hier fehlt eine Klammer oder der Name.")
    if sign == "/":
        return _("Pfade mit „/“ kennen wir nicht. Eine Frage wird so genannt: ${name}. Geteilt wird mit „div“.")
    return _("Das Zeichen „%(sign)s“ verstehen wir hier nicht.") % {"sign": sign}


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    @property
    def now(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def all(self) -> Node:
        if self.now.kind == "end":
            raise ExpressionError(_("Hier steht noch nichts."))
        tree = self.rank(0)
        if self.now.kind != "end":
            raise ExpressionError(self.surplus(), self.now.place)
        return tree

    def surplus(self) -> str:
        if self.now.text == ")":
            return _("Hier schließt eine Klammer, die nie geöffnet wurde.")
        message = _("Vor „%(text)s“ fehlt etwas, zum Beispiel „and“ oder „or“.")
        return message % {"text": self.now.text}

    def rank(self, level: int) -> Node:
        if level == len(_RANKS):
            return self.single()
        first = self.rank(level + 1)
        rest: list[tuple[str, Node]] = []
        while self.now.kind in {"sign", "name"} and self.now.text in _RANKS[level]:
            sign = self.take().text
            rest.append((sign, self.rank(level + 1)))
        return Chain(first, tuple(rest)) if rest else first

    def single(self) -> Node:
        minus = 0
        while self.now.kind == "sign" and self.now.text == "-":
            self.take()
            minus += 1
        node = self.value()
        return Negative(node) if minus % 2 else node

    def value(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return Literal(float(token.text))
        if token.kind == "text":
            return Literal(token.text[1:-1])
        if token.kind == "ref":
            name, _slash, part = token.text.partition("/")
            return Ref(name, part)
        if token.text in {".", ".."}:
            return Here(up=token.text == "..")
        if token.kind == "name":
            return self.call(token)
        if token.text == "(":
            inner = self.deeper(token)
            self.close(token)
            return inner
        if token.kind == "end":
            raise ExpressionError(_("Am Ende fehlt etwas."), token.place)
        raise ExpressionError(_("„%(text)s“ steht an der falschen Stelle.") % {"text": token.text}, token.place)

    def deeper(self, token: _Token) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            message = _("Die Klammern sind zu tief verschachtelt: höchstens %(n)s ineinander.")
            raise ExpressionError(message % {"n": DEEPEST}, token.place)
        inner = self.rank(0)
        self.depth -= 1
        return inner

    def close(self, opened: _Token) -> None:
        if self.take().text != ")":
            raise ExpressionError(_("Eine Klammer wird geöffnet und nicht geschlossen."), opened.place)

    def call(self, token: _Token) -> Node:
        if self.now.text != "(":
            message = _(
                "„%(name)s“ verstehen wir nicht. Eine Frage wird so genannt: ${%(name)s}, ein Wort steht in '…'."
            )
            raise ExpressionError(message % {"name": token.text}, token.place)
        if token.text not in SIGNATURES:
            message = _("Eine Funktion „%(name)s“ kennen wir nicht.") % {"name": token.text}
            raise ExpressionError(message, token.place)
        opened = self.take()
        arguments: list[Node] = []
        if self.now.text != ")":
            arguments.append(self.deeper(token))
            while self.now.text == ",":
                self.take()
                arguments.append(self.deeper(token))
        self.close(opened)
        least, most = SIGNATURES[token.text]
        if not least <= len(arguments) <= most:
            message = _("„%(name)s“ braucht %(least)s bis %(most)s Angaben in der Klammer, hier sind es %(n)s.")
            if least == most:
                message = _("„%(name)s“ braucht %(least)s Angaben in der Klammer, hier sind es %(n)s.")
            values = {"name": token.text, "least": least, "most": most, "n": len(arguments)}
            raise ExpressionError(message % values, token.place)
        return Call(token.text, tuple(arguments))


def nodes(tree: Node) -> Iterator[Node]:
    """The tree and all below it."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Call):
            waiting.extend(node.arguments)
        elif isinstance(node, Chain):
            waiting.extend([node.first, *(one for _sign, one in node.rest)])
        elif isinstance(node, Negative):
            waiting.append(node.of)


def references(text: str) -> frozenset[str]:
    """Names of the questions that an expression looks at; of one that cannot be read, none."""
    try:
        return frozenset(node.name for node in nodes(parse(text)) if isinstance(node, Ref)) if text else frozenset()
    except ExpressionError:
        return frozenset()
