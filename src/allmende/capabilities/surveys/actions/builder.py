"""Building questionnaires: the engine keeps the versions, here is who builds, and how two build at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from allmende.capabilities.surveys import rules
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid
from allmende.engines.questions import interface as questions

ROOM = "surveys"
ATTEMPTS = 8
"""How often a step is tried again when somebody else saved in the same instant."""


def build_questionnaire(*, actor: Actor, data: Mapping[str, Any], at: datetime) -> questions.Version:
    """A new questionnaire. Raises Invalid for what cannot be read."""
    rules.require_may_edit(actor.viewer)
    try:
        return questions.create_questionnaire(actor=actor, capability=ROOM, definition=data, at=at)
    except questions.DefinitionError as error:
        raise _in_fields(error) from error


def change_questionnaire(
    *, actor: Actor, questionnaire_id: UUID, change: questions.Change, at: datetime
) -> questions.Version:
    """One step on the newest version, or on the one after it where that is frozen.

    `change` is a pure step by names; it is taken on what is there at that instant, and taken again on the newer state
    when somebody else was quicker, so that nothing of theirs is overwritten. It may raise NotFound and Conflict.
    """
    rules.require_may_edit(actor.viewer)
    for left in reversed(range(ATTEMPTS)):
        version = questions.latest(questionnaire_id)
        data = change(questions.definition_to_json(questions.definition_from_json(version.definition)))
        try:
            return questions.save_version(
                actor=actor, questionnaire_id=questionnaire_id, definition=data, at=at,
                seen=(version.number, version.revision),
            )  # fmt: skip
        except questions.DefinitionError as error:
            raise _in_fields(error) from error
        except Conflict:
            if not left:
                raise
    raise AssertionError("unreachable")


def _in_fields(error: questions.DefinitionError) -> Invalid:
    """Each fault under the last name of its place, which is the field's."""
    fields: dict[str, Any] = {}
    for fault in error.faults:
        names = [part for part in fault.where.split("/") if part and not part.isdigit()]
        listed = next((part for part in names if part in {"options", "rows", "repeat"}), names[-1] if names else "")
        fields.setdefault(listed, fault.message)
    return Invalid(fields=fields)
