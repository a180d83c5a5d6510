"""What is wrong with the conditions of a questionnaire, in words for whoever builds it."""

import difflib
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from allmende.engines.questions.rules.definition import (
    CHOOSES,
    WITH_OPTIONS,
    Definition,
    Fault,
    Kind,
    Question,
    say,
    walk,
)
from allmende.engines.questions.rules.expressions.computing import pattern
from allmende.engines.questions.rules.expressions.parsing import (
    Call,
    Chain,
    ExpressionError,
    Here,
    Literal,
    Node,
    Ref,
    nodes,
    parse,
)
from allmende.engines.questions.rules.plan import plan
from allmende.engines.questions.rules.reading import MOST_FAULTS

INSERTED = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)(?:/([A-Za-z0-9_.-]+))?\s*\}")
"""An answer named within a text, as in "How far is it from ${town}?"."""


def faults(definition: Definition) -> list[Fault]:
    """Conditions that cannot be read, name what is not there, or go round in a circle. Empty: all is well."""
    found = [*_circles(definition), *_each(definition), *_texts(definition)]
    return found[:MOST_FAULTS]


def _circles(definition: Definition) -> Iterator[Fault]:
    places = {question.name: where for where, _section, question in walk(definition)}
    places |= {section.name: f"/sections/{at}" for at, section in enumerate(definition.sections)}
    for circle in plan(definition).circles:
        if len(circle) == 1:
            message = _("Die Bedingung von „%(name)s“ hängt von der eigenen Antwort ab.") % {"name": circle[0]}
        else:
            message = _("Diese Bedingungen warten im Kreis aufeinander: %(names)s. Bitte lösen Sie eine davon.")
            message %= {"names": " → ".join([*circle, circle[0]])}
        yield Fault(places[circle[0]], message)


def _each(definition: Definition) -> Iterator[Fault]:
    for at, section in enumerate(definition.sections):
        yield from _expression(definition, section.relevant, f"/sections/{at}/relevant")
        if section.repeat:
            yield from _expression(definition, section.repeat.count, f"/sections/{at}/repeat/count")
    for where, _section, question in walk(definition):
        yield from _expression(definition, question.relevant, f"{where}/relevant")
        yield from _expression(definition, question.constraint, f"{where}/constraint", here=True)
        yield from _expression(definition, question.calculation, f"{where}/calculation")
        for number, option in enumerate(question.options):
            yield from _expression(definition, option.filter, f"{where}/options/{number}/filter")


def _expression(definition: Definition, text: str, where: str, *, here: bool = False) -> Iterator[Fault]:
    if not text:
        return
    try:
        tree = parse(text)
    except ExpressionError as error:
        yield Fault(where, error.message)
        return
    for node in nodes(tree):
        if isinstance(node, Ref):
            yield from _reference(definition, node, where)
        elif isinstance(node, Here) and not node.up and not here:
            yield Fault(where, _("Der Punkt „.“ steht für die eigene Antwort. Das geht nur in einer Prüfung."))
        elif isinstance(node, Call | Chain):
            yield from _choices(definition, node, where)


def _reference(definition: Definition, ref: Ref, where: str) -> Iterator[Fault]:
    question = definition.by_name.get(ref.name)
    if question is None:
        near = difflib.get_close_matches(ref.name, definition.by_name, n=1)
        if near:
            message = _("Eine Frage „%(name)s“ gibt es nicht. Meinen Sie „%(near)s“?")
            yield Fault(where, message % {"name": ref.name, "near": near[0]})
        else:
            yield Fault(where, _("Eine Frage „%(name)s“ gibt es nicht.") % {"name": ref.name})
    elif question.kind == Kind.NOTE:
        yield Fault(where, _("„%(name)s“ ist ein Hinweis. Darauf antwortet niemand.") % {"name": ref.name})
    elif ref.part and ref.part not in _parts(question):
        message = _("„%(name)s“ hat keinen Teil „%(part)s“.")
        yield Fault(where, message % {"name": ref.name, "part": ref.part})


def _parts(question: Question) -> tuple[str, ...]:
    if question.kind == Kind.MATRIX:
        return tuple(row.name for row in question.rows)
    return question.option_names if question.kind in {Kind.RANKING, Kind.ALLOCATION} else ()


def _choices(definition: Definition, node: Call | Chain, where: str) -> Iterator[Fault]:
    """Words compared with a choice are among its answers; patterns can be worked with."""
    pairs: list[tuple[Node, Node]] = []
    if isinstance(node, Call):
        if node.name == "selected":
            pairs.append((node.arguments[0], node.arguments[1]))
        if (
            node.name == "regex"
            and isinstance(node.arguments[1], Literal)
            and pattern(str(node.arguments[1].value)) is None
        ):
            yield Fault(where, _("Dieses Muster können wir nicht prüfen. Bitte nehmen Sie ein einfacheres."))
    else:
        left = node.first
        for sign, right in node.rest:
            if sign in {"=", "!="}:
                pairs += [(left, right), (right, left)]
            left = right
    for ref, word in pairs:
        if (
            not isinstance(ref, Ref)
            or not isinstance(word, Literal)
            or not isinstance(word.value, str)
            or not word.value
        ):
            continue
        question = definition.by_name.get(ref.name)
        names = _compared(question, ref.part) if question else ()
        if question and names and word.value not in names:
            message = _("„%(word)s“ ist keine Antwort auf „%(label)s“. Es gibt: %(names)s.")
            label = say(question.label, definition.languages[0])[0]
            yield Fault(where, message % {"word": word.value, "label": label, "names": ", ".join(names[:20])})


def _compared(question: Question, part: str) -> tuple[str, ...]:
    if part:
        return tuple(option.name for option in question.options) if question.kind == Kind.MATRIX else ()
    return question.option_names if question.kind in CHOOSES or question.kind in WITH_OPTIONS - {Kind.MATRIX} else ()


def _texts(definition: Definition) -> Iterator[Fault]:
    for where, _section, question in walk(definition):
        for key, words in (("label", question.label), ("hint", question.hint), ("plain", question.plain)):
            named = {(found[1], found[2] or "") for text in words.values() for found in INSERTED.finditer(text)}
            for name, part in sorted(named):
                yield from _reference(definition, Ref(name, part), f"{where}/{key}")
