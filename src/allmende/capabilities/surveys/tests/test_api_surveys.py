"""Programs read surveys and send answers, by the same rules as the pages."""

import json

from django.test import Client
from django.utils import timezone

from allmende.capabilities.surveys import actions, builders
from allmende.capabilities.surveys.models import WaitingResponse
from allmende.core import city
from allmende.core.models import Setting


def post(survey, body, **headers):
    return Client().post(
        f"/api/v1/surveys/surveys/{survey.number}/responses",
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def test_the_list_and_the_questions_are_public_and_drafts_are_not(db):
    survey, now = builders.survey(), timezone.now()
    draft = actions.save_survey(actor=builders.EDITOR, data=builders.data(now), at=now)
    (row,) = Client().get("/api/v1/surveys/surveys").json()
    assert (row["number"], row["phase"], row["access"], row["answered"]) == (survey.number, "running", "open", None)
    assert Client().get(f"/api/v1/surveys/surveys/{draft.number}").status_code == 404
    asked = Client().get(f"/api/v1/surveys/surveys/{survey.number}/questionnaire").json()
    assert [one["name"] for one in asked["sections"][0]["questions"]] == ["name", "age", "modes", "main"]


def test_an_answer_is_taken_once_per_key_and_has_no_number(db):
    survey = builders.survey()
    body = {"answers": {"age": 40}}
    first, again = (post(survey, body, **{"Idempotency-Key": "a" * 20}) for _each in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert set(first.json()) == {"taken", "survey", "next_step"}
    (row,) = WaitingResponse.objects.all()
    assert (row.channel, row.answers, row.is_proven) == ("api", {"age": 40}, False)
    assert post(survey, {"answers": {"age": "viele"}}).status_code == 422


def test_codes_consent_and_limits_hold_here_too(db):
    survey = builders.survey(access="code", consent={"de": "Ja."})
    (code,) = actions.make_codes(actor=builders.EDITOR, survey_id=survey.pk, number=1, at=timezone.now())
    assert post(survey, {"answers": {}, "code": code}).status_code == 422, "no consent"
    assert post(survey, {"answers": {}, "consent": True, "code": "AAAA"}).status_code == 403
    assert post(survey, {"answers": {}, "consent": True, "code": code}).status_code == 202
    assert post(survey, {"answers": {}, "consent": True, "code": code}).status_code == 409
    Setting.objects.update_or_create(key="surveys.api_responses_per_hour", defaults={"value": 4})
    city.forget()
    assert post(survey, {"answers": {}}).status_code == 429
