"""Conditions in words, and conditions put together from question, comparison and answer without writing any.

What a person builds is a row of clauses joined by "and" or by "or" (`Simple`). What an expert writes beyond that is
still put into words as far as words go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _

from allmende.engines.questions.rules.definition import CHOOSES, OTHER, Definition, Kind, Question, say
from allmende.engines.questions.rules.expressions import ExpressionError, parse
from allmende.engines.questions.rules.expressions.parsing import Call, Chain, Literal, Node, Ref

SIGNS: Mapping[str, str] = {
    "is": "=", "is_not": "!=", "at_least": ">=", "at_most": "<=", "more": ">", "less": "<",
}  # fmt: skip
TESTS = {sign: name for name, sign in SIGNS.items()}


@dataclass(frozen=True)
class Clause:
    """`test`: is, is_not, at_least, at_most, more, less, answered or unanswered. For choices "is" means: is among
    what was chosen.
    """

    question: str
    test: str
    value: str = ""


@dataclass(frozen=True)
class Simple:
    """Clauses that all hold ("and"), or of which one holds ("or")."""

    clauses: Sequence[Clause]
    joint: str = "and"


def written(simple: Simple, definition: Definition) -> str:
    """The expression that says the same."""
    return f" {simple.joint} ".join(_written(clause, definition) for clause in simple.clauses)


def _written(clause: Clause, definition: Definition) -> str:
    reference = f"${{{clause.question}}}"
    if clause.test in {"answered", "unanswered"}:
        return f"{reference} {'!=' if clause.test == 'answered' else '='} ''"
    question = definition.by_name.get(clause.question)
    value = _quoted(clause.value)
    if question is not None and question.kind in CHOOSES:
        chosen = f"selected({reference}, {value})"
        return chosen if clause.test == "is" else f"not({chosen})"
    if question is not None and question.kind == Kind.CONSENT:
        return f"{reference} {'!=' if clause.test == 'is' else '='} ''"
    is_number = question is None or question.kind in {Kind.INTEGER, Kind.DECIMAL, Kind.RATING, Kind.CALCULATE}
    plain = clause.value.replace(",", ".").strip()
    if is_number and _is_number(plain):
        value = plain
    return f"{reference} {SIGNS[clause.test]} {value}"


def _quoted(text: str) -> str:
    quote = '"' if "'" in text else "'"
    return f"{quote}{text.replace(quote, '')}{quote}"


def _is_number(text: str) -> bool:
    whole, _dot, rest = text.removeprefix("-").partition(".")
    return whole.isascii() and whole.isdigit() and (not rest or (rest.isascii() and rest.isdigit()))


def simple(expression: str) -> Simple | None:
    """The expression as clauses; None when it says more than clauses can, or cannot be read."""
    if not expression:
        return Simple(())
    try:
        tree = parse(expression)
    except ExpressionError:
        return None
    joint = "and"
    parts: tuple[Node, ...] = (tree,)
    if isinstance(tree, Chain) and {sign for sign, _node in tree.rest} in ({"and"}, {"or"}):
        joint, parts = tree.rest[0][0], (tree.first, *(node for _sign, node in tree.rest))
    clauses = [_clause(part) for part in parts]
    found = [one for one in clauses if one is not None]
    return Simple(found, joint) if len(found) == len(clauses) else None


def _clause(node: Node) -> Clause | None:
    if isinstance(node, Call) and node.name == "selected":
        pair = _pair(*node.arguments)
        return Clause(pair[0], "is", str(pair[1])) if pair else None
    if isinstance(node, Call) and node.name == "not":
        inner = _clause(node.arguments[0])
        opposite = {"is": "is_not", "is_not": "is", "answered": "unanswered", "unanswered": "answered"}
        return Clause(inner.question, opposite[inner.test], inner.value) if inner and inner.test in opposite else None
    if not isinstance(node, Chain) or len(node.rest) != 1 or node.rest[0][0] not in TESTS:
        return None
    sign, word = node.rest[0]
    pair = _pair(node.first, word)
    if pair is None:
        return None
    name, value = pair
    if value == "" and sign in {"=", "!="}:
        return Clause(name, "unanswered" if sign == "=" else "answered")
    whole = isinstance(value, float) and value.is_integer()
    return Clause(name, TESTS[sign], str(int(value) if whole else value))


def _pair(ref: Node, word: Node) -> tuple[str, str | float] | None:
    """A question beside a word or number."""
    if isinstance(ref, Ref) and not ref.part and isinstance(word, Literal):
        return ref.name, word.value
    return None


def numbers(definition: Definition) -> dict[str, int]:
    """What is asked, counted from 1: name of the question → number."""
    asked = [question.name for question in definition.questions if question.asked]
    return {name: number for number, name in enumerate(asked, start=1)}


def in_words(expression: str, definition: Definition, language: str) -> str:
    """„Wenn Sie bei Frage 3 „Fahrrad“ angekreuzt haben“, in the language of the interface; labels in `language`.

    "" for no condition. What has no words is told as it is written.
    """
    if not expression:
        return ""
    try:
        said = _Words(definition, language).say(parse(expression))
    except ExpressionError:
        said = None
    if said is None:
        return _("Wenn diese Bedingung gilt: %(expression)s") % {"expression": expression}
    return _("Wenn %(conditions)s") % {"conditions": said}


class _Words:
    def __init__(self, definition: Definition, language: str) -> None:
        self.definition, self.language = definition, language
        self.numbers = numbers(definition)

    def say(self, node: Node) -> str | None:
        clause = _clause(node)
        if clause is not None:
            return self.clause(clause)
        if isinstance(node, Chain) and {sign for sign, _node in node.rest} in ({"and"}, {"or"}):
            parts = [self.say(part) for part in (node.first, *(inner for _sign, inner in node.rest))]
            joint = _("und") if node.rest[0][0] == "and" else _("oder")
            return f" {joint} ".join(part for part in parts if part) if all(parts) else None
        if isinstance(node, Chain) and len(node.rest) == 1 and node.rest[0][0] in TESTS:
            return self.counted(node.first, TESTS[node.rest[0][0]], node.rest[0][1])
        return None

    def counted(self, left: Node, test: str, right: Node) -> str | None:
        """How many answers were ticked."""
        if not (isinstance(left, Call) and left.name == "count-selected" and isinstance(right, Literal)):
            return None
        ref = left.arguments[0]
        if not isinstance(ref, Ref) or ref.part:
            return None
        sentences = {
            "more": _("Sie %(at)s mehr als %(value)s Antworten angekreuzt haben"),
            "at_least": _("Sie %(at)s mindestens %(value)s Antworten angekreuzt haben"),
        }
        if test not in sentences:
            return None
        if test == "more" and right.value == 1:
            return _("Sie %(at)s mehrere Antworten angekreuzt haben") % {"at": self.at(ref.name)}
        return sentences[test] % {"at": self.at(ref.name), "value": _shown(str(right.value))}

    def at(self, name: str) -> str:
        """„bei Frage 3“, or by its words where it has no number."""
        if number := self.numbers.get(name):
            return _("bei Frage %(n)s") % {"n": number}
        question = self.definition.by_name.get(name)
        label = say(question.label, self.language)[0] if question else ""
        return _("bei „%(label)s“") % {"label": label or name}

    def clause(self, clause: Clause) -> str:
        question = self.definition.by_name.get(clause.question)
        at = self.at(clause.question)
        if question is not None and question.kind in CHOOSES and clause.test in {"is", "is_not"}:
            sentence = (
                _("Sie %(at)s „%(answer)s“ angekreuzt haben")
                if clause.test == "is"
                else _("Sie %(at)s „%(answer)s“ nicht angekreuzt haben")
            )
            return sentence % {"at": at, "answer": self.answer(question, clause.value)}
        sentences = {
            "is": _("Ihre Antwort %(at)s „%(value)s“ ist"),
            "is_not": _("Ihre Antwort %(at)s nicht „%(value)s“ ist"),
            "at_least": _("Ihre Zahl %(at)s mindestens %(value)s ist"),
            "at_most": _("Ihre Zahl %(at)s höchstens %(value)s ist"),
            "more": _("Ihre Zahl %(at)s größer als %(value)s ist"),
            "less": _("Ihre Zahl %(at)s kleiner als %(value)s ist"),
            "answered": _("Sie %(at)s etwas angegeben haben"),
            "unanswered": _("Sie %(at)s nichts angegeben haben"),
        }
        return sentences[clause.test] % {"at": at, "value": _shown(clause.value)}

    def answer(self, question: Question, name: str) -> str:
        if name == OTHER and question.other:
            return _("Etwas anderes")
        found = next((option for option in question.options if option.name == name), None)
        return say(found.label, self.language)[0] if found else name


def _shown(text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        return text
    return formats.number_format(int(value) if value.is_integer() else value, use_l10n=True)
