"""The strategy for programs: the same actions and rules as the pages."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.actions import create_token
from allmende.accounts.tokens import secret_of
from allmende.capabilities.strategy import actions, builders
from allmende.capabilities.strategy.builders import LAMPS, said, text
from allmende.capabilities.strategy.models import Feedback, Text

API = "/api/v1/strategy"


@pytest.fixture
def api(db):
    return Client(headers={"host": "localhost"})


def post(client, path, body, **headers):
    return client.post(
        f"{API}{path}", json.dumps(body), content_type="application/json", headers={"host": "localhost", **headers}
    )


def bearer(person, *scopes):
    at = timezone.now()
    actor = people.actor(person)
    token = create_token(actor=actor, label="Programm", scopes=scopes, expires_at=at + timedelta(days=9), at=at)
    return {"Authorization": f"Bearer {secret_of(token.pk)}"}


def test_goals_and_what_rests_on_nothing(api):
    goal = builders.goal()
    fields = api.get(f"{API}/fields").json()
    assert [one["number"] for row in fields for one in row["goals"]] == [goal.number]
    assert api.get(f"{API}/goals/{goal.number}").json()["code"] == goal.code
    assert [one["number"] for one in api.get(f"{API}/coverage").json()["goals_resting_on_nothing"]] == [goal.number]


def test_a_text_its_versions_and_paragraphs(api):
    made, draft = text(), text(opened=False)
    assert [one["number"] for one in api.get(f"{API}/texts").json()] == [made.number]
    found = api.get(f"{API}/texts/{made.number}").json()
    assert (found["state"], found["is_open"]) == ("consultation", True)
    assert [one["number"] for one in found["versions"]] == [1]
    rows = api.get(f"{API}/texts/{made.number}/versions/1").json()
    assert [(one["number"], one["shape"]) for one in rows] == [(1, "heading"), (2, "text"), (3, "text")]
    assert rows[1]["body"] == LAMPS
    for path in (f"/texts/{draft.number}", f"/texts/{draft.number}/versions/1", f"/texts/{made.number}/versions/2"):
        assert api.get(f"{API}{path}").status_code == 404


def test_a_guest_says_something_and_gets_the_same_receipt_for_the_same_key(api):
    made = text()
    path, key = f"/texts/{made.number}/paragraphs/2/feedback", uuid4().hex
    body = {"kind": "wording", "wording": LAMPS.replace("sieben", "drei"), "text": "Zu lang."}
    first, again = (post(api, path, body, **{"Idempotency-Key": key}) for _time in range(2))
    assert first.status_code == again.status_code == 201, first.content
    assert first.json() == again.json()
    assert first.json()["receipt"]["code"]
    found = Feedback.objects.get()
    assert (found.channel, found.state, found.author.is_guest) == ("api", "waiting", True)
    assert api.get(f"{API}/feedback/{found.number}").status_code == 404, "nobody has looked at it yet"


def test_what_does_not_fit_is_a_problem_with_its_fields(api):
    made = text()
    path = f"/texts/{made.number}/paragraphs/2/feedback"
    assert "text" in post(api, path, {"kind": "comment"}).json()["errors"]
    assert "wording" in post(api, path, {"kind": "wording", "wording": LAMPS}).json()["errors"]
    assert post(api, path, {"kind": "other"}).status_code == 422
    assert (
        post(api, f"/texts/{made.number}/paragraphs/99/feedback", {"kind": "comment", "text": "x"}).status_code == 404
    )
    Text.objects.filter(pk=made.pk).update(closes_at=timezone.now())
    assert post(api, path, {"kind": "comment", "text": "Zu spät."}).status_code == 409
    assert not Feedback.objects.exists()


def test_what_was_said_is_read_by_keyset(api):
    made = text()
    numbers = [said(made, body=f"Wort {n}").number for n in range(5)]
    said(made, body="wartet", shown=False)
    seen, after = [], 0
    while len(seen) < 9:
        page = api.get(f"{API}/texts/{made.number}/paragraphs/2/feedback?limit=2&after={after}").json()
        seen += [one["number"] for one in page["feedback"]]
        after = page["next"]
        if not after:
            break
    assert seen == numbers[::-1]


def test_supporting_needs_a_token_with_the_scope_and_counts_once(api):
    found = said(text())
    path = f"/feedback/{found.number}/support"
    assert post(api, path, {}).status_code == 401
    person = people.person()
    assert post(api, path, {}, **bearer(person, "strategy:read")).status_code == 403
    mine = bearer(person, "strategy:write")
    for _time in range(2):
        assert post(api, path, {}, **mine).json() == {"number": found.number, "supports": 1, "supported": True}
    gone = api.delete(f"{API}{path}", headers=mine).json()
    assert gone == {"number": found.number, "supports": 0, "supported": False}


def test_answers_and_the_synopsis_are_read(api):
    made, team, now = text(), builders.editor(), timezone.now()
    found = said(made, wording=LAMPS.replace("sieben", "drei"))
    actions.answer_feedback(
        actor=team, text_id=made.pk, feedback_ids=[found.pk], outcome="adopted", reason="Stimmt.", at=now
    )
    assert api.get(f"{API}/feedback/{found.number}").json()["answer"]["reason"] == "Stimmt."
    for verb in ("evaluate", "open"):
        actions.move_text(actor=team, text_id=made.pk, verb=verb, at=timezone.now())
    rows = api.get(f"{API}/texts/{made.number}/versions/2/synopsis").json()
    assert [(one["paragraph"], one["old"]) for one in rows] == [(2, LAMPS)]
    assert [one["number"] for one in rows[0]["said"]] == [found.number]


def test_every_operation_is_described(api):
    paths = api.get("/api/v1/openapi.json").json()["paths"]
    ours = [one for path, methods in paths.items() if path.startswith(API) for one in methods.values()]
    assert len(ours) == 12
    for operation in ours:
        assert operation["summary"]
        assert operation["description"]
