"""The same for programs: receipts, keys, feeds, bad input."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders
from allmende.capabilities.participation.models import Idea, TopicStore

API = "/api/v1/participation"


@pytest.fixture
def api(db):
    return Client(headers={"host": "localhost"})


def post(client, path, body, **headers):
    return client.post(
        f"{API}{path}", json.dumps(body), content_type="application/json", headers={"host": "localhost", **headers}
    )


def words(store, **more):
    return {"store": store.number, "title": "Eine Bank", "text": "Im Schatten.", **more}


def test_a_guest_hands_in_and_gets_a_receipt_the_same_one_for_the_same_key(api):
    store, key = builders.store(), uuid4().hex
    first = post(api, "/ideas", words(store), **{"Idempotency-Key": key})
    again = post(api, "/ideas", words(store), **{"Idempotency-Key": key})
    assert first.status_code == again.status_code == 201, first.content
    assert first.json() == again.json()
    assert first.json()["receipt"]["code"]
    idea = Idea.objects.get()
    assert (idea.channel, idea.author.contact_kind, idea.state) == ("api", "number", "submitted")
    other = post(api, "/ideas", words(store, title="Anderes"), **{"Idempotency-Key": key})
    assert other.status_code == 422
    assert other.json()["type"].endswith("idempotency-key-reused")


def test_what_does_not_fit_is_a_problem_with_its_fields(api):
    store = builders.store()
    for body, status in (
        (words(store, title=""), 422),
        (words(store, title="x" * 121), 422),
        (words(store, category="fremd"), 422),
        (words(store, district="mond"), 422),
        ({"store": 999999, "title": "x", "text": "y"}, 404),
        ({"title": "x"}, 422),
        (words(store, title="\0", text="\0"), 422),
    ):
        response = post(api, "/ideas", body)
        assert response.status_code == status, (body, response.content)
        assert response["Content-Type"] == "application/problem+json"
    assert "title" in post(api, "/ideas", words(store, title=" ")).json()["errors"]
    TopicStore.objects.update(closes_at=timezone.now())
    assert post(api, "/ideas", words(store)).status_code == 409
    assert not Idea.objects.exists()


def test_reading_shows_what_is_public_only(api):
    public, waiting = builders.published(title="Öffentlich"), builders.idea(title="Geheim")
    listed = api.get(f"{API}/ideas").json()
    assert [row["title"] for row in listed["ideas"]] == ["Öffentlich"]
    assert api.get(f"{API}/ideas/{public.number}").json()["store"] == public.store.number
    assert api.get(f"{API}/ideas/{waiting.number}").status_code == 404
    assert api.get(f"{API}/ideas/{waiting.number}/answers").status_code == 404
    assert {row["slug"] for row in api.get(f"{API}/groups").json()} >= {public.store.group.slug}
    stores = api.get(f"{API}/stores?state=open").json()
    assert stores[0]["contract"]["who_decides"]["de"]
    assert api.get(f"{API}/stores/{public.store.number}").json()["state"] == "open"


def test_the_list_goes_on_by_keyset(api):
    store = builders.store()
    for number in range(5):
        builders.published(store, at=timezone.now() - timedelta(minutes=9 - number))
    seen, after = [], ""
    for _ in range(5):
        page = api.get(f"{API}/ideas?limit=2&after={after}").json()
        seen += [row["number"] for row in page["ideas"]]
        after = page["next"]
        if not after:
            break
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


def test_a_copy_kept_elsewhere_hears_of_changes_and_of_what_is_gone(api):
    author = people.person()
    idea = builders.published(author=author)
    builders.idea()
    page = api.get(f"{API}/ideas/changes").json()
    assert [row["number"] for row in page["ideas"]] == [idea.number]
    actions.withdraw_idea(actor=people.actor(author), idea_id=idea.pk, at=timezone.now())
    later = api.get(f"{API}/ideas/changes", {"modified_since": page["until"]}).json()
    assert (later["ideas"], [row["number"] for row in later["gone"]]) == ([], [idea.number])


def test_supporting_needs_a_token_with_the_scope(api):
    idea = builders.published()
    assert post(api, f"/ideas/{idea.number}/support", {}).status_code == 401
    person = people.person()
    from allmende.accounts.actions import create_token
    from allmende.accounts.tokens import secret_of

    at = timezone.now()
    actor = people.actor(person)
    tokens = {
        scope: secret_of(
            create_token(actor=actor, label=scope, scopes=[scope], expires_at=at + timedelta(days=9), at=at).pk
        )
        for scope in ("participation:read", "participation:write")
    }
    refused = post(api, f"/ideas/{idea.number}/support", {}, Authorization=f"Bearer {tokens['participation:read']}")
    assert refused.status_code == 403
    bearer = {"Authorization": f"Bearer {tokens['participation:write']}"}
    for _ in range(2):
        answer = post(api, f"/ideas/{idea.number}/support", {}, **bearer)
        assert answer.json() == {"number": idea.number, "supports": 1, "supported": True}
    gone = api.delete(f"{API}/ideas/{idea.number}/support", headers=bearer).json()
    assert gone == {"number": idea.number, "supports": 0, "supported": False}
    mine = post(api, "/ideas", words(idea.store), **bearer)
    assert Idea.objects.get(number=mine.json()["number"]).author == person


def test_answers_are_read_newest_first(api):
    idea = builders.published()
    clerk = people.actor(people.clerk("umwelt"))
    at = timezone.now()
    for hours, text in enumerate(("Ja", "Doch nur zum Teil")):
        actions.answer_idea(actor=clerk, idea_id=idea.pk, outcome="accepted", text=text, at=at + timedelta(hours=hours))
    rows = api.get(f"{API}/ideas/{idea.number}/answers").json()
    assert [row["text"] for row in rows] == ["Doch nur zum Teil", "Ja"]


def test_every_operation_is_described(api):
    document = api.get("/api/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        if path.startswith(API):
            for operation in operations.values():
                assert operation["summary"]
                assert operation["description"]
