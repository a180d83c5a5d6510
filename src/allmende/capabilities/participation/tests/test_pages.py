"""The pages as people use them: without JavaScript, with mistakes, twice, too late."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image as Picture

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders
from allmende.capabilities.participation.models import Idea, IdeaDraft, TopicStore
from allmende.core.actor import Channel
from allmende.engines.discussion.interface import case_of
from allmende.engines.media.interface import images_of
from allmende.engines.search.interface import index_now

NEW = "/mitmachen/ideen/neu/"


@pytest.fixture
def visitor(db):
    return Client(headers={"host": "localhost"})


@pytest.fixture
def store(db):
    return builders.store()


def signed_in(person=None) -> Client:
    return people.login(Client(headers={"host": "localhost"}), person or people.person())


def words(store, **more):
    return {
        "store": store.number, "title": "Eine Bank am Markt", "body": "Mit Lehne, im Schatten.", "district": "",
        "place": "", "contact_kind": "number", "_once": uuid4().hex, **more,
    }  # fmt: skip


def picture() -> BytesIO:
    file = BytesIO()
    Picture.new("RGB", (40, 30), "green").save(file, "JPEG")
    file.seek(0)
    file.name = "bank.jpg"
    return file


def receipt_of(client, response):
    assert response.status_code == 302, response.content.decode()[:3000]
    return client.get(response["Location"]).content.decode()


def test_a_visitor_hands_in_an_idea_and_gets_number_and_code(visitor, store):
    page = receipt_of(visitor, visitor.post(NEW, words(store)))
    idea = Idea.objects.get()
    assert re.search(r"G-\d{4}-\d{6}", page)
    assert re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", page)
    assert "Die Moderation prüft die Idee." in page
    assert idea.author.is_guest
    assert case_of(idea.ref).cause == "no_proof"  # no script: looked at, never refused
    assert visitor.get(f"/mitmachen/ideen/{idea.number}/").status_code == 404


def test_the_receipt_opens_by_its_token_only(visitor, store):
    visitor.post(NEW, words(store))
    for address in (
        "/mitmachen/ideen/eingang/",
        "/mitmachen/ideen/eingang/?schein=x",
        "/mitmachen/ideen/eingang/?schein=%00",
    ):
        assert "/nachsehen/" in visitor.get(address)["Location"]


def test_the_same_form_sent_twice_is_one_idea(visitor, store):
    sent = words(store)
    first, second = visitor.post(NEW, sent), visitor.post(NEW, sent)
    assert Idea.objects.count() == 1
    assert receipt_of(visitor, first) == receipt_of(visitor, second)


def test_with_an_account_the_author_sees_where_it_stands(store):
    person = people.person(display_name="Linde 7")
    client = signed_in(person)
    sent = words(store)
    del sent["contact_kind"]
    page = receipt_of(client, client.post(NEW, sent))
    idea = Idea.objects.get()
    assert f"/mitmachen/ideen/{idea.number}/" in page
    own = client.get(f"/mitmachen/ideen/{idea.number}/").content.decode()
    assert "Nur Sie und die Moderation sehen diese Seite" in own
    assert "wird geprüft" in client.get("/mitmachen/meine/").content.decode()
    assert case_of(idea.ref).cause == "new"


def test_an_error_keeps_every_word_and_the_picture(visitor, store):
    response = visitor.post(NEW, words(store, title="", place="Markt", image=picture(), image_alt="Eine Bank"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Fehler:" in page
    assert "Mit Lehne, im Schatten." in page
    token = re.search(r'name="image_kept" value="([^"]+)"', page)[1]
    assert "bank.jpg" in page
    again = visitor.post(NEW, words(store, image_kept=token, image_alt="Eine Bank"))
    assert again.status_code == 302
    idea = Idea.objects.get()
    assert [view.alt for view in images_of([idea.ref])[idea.ref]] == ["Eine Bank"]


def test_a_picture_needs_words_and_must_be_one(visitor, store):
    page = visitor.post(NEW, words(store, image=picture())).content.decode()
    assert "Bitte beschreiben Sie das Bild in einem Satz." in page
    text = BytesIO(b"<script>alert(1)</script>")
    text.name = "bank.jpg"
    response = visitor.post(NEW, words(store, image=text, image_alt="Eine Bank"))
    assert response.status_code == 422
    assert 'id="id_image_error"' in response.content.decode()
    assert not Idea.objects.exists()


def test_the_end_passing_while_the_form_is_open_keeps_the_text_and_says_so(visitor, store):
    assert visitor.get(f"{NEW}?speicher={store.number}").status_code == 200
    TopicStore.objects.filter(pk=store.pk).update(closes_at=timezone.now())
    response = visitor.post(NEW, words(store))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Diese Sammlung ist inzwischen geschlossen. Ihr Text ist noch da" in page
    assert "Mit Lehne, im Schatten." in page
    assert "Diese Sammlung ist geschlossen" in visitor.get(f"{NEW}?speicher={store.number}").content.decode()


def test_before_sending_the_form_says_who_reads_what_becomes_public_and_until_when(visitor, store):
    page = visitor.get(f"{NEW}?speicher={store.number}").content.decode()
    for sentence in (
        "Das liest: die Moderation",
        "Öffentlich werden: Text, Bild, Ort und Anzeigename",
        "Wir prüfen bis",
    ):
        assert sentence in page


def test_with_one_open_store_its_form_comes_at_once_with_several_the_choice(visitor, store):
    assert visitor.get(NEW)["Location"] == f"{NEW}?speicher={store.number}"
    other = builders.store()
    page = visitor.get(NEW).content.decode()
    assert f"?speicher={store.number}" in page
    assert f"?speicher={other.number}" in page
    TopicStore.objects.update(closes_at=timezone.now())
    assert "Zurzeit ist keine Sammlung offen" in visitor.get(NEW).content.decode()


@pytest.mark.parametrize("bad", ["x", "-1", "0", "99999", "1" * 40, "²", "1;drop", "%00"])
def test_numbers_of_nobodys_making_are_not_found(visitor, store, bad):
    assert visitor.get(f"{NEW}?speicher={bad}").status_code in {200, 302, 404}
    assert visitor.get(f"/mitmachen/ideen/?store={bad}&after={bad}&order={bad}&text={bad}").status_code == 200
    assert visitor.get(f"/mitmachen/ideen/{'9' * 30}/").status_code == 404
    assert visitor.get(f"/mitmachen/speicher/{'9' * 30}/").status_code == 404
    assert visitor.post(NEW, words(store) | {"store": bad}).status_code in {200, 302, 404}
    assert visitor.post("/mitmachen/ideen/entwurf/", {"draft": bad, "store": bad}).status_code == 404
    assert visitor.get(f"/mitmachen/ideen/aehnliche/?store={bad}&title={bad}").status_code in {200, 204}


def test_a_draft_is_kept_as_one_types_and_comes_back(visitor, store):
    draft = str(uuid4())
    typed = {"store": store.number, "draft": draft, "title": "Halb fertig", "body": "", "email": "a@example.org"}
    assert visitor.post("/mitmachen/ideen/entwurf/", typed, headers={"X-Draft": "1"}).status_code == 204
    kept = IdeaDraft.objects.get()
    assert kept.fields == {"title": "Halb fertig", "store": store.number}  # never how to reach somebody
    page = visitor.get(f"{NEW}?speicher={store.number}").content.decode()
    assert 'value="Halb fertig"' in page
    assert draft in page
    # In English, too: switching the language goes on where one was.
    assert "Halb fertig" in visitor.get(f"/en{NEW}?speicher={store.number}").content.decode()
    stranger = Client(headers={"host": "localhost"})
    assert "Halb fertig" not in stranger.get(f"{NEW}?speicher={store.number}&entwurf={draft}").content.decode()
    assert stranger.post("/mitmachen/ideen/entwurf/", typed, headers={"X-Draft": "1"}).status_code == 404
    assert visitor.post(NEW, words(store, draft=draft)).status_code == 302
    assert not IdeaDraft.objects.exists()


def test_a_draft_with_an_account_waits_under_my_ideas(store):
    person = people.person()
    client = signed_in(person)
    response = client.post("/mitmachen/ideen/entwurf/", {"store": store.number, "draft": str(uuid4()), "title": "Halb"})
    assert "Ihr Entwurf ist gespeichert" in response.content.decode()
    assert "Halb" in client.get("/mitmachen/meine/").content.decode()
    assert IdeaDraft.objects.get().person == person
    client.post("/mitmachen/ideen/entwurf/verwerfen/", {"draft": str(IdeaDraft.objects.get().pk)})
    assert not IdeaDraft.objects.exists()


def test_a_public_terminal_keeps_no_draft(store):
    kiosk = Client(headers={"host": "localhost"})
    kiosk.cookies["gera_kiosk"] = "1"
    typed = {"store": store.number, "draft": str(uuid4()), "title": "Halb"}
    assert kiosk.post("/mitmachen/ideen/entwurf/", typed, headers={"X-Draft": "1"}).status_code == 204
    assert not IdeaDraft.objects.exists()
    assert "data-autosave" not in kiosk.get(f"{NEW}?speicher={store.number}").content.decode()


def test_what_others_said_is_shown_quietly_and_announced_once(visitor, store):
    index_now(
        builders.published(store, title="Bänke mit Lehne am Markt", body="Alte Menschen brauchen eine Pause.").ref
    )
    index_now(builders.published(store, title="Mehr Bäume in der Sonne", body="Schatten für alle.").ref)
    ask = {"store": store.number, "title": "Eine Bank auf dem Markt"}
    first = visitor.get("/mitmachen/ideen/aehnliche/", ask)
    assert "Bänke mit Lehne am Markt" in first.content.decode()
    assert "Mehr Bäume" not in first.content.decode()
    assert "HX-Trigger" in first
    assert "HX-Trigger" not in visitor.get("/mitmachen/ideen/aehnliche/", ask | {"said": "1"})
    nothing = visitor.get("/mitmachen/ideen/aehnliche/", {"store": store.number, "title": "Schwimmbad"})
    assert "HX-Trigger" not in nothing


def test_a_visitors_page_holds_no_token_and_may_be_kept(visitor):
    idea = builders.published()
    for address in (
        "/mitmachen/",
        "/mitmachen/ideen/",
        f"/mitmachen/ideen/{idea.number}/",
        f"/mitmachen/speicher/{idea.store.number}/",
    ):
        response = visitor.get(address)
        assert "csrfmiddlewaretoken" not in response.content.decode()
        assert not response.cookies
        assert response["X-Allmende-Cache"] == "public"
        assert response["X-Allmende-Until"]


def test_support_needs_an_account_for_visitors_and_one_press_for_residents(visitor):
    idea = builders.published()
    address = f"/mitmachen/ideen/{idea.number}/unterstuetzen/"
    page = visitor.get(address).content.decode()
    assert "Unterstützen ist keine Unterschrift" in page
    assert f"next={address}" in page
    assert visitor.post(address).status_code == 401
    client = signed_in()
    assert client.post(address)["Location"] == f"/mitmachen/ideen/{idea.number}/"
    idea.refresh_from_db()
    assert idea.support_count == 1
    partial = client.post(address, {"take_back": "1"}, headers={"HX-Request": "true"})
    assert "HX-Trigger" in partial
    assert "<html" not in partial.content.decode()
    idea.refresh_from_db()
    assert idea.support_count == 0


def test_hostile_words_are_words(visitor, store):
    nasty = "<script>alert(1)</script>\"'&"
    idea = builders.published(
        store, title=nasty, body=nasty, place=nasty, guest={"contact_kind": "none", "display_name": nasty}
    )
    for address in (
        "/mitmachen/",
        "/mitmachen/ideen/",
        f"/mitmachen/ideen/{idea.number}/",
        f"/mitmachen/speicher/{store.number}/",
    ):
        page = visitor.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_the_list_narrows_orders_and_goes_on(visitor, store):
    question = builders.store(kind="future_question")
    for number in range(23):
        builders.published(store, title=f"Bank {number}", at=timezone.now() - timedelta(minutes=30 - number))
    answer = builders.published(question, title="Ein Baum für alle", district="lusan")
    page = visitor.get("/mitmachen/ideen/").content.decode()
    assert page.count("<li><article") == 20
    more = re.search(r'href="(\?after=[^"]+)"', page)[1]
    rest = visitor.get(f"/mitmachen/ideen/{more}", headers={"HX-Request": "true"}).content.decode()
    assert rest.count("<li><article") == 4
    assert "<html" not in rest
    index_now(answer.ref)
    assert "Ein Baum für alle" in visitor.get("/mitmachen/ideen/?text=Bäume").content.decode()
    assert visitor.get("/mitmachen/ideen/?district=lusan").content.decode().count("<li><article") == 1
    assert visitor.get(f"/mitmachen/ideen/?store={question.number}").content.decode().count("<li><article") == 1
    assert "Ein Baum für alle" not in visitor.get("/mitmachen/ideen/?order=supported").content.decode()
    assert visitor.get("/mitmachen/ideen/?order=ending").content.decode().count("<li><article") == 20
    assert answer.store == question


def test_the_list_asks_the_database_at_most_eight_times_however_long_it_is(
    visitor, store, django_assert_max_num_queries
):
    for _ in range(3):
        builders.published(store, category="licht")
    visitor.get("/mitmachen/ideen/")
    with django_assert_max_num_queries(4):
        visitor.get(f"/mitmachen/ideen/?store={store.number}")
    client = signed_in()
    client.get("/mitmachen/ideen/")
    with django_assert_max_num_queries(8):
        client.get(f"/mitmachen/ideen/?store={store.number}")


def test_an_idea_page_asks_at_most_fifteen_times_also_for_residents(store, django_assert_max_num_queries, deliver):
    person = people.person()
    idea = builders.published(store, author=person)
    deliver()
    client = signed_in(person)
    client.get(f"/mitmachen/ideen/{idea.number}/")
    with django_assert_max_num_queries(15):
        client.get(f"/mitmachen/ideen/{idea.number}/")


def test_staff_enter_what_came_by_telephone(store):
    clerk = people.clerk("umwelt")
    client = signed_in(clerk)
    sent = words(
        store,
        channel="telephone",
        received_on=f"{timezone.localtime():%Y-%m-%d}",
        language="de",
        category=f"{store.number}:licht",
    )
    response = client.post("/mitmachen/erfassen/", sent)
    page = receipt_of(client, response)
    idea = Idea.objects.get()
    assert (idea.channel, idea.entered_by_id, idea.category.slug) == (Channel.TELEPHONE, clerk.pk, "licht")
    assert re.search(r"G-\d{4}-\d{6}", page)
    wrong = client.post(
        "/mitmachen/erfassen/", words(store, channel="web", received_on="morgen", category="7:licht", language="de")
    )
    assert wrong.status_code == 422


def test_the_office_answers_on_a_page_that_shows_the_persons_words(store):
    idea = builders.published(store, title="Eine Bank", body="Mit Lehne.")
    client = signed_in(people.clerk("umwelt"))
    address = f"/mitmachen/ideen/{idea.number}/antworten/"
    assert "Mit Lehne." in client.get(address).content.decode()
    assert "Eine Bank" in client.get("/mitmachen/antworten/").content.decode()
    wrong = client.post(address, {"outcome": "no", "text": "Nein."})
    assert wrong.status_code == 422
    assert "Zu einem Nein gehört" in wrong.content.decode()
    assert client.post(address, {"outcome": "already", "text": "Steht schon da."}).status_code == 302
    page = Client(headers={"host": "localhost"}).get(f"/mitmachen/ideen/{idea.number}/").content.decode()
    assert "Das gibt es schon" in page
    assert "Steht schon da." in page


def test_an_overdue_step_says_so_in_words(visitor, store):
    idea = builders.published(store)
    idea.due_at = timezone.now() - timedelta(days=2)
    idea.save()
    assert "überfällig seit" in visitor.get(f"/mitmachen/ideen/{idea.number}/").content.decode()


def test_an_editor_sets_up_a_store_and_a_meeting_by_form(visitor):
    group = builders.group()
    client = signed_in(people.editor())
    day = timezone.localtime().date()
    filled = {
        "kind": "store", "title": "Was fehlt?", "opens_on": f"{day}", "closes_on": f"{day + timedelta(days=9)}",
        "categories": "Licht | Light\nGrün", "description": "", "is_formal": "",
    }  # fmt: skip
    address = f"/mitmachen/gruppen/{group.slug}/speicher/neu/"
    refused = client.post(address, filled)
    assert refused.status_code == 422
    assert refused.content.decode().count("Vor dem Öffnen muss dieses Feld ausgefüllt sein.") >= 5
    answers = dict.fromkeys(builders.CONTRACT, "So ist es.")
    assert client.post(address, filled | answers).status_code == 302
    store = TopicStore.objects.get()
    assert timezone.localtime(store.opens_at).hour == 0
    assert timezone.localtime(store.closes_at).date() == day + timedelta(days=10)
    assert [row.names for row in store.categories.all()] == [{"de": "Licht", "en": "Light"}, {"de": "Grün"}]
    assert client.get(f"/mitmachen/speicher/{store.number}/aendern/").status_code == 200
    unchanged = client.post(f"/mitmachen/speicher/{store.number}/aendern/", filled | answers)
    assert unchanged.status_code == 302
    assert TopicStore.objects.get().opens_at == store.opens_at
    meeting = {
        "topic": "Lesen",
        "day": f"{day + timedelta(days=3)}",
        "starts": "17:00",
        "ends": "18:30",
        "place": "Markt",
    }
    made = client.post(f"/mitmachen/gruppen/{group.slug}/termine/neu/", meeting)
    assert visitor.get(made["Location"]).status_code == 200
    late = client.post(f"/mitmachen/gruppen/{group.slug}/termine/neu/", meeting | {"day": "2020-01-01"})
    assert late.status_code == 422
    assert client.post(f"/mitmachen/speicher/{store.number}/schliessen/", {"reason": ""}).status_code == 302
    assert visitor.get(f"/mitmachen/speicher/{store.number}/papier/").status_code == 200


def test_joining_and_leaving_a_group_by_form(visitor):
    group = builders.group()
    assert visitor.get(f"/mitmachen/gruppen/{group.slug}/beitreten/").status_code == 401
    client = signed_in()
    client.post(f"/mitmachen/gruppen/{group.slug}/beitreten/")
    assert "Sie sind dabei:" in client.get(f"/mitmachen/gruppen/{group.slug}/").content.decode()
    client.post(f"/mitmachen/gruppen/{group.slug}/verlassen/")
    assert "Sie sind dabei:" not in client.get(f"/mitmachen/gruppen/{group.slug}/").content.decode()


def test_the_author_changes_and_withdraws_by_form(store):
    person = people.person()
    idea = builders.published(store, author=person)
    client = signed_in(person)
    address = f"/mitmachen/ideen/{idea.number}"
    changed = client.post(f"{address}/aendern/", {"title": "Neu", "body": "Neu", "category": "licht"})
    assert changed.status_code == 302
    assert "Ihre Änderung wird geprüft" in client.get(f"{address}/").content.decode()
    assert client.post(f"{address}/zurueckziehen/", {"reason": ""}).status_code == 302
    assert Client(headers={"host": "localhost"}).get(f"{address}/").status_code == 404
    assert signed_in().get(f"{address}/aendern/").status_code == 404


def test_a_refused_author_reads_why(store):
    person = people.person()
    idea = builders.idea(store, author=person)
    moderator = people.actor(people.moderator("participation"))
    actions.refuse_idea(
        actor=moderator, object_id=idea.pk, reason="Das ist Werbung.", rule="werbung", at=timezone.now()
    )
    assert "Das ist Werbung." in signed_in(person).get(f"/mitmachen/ideen/{idea.number}/").content.decode()


def test_how_it_works_is_the_table_itself(visitor):
    from allmende.capabilities.participation.workflow import STATES, TRANSITIONS

    page = visitor.get("/mitmachen/so-funktioniert-es/").content.decode()
    english = visitor.get("/en/mitmachen/so-funktioniert-es/").content.decode()
    for row in [*STATES.values(), *TRANSITIONS.values()]:
        assert row.labels["de"] in page
        assert row.labels["en"] in english
