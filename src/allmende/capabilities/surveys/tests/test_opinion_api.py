"""Opinion maps over the API: read what the page shows, take part, each vote once per key, nothing leads to a person."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.actions import create_token
from allmende.accounts.tokens import secret_of
from allmende.capabilities.surveys.actions import opinion as actions
from allmende.capabilities.surveys.models import Conversation, Statement, Voice
from allmende.capabilities.surveys.tests.test_opinion import crowd, data, draw
from allmende.core.actor import SYSTEM
from allmende.core.models import IdempotencyKey

pytestmark = pytest.mark.django_db
API = "/api/v1/surveys/conversations"


@pytest.fixture
def talk():
    at = timezone.now() - timedelta(days=2)
    made = actions.save_conversation(actor=people.actor(people.editor()), data=data(), at=at)
    return actions.open_conversation(actor=people.actor(people.editor()), conversation_id=made.pk, at=at)


@pytest.fixture
def bearer():
    """The header of a program that may act for a person."""

    def header(person):
        at, scopes = timezone.now(), ["surveys:read", "surveys:write"]
        actor = people.actor(person)
        token = create_token(actor=actor, label="Programm", scopes=scopes, expires_at=at + timedelta(days=9), at=at)
        return {"Authorization": f"Bearer {secret_of(token.pk)}"}

    return header


def post(talk, what, body, **headers):
    return Client().post(
        f"{API}/{talk.number}/{what}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_it_is_in_the_document_and_drafts_are_not_in_the_list(talk):
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    ours = {path.removeprefix(API): set(found) for path, found in paths.items() if path.startswith(API)}
    assert ours == {
        "": {"get"},
        "/{number}": {"get"},
        "/{number}/map": {"get"},
        "/{number}/statements": {"get", "post"},
        "/{number}/participants": {"post"},
        "/{number}/participants/{participant}": {"get"},
        "/{number}/votes": {"post"},
    }
    draft = actions.save_conversation(actor=people.actor(people.editor()), data=data(), at=timezone.now())
    assert [row["number"] for row in Client().get(API).json()] == [talk.number]
    assert Client().get(f"{API}/{draft.number}/map").status_code == 404


def test_a_guest_answers_all_and_then_there_is_nothing_left(talk):
    way_in = post(talk, "participants", {}).json()["participant"]
    found = Client().get(f"{API}/{talk.number}/participants/{way_in}").json()
    for turn in range(8):
        assert (found["answered"], found["all"]) == (turn, 8)
        assert found["statement"]["counts"] == [], "counts would sway"
        sent = {"participant": way_in, "statement": found["statement"]["number"], "choice": "agree"}
        answer = post(talk, "votes", sent)
        assert answer.status_code == 201
        found = answer.json()
    assert found["statement"] is None
    assert [voice.choices for voice in Voice.objects.all()] == [{str(number): 1 for number in range(1, 9)}]


def test_a_repeated_request_counts_once_and_another_persons_key_is_theirs(talk, bearer):
    first, second = bearer(people.person()), bearer(people.person())
    sent = {"statement": 1, "choice": "agree"}
    for headers in (first, first, second):
        assert post(talk, "votes", sent, **{**headers, "Idempotency-Key": "a" * 20}).status_code == 201
    assert sorted(Voice.objects.values_list("casts", flat=True)) == [1, 1]
    again = post(talk, "votes", {**sent, "choice": "pass"}, **{**first, "Idempotency-Key": "a" * 20})
    assert again.status_code == 422, "the same key for something else"
    assert post(talk, "votes", {**sent, "choice": "pass"}, **first).status_code == 201
    assert sorted(voice.choices["1"] for voice in Voice.objects.all()) == [0, 1], "the last answer counts"


def test_no_remembered_request_leads_from_a_person_to_a_voice(talk, bearer):
    person = people.person()
    post(talk, "votes", {"statement": 1, "choice": "agree"}, **{**bearer(person), "Idempotency-Key": "b" * 20})
    row = IdempotencyKey.objects.get(result_model="surveys.voice")
    assert row.actor_key != people.actor(person).key
    assert "b" * 20 not in row.key
    end = Conversation.objects.get().closes_at
    actions.close_conversation(actor=SYSTEM, conversation_id=talk.pk, at=end)
    assert not IdempotencyKey.objects.filter(result_model="surveys.voice").exists()


def test_whoever_has_no_way_in_does_not_take_part(talk):
    for participant in ("", "konto", "x" * 28):
        assert post(talk, "votes", {"participant": participant, "statement": 1, "choice": "pass"}).status_code in {
            401,
            404,
        }
        assert post(talk, "statements", {"participant": participant, "text": "Mehr Bänke."}).status_code in {401, 404}
    way_in = post(talk, "participants", {}).json()["participant"]
    assert post(talk, "votes", {"participant": way_in, "statement": 1, "choice": "maybe"}).status_code == 422
    assert post(talk, "votes", {"participant": way_in, "statement": 99, "choice": "pass"}).status_code == 409
    Conversation.objects.update(closes_at=timezone.now())
    assert post(talk, "votes", {"participant": way_in, "statement": 1, "choice": "pass"}).status_code == 409
    assert not Voice.objects.exists()


def test_a_statement_waits_for_the_moderators_and_is_taken_once_per_key(talk, bearer):
    way_in = post(talk, "participants", {}).json()["participant"]
    sent = {"participant": way_in, "text": "Mehr Bänke am Fluss."}
    for _each in range(2):
        answer = post(talk, "statements", sent, **{"Idempotency-Key": "c" * 20})
        assert (answer.status_code, answer.json()) == (202, {"number": 9, "state": "waiting"})
    assert Statement.objects.filter(text="Mehr Bänke am Fluss.").count() == 1
    assert post(talk, "statements", sent).status_code == 422, "somebody said it already"
    assert post(talk, "statements", {"text": "Mehr Laternen."}, **bearer(people.person())).status_code == 202


def test_the_map_tells_what_the_page_tells_and_nobody_alone(talk):
    client = Client()
    empty = client.get(f"{API}/{talk.number}/map").json()
    assert (empty["drawn_at"], empty["groups"], empty["people"]) == (None, [], 0)
    crowd(talk)
    draw(talk)
    found = client.get(f"{API}/{talk.number}/map").json()
    assert [(one["letter"], one["people"]) for one in found["groups"]] == [("A", 20), ("B", 20)]
    (bridge,) = found["bridges"]
    assert (bridge["statement"], bridge["says"]) == (1, "agree")
    assert bridge["counts"] == [
        {"group": "A", "agree": 20, "disagree": 0, "passed": 0},
        {"group": "B", "agree": 20, "disagree": 0, "passed": 0},
    ]
    assert all(one["sets_apart"] for one in found["groups"])
    page = client.get(f"{API}/{talk.number}/statements?limit=3").json()
    assert [one["number"] for one in page["statements"]] == [1, 2, 3]
    assert page["next"] == 3
    Statement.objects.filter(number=1).update(state="refused")
    assert client.get(f"{API}/{talk.number}/map").json()["bridges"] == []


def test_counts_of_few_people_are_not_told(talk):
    crowd(talk, 30)
    for voice in Voice.objects.all()[4:]:
        voice.choices.pop("8")
        voice.save()
    draw(talk)
    rows = Client().get(f"{API}/{talk.number}/statements").json()["statements"]
    assert {one["number"]: bool(one["counts"]) for one in rows}[8] is False
    assert all(sum((c["agree"], c["disagree"], c["passed"])) >= 5 for one in rows for c in one["counts"])
