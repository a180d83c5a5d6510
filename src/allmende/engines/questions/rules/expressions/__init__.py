"""Conditions, checks and calculations: the XPath subset of XLSForm, read and computed by hand, in bounds."""

from allmende.engines.questions.rules.expressions.computing import Scope, compute, holds
from allmende.engines.questions.rules.expressions.parsing import ExpressionError, parse, references
from allmende.engines.questions.rules.expressions.values import Value, answer_value, number, text, truth

__all__ = [
    "ExpressionError",
    "Scope",
    "Value",
    "answer_value",
    "compute",
    "holds",
    "number",
    "parse",
    "references",
    "text",
    "truth",
]
