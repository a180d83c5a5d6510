"""What other rooms may ask of questionnaires."""

from allmende.engines.questions.rules.checking import Checked, check, instances
from allmende.engines.questions.rules.columns import Column, ColumnKind, columns, flatten
from allmende.engines.questions.rules.conditions import faults
from allmende.engines.questions.rules.definition import (
    OTHER,
    Definition,
    DefinitionError,
    Fault,
    Kind,
    Option,
    Question,
    Repeat,
    Row,
    Section,
    Words,
    definition_to_json,
    say,
    walk,
)
from allmende.engines.questions.rules.expressions import ExpressionError, references
from allmende.engines.questions.rules.reading import definition_from_json

__all__ = [
    "OTHER",
    "Checked",
    "Column",
    "ColumnKind",
    "Definition",
    "DefinitionError",
    "ExpressionError",
    "Fault",
    "Kind",
    "Option",
    "Question",
    "Repeat",
    "Row",
    "Section",
    "Words",
    "check",
    "columns",
    "definition_from_json",
    "definition_to_json",
    "faults",
    "flatten",
    "instances",
    "references",
    "say",
    "walk",
]
