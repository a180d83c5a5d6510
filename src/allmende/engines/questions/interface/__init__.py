"""What other rooms may ask of questionnaires."""

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
from allmende.engines.questions.rules.reading import definition_from_json

__all__ = [
    "OTHER",
    "Definition",
    "DefinitionError",
    "Fault",
    "Kind",
    "Option",
    "Question",
    "Repeat",
    "Row",
    "Section",
    "Words",
    "definition_from_json",
    "definition_to_json",
    "say",
    "walk",
]
