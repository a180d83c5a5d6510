"""Following is one press, is nobody else's business, and works without a script, with one, and for programs."""

import json

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound, NotSignedIn
from allmende.core.models import AuditEntry
from allmende.core.refs import Ref
from allmende.engines.notify import actions, handlers, interface
from allmende.engines.notify.builders import happen, thing
from allmende.engines.notify.models import Follow, Notice


def path(ref):
    return f"/folgen/{ref.capability}/{ref.kind}/{ref.id}/"


def box(ref, viewer):
    request = RequestFactory().get("/")
    request.viewer = viewer
    return interface.follow_box(request, ref, about="Laternen")


@pytest.fixture
def signed_in(db):
    person = people.person()
    return person, people.login(Client(enforce_csrf_checks=False), person)


def test_a_visitor_is_led_to_sign_in_and_back(db):
    ref = thing(title="Laternen")
    page = Client().get(path(ref)).content.decode()
    assert "Laternen" in page
    assert f"next={path(ref)}" in page
    assert "csrfmiddlewaretoken" not in page
    assert Client().post(path(ref)).status_code == 401
    assert not Follow.objects.exists()


def test_the_button_of_a_visitor_is_a_link_and_asks_the_database_nothing(db, django_assert_num_queries):
    ref = thing()
    with django_assert_num_queries(0):
        found = box(ref, Viewer())
    assert not found.signed_in
    assert found.url == path(ref)


def test_follow_and_stop_with_a_form(signed_in):
    person, client = signed_in
    ref = thing(title="Laternen")
    answer = client.post(path(ref), {"action": "follow", "next": "/somewhere/"})
    assert (answer.status_code, answer["Location"]) == (302, "/somewhere/")
    assert interface.following(people.actor(person).viewer, [ref]) == {ref}
    assert interface.followers(ref) == [person.pk]
    assert "Nicht mehr folgen" in client.get(path(ref)).content.decode()
    client.post(path(ref), {"action": "unfollow"})
    assert interface.followers(ref) == []
    assert list(AuditEntry.objects.filter(action__startswith="notify.").values_list("action", flat=True)) == [
        "notify.follow",
        "notify.unfollow",
    ]


def test_nobody_is_led_to_another_host(signed_in):
    _person, client = signed_in
    ref = thing()
    answer = client.post(path(ref), {"action": "follow", "next": "https://elsewhere.example/"})
    assert answer["Location"] == f"/beispiel/{ref.id}/"


