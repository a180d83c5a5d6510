"""A survey of 40 questions with codes: makes it; afterwards proves against the database what became of the answers.

Usage, with the settings of a running city:
python asked.py make COUNT            prints the survey, its questions and COUNT codes
python asked.py proof SURVEY COUNT    mixes what waits, and compares with COUNT answers accepted
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection

from allmende.capabilities.surveys import actions, builders
from allmende.capabilities.surveys.models import Invitation, Response, Survey, WaitingResponse
from allmende.core.actor import SYSTEM
from allmende.core.models import Setting

RUN = 5000


def questionnaire() -> dict[str, Any]:
    """40 questions of the usual kinds, in four sections; every fourth hangs on another."""
    options = [{"name": f"o{number}", "label": {"de": f"Möglichkeit {number}"}} for number in range(6)]
    sections = []
    for part in range(4):
        asked: list[dict[str, Any]] = []
        for place in range(10):
            name = f"q{part}_{place}"
            kind = ("select_one", "select_multiple", "integer", "rating", "text")[place % 5]
            one: dict[str, Any] = {"name": name, "kind": kind, "label": {"de": f"Frage {part * 10 + place + 1}"}}
            if kind.startswith("select"):
                one["options"] = options
            if kind == "integer":
                one |= {"least": 0, "most": 120, "constraint": ". >= 0"}
            if kind == "rating":
                one["most"] = 5
            if place % 4 == 3:
                one["relevant"] = f"${{q{part}_0}} != ''"
            asked.append(one)
        sections.append({"name": f"part{part}", "title": {"de": f"Teil {part + 1}"}, "questions": asked})
    return {"title": {"de": "Vierzig Fragen"}, "languages": ["de"], "layout": "pages", "sections": sections}


def make(count: int) -> dict[str, Any]:
    """The survey, open since yesterday, and codes as a print run makes them."""
    now = datetime.now(UTC)
    Setting.objects.update_or_create(key="surveys.api_responses_per_hour", defaults={"value": "10000000"})
    definition = questionnaire()
    version = builders.version(definition, now)
    survey = builders.survey(access="code", version_id=version.pk, closes_at=now + timedelta(days=5))
    codes: list[str] = []
    while len(codes) < count:
        run = min(RUN, count - len(codes))
        codes += actions.make_codes(actor=builders.EDITOR, survey_id=survey.pk, number=run, at=now)
    asked = [
        (one["name"], one["kind"], [option["name"] for option in one.get("options", [])])
        for section in definition["sections"] for one in section["questions"]
    ]  # fmt: skip
    return {"survey": str(survey.pk), "number": survey.number, "codes": codes, "questions": asked}


def proof(survey_id: UUID, count: int) -> dict[str, int]:
    """lost: accepted and not there. double: more than were accepted, or more than codes used. linked: answers whose
    row was written by the transaction that marked a code.
    """
    survey = Survey.objects.get(pk=survey_id)
    waited = WaitingResponse.objects.filter(survey=survey).count()
    actions.mix_responses(actor=SYSTEM, survey_id=survey.pk, at=datetime.now(UTC))
    stand = Response.objects.filter(survey=survey).count() + WaitingResponse.objects.filter(survey=survey).count()
    used = Invitation.objects.filter(survey=survey, used=True).count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM surveys_response JOIN surveys_invitation"
            " ON surveys_invitation.xmin = surveys_response.xmin WHERE surveys_response.survey_id = %s",
            [survey.pk],
        )
        (linked,) = cursor.fetchone()
    return {
        "accepted": count, "stand": stand, "used": used, "waited": waited, "linked": linked,
        "lost": max(0, count - stand), "double": max(0, stand - count) + max(0, stand - used),
    }  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1] == "make":
        json.dump(make(int(sys.argv[2])), sys.stdout)
    else:
        json.dump(proof(UUID(sys.argv[2]), int(sys.argv[3])), sys.stdout)
