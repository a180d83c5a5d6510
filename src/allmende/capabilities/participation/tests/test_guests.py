"""Who may hand in without an account: anybody, whoever confirms an address, or nobody; the store decides."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts import retention
from allmende.accounts.guests import LINK_LASTS
from allmende.accounts.models import AddressProof, OutgoingMail
from allmende.capabilities.participation import builders
from allmende.capabilities.participation.models import Idea, TopicStore
from allmende.engines.discussion.interface import case_of
from allmende.engines.discussion.models import Case

NEW = "/mitmachen/ideen/neu/"
GUEST = {"display_name": "Amsel", "contact_kind": "email", "email": "amsel@example.org"}


@pytest.fixture
def browser(db):
    return Client(headers={"host": "localhost"})


@pytest.fixture
def store(db):
    return builders.store(guests="confirmed")


def words(store, **more):
    return {"store": store.number, "title": "Eine Bank", "body": "Im Schatten.", "_once": uuid4().hex, **GUEST, **more}


def mail() -> OutgoingMail:
    return OutgoingMail.objects.get(to="amsel@example.org")


def link() -> str:
    return re.search(r"/konto/gast/\S+", mail().body).group()


def code() -> str:
    return re.search(r"^\d{4}-\d{4}$", mail().body, re.MULTILINE).group()


def test_an_idea_waits_for_the_address_by_link_in_another_browser(browser, store, deliver):
    form = browser.get(f"{NEW}?speicher={store.number}").content.decode()
    assert "Wir senden Ihnen einen Link" in form
    assert 'name="telephone"' not in form
    page = browser.get(browser.post(NEW, words(store))["Location"]).content.decode()
    assert "Bitte bestätigen Sie Ihre E-Mail-Adresse" in page
    idea = Idea.objects.get()
    assert (idea.state, idea.awaits_proof, case_of(idea.ref)) == ("submitted", True, None)
    deliver()
    assert OutgoingMail.objects.count() == 1, "nothing else goes to an address that nobody confirmed"
    other = Client(headers={"host": "localhost"})
    assert other.get(link()).status_code == 200
    assert Idea.objects.get().awaits_proof, "looking is not confirming: programs open links in mails"
    assert "Ihre Adresse ist bestätigt" in other.post(link()).content.decode()
    deliver()
    idea.refresh_from_db()
    assert not idea.awaits_proof
    assert (case_of(idea.ref).cause, idea.due_at) == ("new", case_of(idea.ref).due_at)
    other.post(link())
    deliver()
    assert Case.objects.count() == 1, "a link followed twice changes nothing"
    assert other.get(f"/mitmachen/ideen/{idea.number}/").status_code == 404, "nobody was signed in"


def test_the_code_works_for_fifteen_minutes_in_the_same_browser(browser, store, deliver):
    page = browser.get(browser.post(NEW, words(store))["Location"]).content.decode()
    enter = re.search(r'href="(/konto/gast/code/\?g=[^"]+)"', page).group(1)
    assert browser.post(enter, {"code": "1234"}).status_code == 422
    AddressProof.objects.update(code_until=timezone.now())
    assert "Dieser Code ist zu alt" in browser.post(enter, {"code": code()}).content.decode()
    AddressProof.objects.update(code_until=timezone.now() + timedelta(minutes=1))
    assert "Ihre Adresse ist bestätigt" in browser.post(enter, {"code": code()}).content.decode()
    deliver()
    assert case_of(Idea.objects.get().ref) is not None
    assert browser.get("/konto/gast/code/?g=falsch").status_code == 404


def test_codes_cannot_be_tried_out(browser, store):
    page = browser.get(browser.post(NEW, words(store))["Location"]).content.decode()
    enter = re.search(r'href="(/konto/gast/code/\?g=[^"]+)"', page).group(1)
    answers = [browser.post(enter, {"code": f"0000-00{n:02}"}).content.decode() for n in range(12)]
    assert "Dieser Code passt nicht" in answers[0]
    assert "Dieser Code passt nicht" not in answers[-1]
    assert Idea.objects.get().awaits_proof


def test_a_link_that_is_too_old_confirms_nothing_and_the_words_are_gone(browser, store, deliver):
    browser.post(NEW, words(store))
    late, idea = link(), Idea.objects.get()
    AddressProof.objects.update(expires_at=timezone.now())
    assert browser.post(late).status_code in {409, 410, 422}
    assert Idea.objects.get().awaits_proof
    retention.run(at=idea.submitted_at + LINK_LASTS)
    idea.refresh_from_db()
    assert (idea.state, idea.author, idea.version.body, idea.author_name) == ("withdrawn", None, "", "")
    assert not AddressProof.objects.exists()
    assert browser.post(late).status_code == 404


def test_a_guest_who_confirmed_becomes_an_account_with_the_idea(browser, store, deliver, settings, tmp_path):
    browser.post(NEW, words(store))
    done = browser.post(link()).content.decode()
    deliver()
    claim = re.search(r'href="(/konto/neu/\?gast=[^"]+)"', done).group(1)
    token = claim.split("=", 1)[1]
    browser.get(claim)
    sent = browser.post("/konto/neu/", {"email": "amsel@example.org", "display_name": "Amsel", "guest": token})
    assert sent.status_code == 302, sent.content.decode()
    person = Idea.objects.get().author
    assert (person.email, person.is_guest) == ("amsel@example.org", True), "a guest's until the code was entered"


def test_where_an_account_is_needed_the_form_says_so_but_paper_counts(browser, db):
    store = builders.store(guests="none")
    assert browser.get(f"{NEW}?speicher={store.number}").status_code == 401
    assert browser.post(NEW, words(store)).status_code == 401
    resident = people.login(Client(headers={"host": "localhost"}), people.person())
    assert resident.post(NEW, words(store)).status_code == 302
    assert Idea.objects.count() == 1


def test_a_program_hands_in_and_confirms(browser, store, deliver):
    def post(path, body):
        return browser.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")

    idea = {"store": store.number, "title": "Eine Bank", "text": "Im Schatten."}
    assert post("/participation/ideas", idea).status_code == 422
    taken = post("/participation/ideas", {**idea, "contact_kind": "email", "email": "amsel@example.org"})
    assert taken.status_code == 201, taken.content
    confirm = {"confirm": taken.json()["confirm"], "code": code()}
    assert post("/accounts/guests/confirm", {**confirm, "confirm": "x"}).status_code == 404
    assert post("/accounts/guests/confirm", confirm).status_code == 200
    deliver()
    assert not Idea.objects.get().awaits_proof
    assert browser.get(f"/api/v1/participation/stores/{store.number}").json()["guests"] == "confirmed"


def test_an_editor_chooses_who_may_write(db):
    store = builders.store()
    editor = people.login(Client(headers={"host": "localhost"}), people.editor())
    page = editor.get(f"/mitmachen/speicher/{store.number}/aendern/").content.decode()
    assert "Dürfen Menschen ohne Konto schreiben?" in page
    assert TopicStore.objects.get().guests == "open"
