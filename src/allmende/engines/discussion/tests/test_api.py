"""The same for programs."""

import json

import pytest
from django.test import Client

from allmende.accounts import builders as accounts
from allmende.engines.discussion import actions, builders, interface
from allmende.engines.discussion.models import Comment, Report
from allmende.engines.discussion.tests.conftest import NOW

BASE = "/api/v1/discussion"


@pytest.fixture
def client(db) -> Client:
    return Client(headers={"host": "localhost"})


def post(client, path, body, **headers):
    return client.post(f"{BASE}/{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_comments_are_read_in_order_page_by_page(client, room):
    ref = room.bed()
    rows = [builders.comment(ref, f"Nummer {n}") for n in range(3)]
    builders.comment(ref, "Antwort", parent=rows[0])
    page = client.get(f"{BASE}/comments/{ref}", {"limit": 2}).json()
    assert (page["total"], [c["text"] for c in page["comments"]]) == (4, ["Nummer 0", "Antwort"])
    assert page["comments"][1]["parent_id"] == str(rows[0].id)
    rest = client.get(f"{BASE}/comments/{ref}", {"after": page["next"]}).json()
    assert [c["text"] for c in rest["comments"]] == ["Nummer 1", "Nummer 2"]
    assert rest["next"] == ""


def test_without_a_token_a_comment_waits_and_a_repeat_counts_once(client, room):
    ref = room.bed()
    body = {"text": "Aus einem Programm.", "display_name": "Feed"}
    for _ in range(2):
        answer = post(client, f"comments/{ref}", body, **{"Idempotency-Key": "abc"})
        assert answer.status_code == 202, answer.content
        assert answer.json()["state"] == "held"
    assert Comment.objects.count() == 1
    other = post(client, f"comments/{ref}", {"text": "Anders."}, **{"Idempotency-Key": "abc"})
    assert (other.status_code, other.json()["type"]) == (422, "/api/v1/problems#idempotency-key-reused")


def test_a_report_by_a_program(client, room):
    ref = room.bed(state="published")
    answer = post(client, f"reports/{ref}", {"reason": "illegal", "text": "Siehe Absatz 2."})
    assert answer.status_code == 202
    assert answer.json()["due_at"]
    told = post(client, f"reports/{ref}", {"reason": "illegal", "text": "Siehe Absatz 2.", "email": "a@example.org"})
    assert told.status_code == 202
    assert Report.objects.get(pk=told.json()["id"]).reporter.contact_kind == "email"


def test_rules_and_log_are_open_data(client, room):
    moderator = accounts.actor(accounts.moderator())
    actions.decide_case(actor=moderator, case_id=room.waiting().id, decision="released", at=NOW)
    assert {rule["key"] for rule in client.get(f"{BASE}/rules").json()["rules"]} >= {"respekt", "privat"}
    assert client.get(f"{BASE}/log").json()[0]["decision"] == "released"


NOBODY = "018f0000-0000-7000-8000-000000000000"
"""Id of no thing; fixed, so that every process collects the same tests."""


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("comments/garden/bed/x", {"text": "a"}, 422),
        (f"comments/garden/bed/{NOBODY}", {"text": "a"}, 404),
        (f"comments/%00/bed/{NOBODY}", {"text": "a"}, 422),
        (f"reports/garden/bed/{NOBODY}", {"reason": "other", "text": "a"}, 404),
        (f"reports/garden/bed/{NOBODY}", {"reason": "nonsense", "text": "a"}, 422),
    ],
)
def test_nonsense_is_a_problem_and_never_a_500(client, room, path, body, status):
    assert post(client, path, body).status_code == status


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "x" * 5000, "x" * 9000, "👩‍👩‍👧‍👦", "\u202e<script>"])
def test_hostile_words_by_api(client, room, text):
    ref = room.bed()
    assert post(client, f"comments/{ref}", {"text": text, "display_name": "\0"}).status_code in {202, 422}
    assert post(client, f"reports/{ref}", {"reason": "other", "text": text, "email": text}).status_code in {202, 422}
    assert interface.comment_counts([ref]) == {ref: 0}
