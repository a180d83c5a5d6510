"""What other rooms may ask of questionnaires."""

from allmende.engines.questions.actions import (
    Elsewhere,
    add_questionnaire,
    begin_sitting,
    create_questionnaire,
    discard_sitting,
    freeze,
    freeze_version,
    open_sitting,
    save_sitting,
    save_version,
    take_sitting,
)
from allmende.engines.questions.events import VersionFrozen
from allmende.engines.questions.models import Questionnaire, Sitting, Version
from allmende.engines.questions.queries import definition, definitions, latest, resume_sitting, version, versions
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
    "Elsewhere",
    "ExpressionError",
    "Fault",
    "Kind",
    "Option",
    "Question",
    "Questionnaire",
    "Repeat",
    "Row",
    "Section",
    "Sitting",
    "Version",
    "VersionFrozen",
    "Words",
    "add_questionnaire",
    "begin_sitting",
    "check",
    "columns",
    "create_questionnaire",
    "definition",
    "definition_from_json",
    "definition_to_json",
    "definitions",
    "discard_sitting",
    "faults",
    "flatten",
    "freeze",
    "freeze_version",
    "instances",
    "latest",
    "open_sitting",
    "references",
    "resume_sitting",
    "save_sitting",
    "save_version",
    "say",
    "take_sitting",
    "version",
    "versions",
    "walk",
]
