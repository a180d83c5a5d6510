"""Surveys for tests, made as the actions make them."""

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from allmende.capabilities.surveys import actions, queries
from allmende.capabilities.surveys.models import CONTRACT_FIELDS, Survey
from allmende.capabilities.surveys.models.surveys import PRIVACY_FIELDS
from allmende.core.actor import SYSTEM, Actor, Channel, Grant, Role, Viewer
from allmende.engines.questions import interface as questions

_numbers = itertools.count(1)
EDITOR = Actor(viewer=Viewer(None, frozenset({Grant(Role.EDITOR)})), channel=Channel.SEED)
"""An editor without a name: may check what others made, and what nobody in particular made."""
CONTRACT = {name: {"de": f"Antwort zu {name}", "en": f"Answer on {name}"} for name in CONTRACT_FIELDS}
QUESTIONS = {
    "title": {"de": "Wie geht es Ihnen?"},
    "languages": ["de"],
    "sections": [
        {
            "name": "all",
            "title": {"de": "Alles"},
            "questions": [
                {"name": "name", "kind": "text", "label": {"de": "Wie heißt Ihr Platz?"}},
                {"name": "age", "kind": "integer", "label": {"de": "Wie alt sind Sie?"}, "least": 0, "most": 120},
                {
                    "name": "modes",
                    "kind": "select_multiple",
                    "label": {"de": "Wie sind Sie unterwegs?"},
                    "options": [{"name": name, "label": {"de": name}} for name in ("bike", "bus", "car")],
                },
                {
                    "name": "main",
                    "kind": "select_one",
                    "label": {"de": "Womit am häufigsten?"},
                    "relevant": "count-selected(${modes}) > 1",
                    "options": [{"name": name, "label": {"de": name}} for name in ("bike", "bus", "car")],
                },
            ],
        }
    ],
}
"""Four questions, none of which must be answered."""
PRIVACY = {name: {"de": f"Angabe zu {name}", "en": f"Statement on {name}"} for name in PRIVACY_FIELDS}


def version(definition: Mapping[str, Any], at: datetime) -> questions.Version:
    """A questionnaire's first version."""
    return questions.create_questionnaire(actor=EDITOR, capability="surveys", definition=definition, at=at)


def data(at: datetime, **fields: Any) -> actions.SurveyData:
    """What an editor says of a survey that began a day ago and runs for ten more."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "title": {"de": f"Wie geht es Ihnen? {number}", "en": f"How are you? {number}"},
        "summary": {"de": "Worum es geht.", "en": "What it is about."},
        "contract": CONTRACT,
        "privacy": PRIVACY,
        "department": "umwelt",
        "opens_at": at - timedelta(days=1),
        "closes_at": at + timedelta(days=10),
        **fields,
    }
    if "version_id" not in values:
        values["version_id"] = version(QUESTIONS, at).pk
    return actions.SurveyData(**values)


def survey(*, at: datetime | None = None, by: Actor = EDITOR, **fields: Any) -> Survey:
    """A survey that takes answers, unless the fields of `SurveyData` say otherwise."""
    now = at or timezone.now()
    said = data(now, **fields)
    before = min(now, said.opens_at or now) - timedelta(hours=1)
    made = actions.save_survey(actor=by, data=said, at=before)
    actions.check_survey(actor=EDITOR, survey_id=made.pk, at=before)
    return actions.open_survey(actor=SYSTEM, survey_id=made.pk, at=now)


def answer(survey: Survey, *, at: datetime | None = None, actor: Actor | None = None, **sent: Any) -> Survey:
    """One answer, from a visitor unless said otherwise."""
    return actions.submit_response(
        actor=actor or actions.nameless(Actor()),
        survey_id=survey.pk,
        sent=actions.Sent(**{"answers": {}, **sent}),
        at=at or timezone.now(),
    )


def evaluated(survey: Survey, at: datetime) -> Survey:
    """A survey that is over, with its results computed and kept as the jobs do it."""
    row = actions.ask_results(actor=SYSTEM, survey_id=survey.pk, at=at)
    prepared = queries.prepare(survey, row, questions.definition(survey.version_id))
    queries.draw(prepared)
    actions.keep_results(actor=SYSTEM, survey_id=survey.pk, prepared=prepared, at=at)
    return survey