def test_in_place_the_button_comes_back_changed_and_says_so(signed_in):
    _person, client = signed_in
    ref = thing(title="Laternen")
    answer = client.post(path(ref), {"action": "follow"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert f'id="follow-{ref.id}"' in page
    assert "Nicht mehr folgen" in page
    assert "<html" not in page
    assert "Sie folgen jetzt" in json.loads(answer["HX-Trigger"])["status"]["text"]


def test_what_one_may_not_see_one_cannot_follow(signed_in):
    person, client = signed_in
    hidden, unknown = thing(visibility="hidden"), Ref("nowhere", "thing", person.pk)
    for ref in (hidden, unknown):
        assert client.get(path(ref)).status_code == 404
        assert client.post(path(ref)).status_code == 404
        with pytest.raises(NotFound):
            actions.follow(actor=people.actor(person), ref=ref, at=timezone.now())
    with pytest.raises(NotFound):
        actions.unfollow(actor=people.actor(person), ref=hidden, at=timezone.now())


def test_an_author_follows_by_writing_unless_they_decided_otherwise(db):
    author = people.person()
    ref = thing(author)
    interface.follow_silently(author.pk, ref, timezone.now())
    assert interface.followers(ref) == [author.pk]
    actions.unfollow(actor=people.actor(author), ref=ref, at=timezone.now())
    interface.follow_silently(author.pk, ref, timezone.now())
    assert interface.followers(ref) == []


def test_many_buttons_take_one_query(db, django_assert_num_queries):
    person = people.person()
    refs = [thing() for _ in range(6)]
    actions.follow(actor=people.actor(person), ref=refs[2], at=timezone.now())
    viewer = people.actor(person).viewer
    with django_assert_num_queries(1):
        found = interface.follow_boxes(viewer, dict.fromkeys(refs, ""))
    assert [one.following for one in found.values()] == [False, False, True, False, False, False]


# The list of notices


@pytest.fixture
def told(signed_in):
    person, client = signed_in
    refs = [thing(title=f"Laterne {number}") for number in range(23)]
    for ref in refs:
        actions.follow(actor=people.actor(person), ref=ref, at=timezone.now())
        handlers.tell(happen(ref))
    return person, client


def test_notices_newest_first_and_older_ones_on_demand(told, django_assert_max_num_queries):
    _person, client = told
    with django_assert_max_num_queries(15):
        page = client.get("/mitteilungen/").content.decode()
    assert "23 Mitteilungen sind neu." in page
    assert page.index("Laterne 22") < page.index("Laterne 3")
    assert "Laterne 2“" not in page
    last = Notice.objects.order_by("-id")[19]
    older = client.get(f"/mitteilungen/?after={last.id}").content.decode()
    assert "Laterne 2“" in older
    assert "Laterne 22" not in older
    part = client.get(f"/mitteilungen/?after={last.id}", headers={"HX-Request": "true"}).content.decode()
    assert part.count("<li>") == 3
    assert "<html" not in part
    assert client.get("/mitteilungen/?after=nonsense").status_code == 200


def test_opening_a_notice_leads_to_the_thing_and_reads_it(told):
    person, client = told
    notice = Notice.objects.order_by("id").first()
    answer = client.get(f"/mitteilungen/{notice.id}/")
    assert answer["Location"] == f"/beispiel/{notice.object_id}/"
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert interface.unread_count(people.actor(person).viewer) == 22


def test_one_or_all_are_marked_as_read(told):
    person, client = told
    one = Notice.objects.order_by("id").first()
    client.post("/mitteilungen/gelesen/", {"id": str(one.id)})
    assert interface.unread_count(people.actor(person).viewer) == 22
    client.post("/mitteilungen/gelesen/")
    assert interface.unread_count(people.actor(person).viewer) == 0
    assert "Sie haben alles gelesen." in client.get("/mitteilungen/").content.decode()
    assert client.post("/mitteilungen/gelesen/", {"id": "nonsense"}).status_code == 404


def test_nobody_opens_or_reads_the_notices_of_another(told):
    notice = Notice.objects.first()
    other = people.login(Client(), people.person())
    assert other.get(f"/mitteilungen/{notice.id}/")["Location"] == "/mitteilungen/"
    assert other.post("/mitteilungen/gelesen/", {"id": str(notice.id)}).status_code == 404
    assert Client().get("/mitteilungen/").status_code in {302, 401}
    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_english_page_is_english(told):
    _person, client = told
    page = client.get("/en/mitteilungen/").content.decode()
    assert "News of “Laterne 22”" in page
    assert "Neues zu" not in page


def test_an_empty_list_says_what_to_do(signed_in):
    _person, client = signed_in
    assert "Noch keine Mitteilungen" in client.get("/mitteilungen/").content.decode()


# Programs


def test_the_api_reads_follows_and_stops(told):
    person, client = told
    page = client.get("/api/v1/notify/notices?limit=10").json()
    assert len(page["items"]) == 10
    assert page["unread"] == 23
    assert page["items"][0]["subject"] == "Neues zu „Laterne 22“"
    second = client.get(f"/api/v1/notify/notices?limit=100&after={page['next']}").json()
    assert len(second["items"]) == 13
    assert second["next"] is None
    one = page["items"][0]["id"]
    assert client.post(f"/api/v1/notify/notices/{one}/read").json()["read_at"]
    assert client.post("/api/v1/notify/notices/read").json() == {"marked": 22}

    ref = thing()
    body = {"capability": ref.capability, "kind": ref.kind, "id": str(ref.id)}
    sent = [
        client.post(
            "/api/v1/notify/follows", body, content_type="application/json", headers={"Idempotency-Key": "once-1"}
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [200, 200]
    assert sent[0].json() == sent[1].json()
    assert AuditEntry.objects.filter(action="notify.follow", object_id=ref.id).count() == 1
    assert client.get("/api/v1/notify/follows").json()["items"][0]["about"] == str(ref)
    gone = client.delete(f"/api/v1/notify/follows/{ref.capability}/{ref.kind}/{ref.id}")
    assert gone.json()["following"] is False
    assert interface.followers(ref) == []
    assert person.pk


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("get", "notices"),
        ("post", "notices/read"),
        ("get", "follows"),
        ("post", "follows"),
        ("delete", "follows/example/thing/018f0000-0000-7000-8000-000000000000"),
    ],
)
def test_the_api_tells_a_visitor_to_sign_in(db, method, url):
    answer = getattr(Client(), method)(f"/api/v1/notify/{url}")
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("application/problem+json")


def test_the_api_answers_bad_input_with_a_problem(signed_in):
    _person, client = signed_in
    for answer in (
        client.post("/api/v1/notify/follows", "{", content_type="application/json"),
        client.post(
            "/api/v1/notify/follows", {"capability": "a/b", "kind": "", "id": "x"}, content_type="application/json"
        ),
        client.get("/api/v1/notify/notices?limit=0"),
        client.get("/api/v1/notify/notices?after=x"),
    ):
        assert answer.status_code in {400, 422}
        assert answer["Content-Type"].startswith("application/problem+json")
    unknown = client.delete("/api/v1/notify/follows/a/b/018f0000-0000-7000-8000-000000000000")
    assert unknown.status_code == 404


def test_a_visitor_is_nobody_to_follow_for(db):
    from allmende.core.actor import Actor

    with pytest.raises(NotSignedIn):
        actions.follow(actor=Actor(), ref=thing(), at=timezone.now())
