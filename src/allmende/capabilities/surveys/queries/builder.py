"""Questionnaires of this room as the builder lists them."""

from dataclasses import dataclass
from uuid import UUID

from allmende.core.errors import NotFound
from allmende.engines.questions import interface as questions

ROOM = "surveys"


@dataclass(frozen=True)
class QuestionnaireRow:
    """A questionnaire in the list, as its newest version has it."""

    id: UUID
    title: str
    language: str
    number: int
    frozen: bool
    questions: int


def questionnaires(language: str) -> list[QuestionnaireRow]:
    """The newest first. One query."""
    found = []
    for version in questions.newest_versions(ROOM):
        definition = questions.definition_from_json(version.definition)
        title, spoken = questions.say(definition.title, language)
        count = sum(1 for question in definition.questions if question.asked)
        found.append(
            QuestionnaireRow(
                version.questionnaire_id, title, spoken, version.number, version.frozen_at is not None, count
            )
        )
    return found


def newest_version(questionnaire_id: UUID) -> questions.Version:
    """Raises NotFound, for another room's questionnaire too."""
    found = questions.latest(questionnaire_id)
    if found.questionnaire.capability != ROOM:
        raise NotFound
    return found
