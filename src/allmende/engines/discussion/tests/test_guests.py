"""Guests: a confirmed address where the city asks for one, and their own comment by number and code."""

import re

import pytest
from django.test import Client

from allmende.accounts import builders as accounts
from allmende.accounts import retention
from allmende.accounts.guests import LINK_LASTS
from allmende.accounts.models import OutgoingMail
from allmende.engines.discussion import actions
from allmende.engines.discussion.models import Case, Comment
from allmende.engines.discussion.tests.conftest import NOW
from allmende.engines.notify import rules as codes
from allmende.engines.notify.interface import receipt_of

GUEST = {"display_name": "Amsel", "contact_kind": "email", "email": "amsel@example.org"}


def form(**more):
    return {"body": "Mehr Bänke, bitte.", **GUEST, **more}


@pytest.fixture
def outbox(db):
    """Mail that waits to be sent, the newest first."""
    return lambda: list(OutgoingMail.objects.order_by("-created_at"))


@pytest.fixture
def url(room):
    return f"/diskussion/garden/bed/{room.bed(state='published').id}/neu/"


@pytest.fixture
def proved(monkeypatch):
    """The browser of a visitor did its work."""
    monkeypatch.setattr("allmende.accounts.interface.check_visitor", lambda *_a, **_k: "proved")


def link_in(outbox) -> str:
    mail = next(one for one in outbox() if "amsel@example.org" in one.to)
    return re.search(r"/konto/gast/\S+", mail.body).group()


def test_a_comment_waits_for_the_address_and_appears_from_any_browser(url, db, decide, outbox, deliver, proved):
    decide("guest_email", value=True)
    page = Client().post(url, form())
    made = Comment.objects.get()
    assert (made.state, made.awaits_proof) == ("held", True)
    assert not Case.objects.exists(), "nobody is asked to look at it yet"
    assert "Code eingeben" in page.content.decode()
    other = Client()
    link = link_in(outbox)
    assert "Ist das Ihre E-Mail-Adresse?" in other.get(link).content.decode()
    made.refresh_from_db()
    assert made.awaits_proof, "opening the page alone confirms nothing"
    done = other.post(link)
    assert "Ihre Adresse ist bestätigt" in done.content.decode()
    deliver()
    made.refresh_from_db()
    assert (made.state, made.awaits_proof, made.author.is_guest) == ("published", False, True)
    assert other.get("/konto/").status_code in {302, 401}, "nobody is signed in by it"
    again = Client().post(link)
    assert again.status_code == 200
    deliver()
    assert Comment.objects.filter(state="published").count() == 1


def test_what_stands_out_is_checked_after_the_address(url, decide, outbox, deliver, proved):
    decide("guest_email", value=True)
    Client().post(url, form(body="Schaut auf https://a.example"))
    Client().post(link_in(outbox))
    deliver()
    assert Comment.objects.get().state == "held"
    assert Case.objects.get().cause == "heuristic"


def test_without_an_address_the_form_says_so_and_an_unconfirmed_comment_goes_with_its_link(url, decide, outbox):
    decide("guest_email", value=True)
    page = Client().post(url, form(email=""))
    assert page.status_code == 422
    assert not Comment.objects.exists()
    Client().post(url, form())
    made = Comment.objects.get()
    link = link_in(outbox)
    retention.run(at=made.written_at + LINK_LASTS)
    made.refresh_from_db()
    assert (made.state, made.body, made.author) == ("withdrawn", "", None)
    late = Client().post(link)
    assert late.status_code in {404, 409}


def test_a_program_confirms_by_code(room, decide, outbox, deliver, client):
    decide("guest_email", value=True)
    ref = room.bed(state="published")
    sent = client.post(
        f"/api/v1/discussion/comments/{ref}",
        {"text": "Aus einem Programm.", "email": "amsel@example.org"},
        content_type="application/json",
    )
    assert sent.status_code == 202, sent.content
    confirm = sent.json()["confirm"]
    code = re.search(r"^(\d{4}-\d{4})$", next(iter(outbox())).body, re.MULTILINE).group()
    path = "/api/v1/accounts/guests/confirm"
    wrong = client.post(path, {"confirm": confirm, "code": "0000-0000"}, content_type="application/json")
    assert wrong.status_code == 422
    for _twice in range(2):
        right = client.post(path, {"confirm": confirm, "code": code}, content_type="application/json")
        assert right.status_code == 200, right.content
    deliver()
    assert Comment.objects.get().state == "published"


@pytest.fixture
def mine(room, db):
    """A guest's comment with its number and code."""
    from allmende.core.actor import Actor

    made = actions.add_comment(
        actor=Actor(), ref=room.bed(state="published"), body="Mehr Bänke.", guest={"contact_kind": "none"}, at=NOW
    )
    receipt = receipt_of(made.this, made.author_id)
    return made, {"number": receipt.number, "code": receipt.code}


def test_a_guest_changes_and_withdraws_by_number_and_code(mine):
    made, held = mine
    client = Client()
    url = f"/diskussion/kommentar/{made.pk}/mit-code/"
    assert client.get(f"/diskussion/kommentar/{made.pk}/aendern/").status_code == 401
    assert client.post(url, {**held, "code": "AAAA-AAAA"}).status_code == 422
    opened = client.post(url, held)
    assert opened.status_code == 302, opened.content.decode()
    page = client.get(opened["Location"]).content.decode()
    edit = re.search(r'href="(/diskussion/kommentar/\S+/aendern/\?schein=[^"]+)"', page).group(1)
    assert client.post(edit, {"body": "Mehr Bänke mit Lehne."}).status_code == 302
    made.refresh_from_db()
    assert made.current.body == "Mehr Bänke mit Lehne."
    assert client.post(edit.replace("aendern", "zurueckziehen")).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.versions.exclude(body="").count()) == ("withdrawn", 0)


def test_the_code_of_one_comment_opens_no_other_and_an_accounts_comment_needs_a_login(mine, room):
    made, held = mine
    other, other_held = mine[0], mine[1]
    stranger = actions.add_comment(actor=accounts.actor(accounts.person()), ref=made.ref, body="Von mir.", at=NOW)
    client = Client()
    assert client.post(f"/diskussion/kommentar/{stranger.pk}/mit-code/", held).status_code == 422
    opened = client.post(f"/diskussion/kommentar/{made.pk}/mit-code/", held)["Location"]
    token = opened.split("?", 1)[1]
    assert client.get(f"/diskussion/kommentar/{stranger.pk}/aendern/?{token}").status_code == 401
    made.author.is_guest = False
    made.author.email = "neu@example.org"
    made.author.save()
    assert client.get(f"/diskussion/kommentar/{made.pk}/aendern/?{token}").status_code == 401
    assert other.pk == made.pk
    assert codes.is_code(receipt_of(made.this, made.author_id).id, other_held["code"])


def test_number_and_code_cannot_be_guessed(mine):
    made, held = mine
    client = Client()
    url = f"/diskussion/kommentar/{made.pk}/mit-code/"
    answers = [client.post(url, {**held, "code": f"AAAA-AA{n:02}"}).content.decode() for n in range(12)]
    assert "Nummer und Code gehören nicht" in answers[0]
    assert "Nummer und Code gehören nicht" not in answers[-1]
    made.refresh_from_db()
    assert made.state == "published"
