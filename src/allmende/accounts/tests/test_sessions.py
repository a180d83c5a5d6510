"""A login: where it is, what ends it, and what a stolen one is worth."""

import re
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders, sessions
from allmende.accounts.models import Session
from allmende.core.models import AuditEntry

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEWER = FIREFOX.replace("140", "141")
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1"
PASSWORD = "vier zufällige wörter hier"


def browser(agent: str = FIREFOX) -> Client:
    return Client(headers={"user-agent": agent})


def sign_in(client: Client, person) -> Client:
    client.post("/konto/anmelden/passwort/", {"login": person.email, "password": PASSWORD})
    return client


def make_old(client: Client, by: float = 3600) -> None:
    session = client.session
    session["account_authentication_methods"] = [
        {**record, "at": record["at"] - by} for record in session["account_authentication_methods"]
    ]
    session.save()


@pytest.fixture
def anna(db):
    return builders.person(email="anna@example.org", password=PASSWORD)


def test_the_list_says_device_way_and_day(anna):
    client = sign_in(browser(), anna)
    sign_in(browser(SAFARI), anna).get("/konto/")
    client.get("/konto/")
    page = client.get("/konto/anmeldungen/").content.decode()
    for words in ("Firefox, Linux", "Safari, iPhone", "mit Passwort", "zuletzt", "dieses Gerät"):
        assert words in page
    row = Session.objects.get(session_key=client.session.session_key)
    assert (row.way, row.seen_on) == ("password", timezone.localdate())


@pytest.mark.parametrize(
    ("records", "way"),
    [
        ([{"method": "mfa", "type": "webauthn", "passwordless": True}], "passkey"),
        ([{"method": "code"}, {"method": "mfa", "type": "totp"}], "code+app"),
        ([{"method": "password"}, {"method": "mfa", "type": "recovery_codes"}], "password+emergency"),
        ([{"method": "socialaccount", "provider": "bundid"}], "bundid"),
        ([], ""),
    ],
)
def test_a_way_in_has_a_word(records, way):
    assert sessions.way_of({"account_authentication_methods": records}) == way


def test_a_stolen_session_ends_where_it_turns_up_and_its_owner_is_signed_out(anna):
    client = sign_in(browser(), anna)
    key = client.session.session_key
    updated = browser(NEWER)
    updated.cookies = client.cookies
    assert updated.get("/konto/").status_code == 200, "a newer version is the same browser"
    thief = browser(SAFARI)
    thief.cookies = client.cookies.copy()
    assert thief.get("/konto/").status_code == 401
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/konto/").status_code == 401
    assert AuditEntry.objects.filter(action="accounts.stop_session").count() == 1


def test_a_session_that_is_not_fresh_opens_no_door_for_later(anna):
    client = sign_in(browser(), anna)
    make_old(client)
    assert client.get("/konto/").status_code == 200
    for page in ("loeschen/", "zugaenge/", "e-mail/", "schutz/passkey/", "schutz/app/"):
        assert client.get(f"/konto/{page}")["Location"].startswith("/konto/bestaetigen/"), page
    assert client.post("/konto/daten/mitnehmen/")["Location"].startswith("/konto/bestaetigen/")
    token = {"label": "x", "scopes": ["accounts:read"], "expires_on": "2099-01-01"}
    assert client.post("/konto/zugaenge/", token)["Location"].startswith("/konto/bestaetigen/")
    client.post("/konto/bestaetigen/?next=/konto/zugaenge/", {"password": PASSWORD})
    assert client.get("/konto/zugaenge/").status_code == 200


def test_signing_in_gives_a_new_key(anna):
    client = browser()
    client.get("/konto/anmelden/passkey/", headers={"accept": "application/json"})
    before = client.session.session_key
    sign_in(client, anna)
    assert before
    assert client.session.session_key != before
    assert Session.objects.filter(person=anna).count() == 1


def test_what_was_typed_after_the_login_had_ended_waits_for_the_next_one(anna):
    client = sign_in(browser(), anna)
    client.get("/konto/angaben/")
    Session.objects.all().delete()
    client.cookies["gera_csrf"] = "x" * 32
    typed = {"display_name": "Birke 77", "language": "de", "contact_kind": "email", "password": "geheim geheim"}
    assert client.post("/konto/angaben/", typed).status_code == 401
    waiting = Session.objects.get()
    assert waiting.expire_date < timezone.now() + timedelta(hours=1, minutes=1)
    sign_in(client, anna)
    answer = client.get("/konto/angaben/")
    assert answer["Location"] == "/konto/weiter/"
    page = client.get("/konto/weiter/").content.decode()
    assert "Birke 77" in page
    assert "geheim" not in page
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.split("<main", 1)[1]))
    assert client.post("/konto/angaben/", fields).status_code == 302
    anna.refresh_from_db()
    assert anna.display_name == "Birke 77"
    assert client.get("/konto/angaben/").status_code == 200, "and it is shown once"


def test_a_terminal_forgets_everyone(anna):
    staff = builders.moderator(password=PASSWORD)
    device = sign_in(browser(), staff)
    assert device.get("/verwaltung/terminal/").status_code == 200
    answer = device.post("/verwaltung/terminal/")
    assert answer["Clear-Site-Data"] == '"storage"'
    assert device.cookies["gera_kiosk"].value == "1"
    assert device.get("/konto/").status_code == 401, "whoever set it up is signed out"
    sign_in(device, anna)
    page = device.get("/konto/").content.decode()
    assert "data-kiosk" in page
    ends = int(re.search(r'data-ends="(\d+)"', page).group(1))
    assert 590 < ends - time.time() < 610
    row = Session.objects.get(person=anna)
    assert row.expire_date < timezone.now() + timedelta(minutes=11)
    Session.objects.all().delete()
    device.cookies["gera_csrf"] = "x" * 32
    device.post("/konto/angaben/", {"display_name": "Birke 77"})
    assert not Session.objects.exists(), "nothing typed stays at a terminal"
    sign_in(device, staff)
    device.post("/verwaltung/terminal/")
    assert device.cookies["gera_kiosk"].value == ""


def test_residents_make_no_terminals(client, anna):
    assert builders.login(client, anna).get("/verwaltung/terminal/").status_code == 403
