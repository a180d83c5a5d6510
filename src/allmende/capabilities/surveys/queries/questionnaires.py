"""The questionnaire of a survey, as the engine keeps it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from allmende.capabilities.surveys.models import ConsentText, Survey
from allmende.core import statements
from allmende.engines.questions import interface as questions

EDITION = """
SELECT edition FROM surveys_consenttext WHERE survey_id = %s AND valid_from <= %s ORDER BY edition DESC LIMIT 1
"""
"""Written out, as every answer pays for it (`statements`)."""


def definition_of(version_id: UUID) -> questions.Definition:
    """The questions of a version; the engine reads a frozen one once per process."""
    return questions.definition(version_id)


def checked(version_id: UUID, answers: Mapping[str, Any], at: datetime) -> questions.Checked:
    """The answers against the questionnaire's own rules."""
    return questions.check(definition_of(version_id), answers, at=at)


def consent_edition(survey: Survey, at: datetime) -> int:
    """Which edition of the consent holds at that time; 0 where there is none."""
    found = statements.rows(EDITION, [survey.pk, at])
    return int(found[0][0]) if found else 0


def consent_text(survey: Survey, at: datetime) -> Mapping[str, str]:
    """What people agree to before they send; empty where nothing is asked."""
    rows = ConsentText.objects.filter(survey=survey, valid_from__lte=at).order_by("-edition")
    return rows.values_list("text", flat=True).first() or {}


def versions_to_choose(language: str, survey: Survey | None) -> list[tuple[UUID, str]]:
    """Questionnaires that surveys can ask: each with its newest version; a survey's own version is among them."""
    found = questions.newest_versions("surveys")
    if survey is not None and all(one.pk != survey.version_id for one in found):
        found = [questions.version(survey.version_id), *found]
    return [(one.pk, _name(one, language)) for one in found]


def _name(version: questions.Version, language: str) -> str:
    title = version.definition.get("title", {})
    return f"{title.get(language) or title.get('de') or '?'} ({version.number})"
