"""The second step: an app with codes, codes for emergencies, and staff roles that rest without one."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client, TestCase
from django.utils import timezone

from allmende.accounts import actions, builders, tokens
from allmende.accounts.models import SpentChallenge
from allmende.core.models import AuditEntry

PASSWORD = "vier zufällige wörter hier"


def app_code(secret: str, *, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def sign_in(client: Client, person, password: str = PASSWORD):
    return client.post("/konto/anmelden/passwort/", {"login": person.email, "password": password})


def set_up_app(client: Client) -> str:
    page = client.get("/konto/schutz/app/").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post("/konto/schutz/app/", {"code": app_code(secret)})
    assert answer["Location"] == "/konto/schutz/codes/"
    SpentChallenge.objects.all().delete()  # as if half a minute had passed
    return secret


def codes_on(client: Client) -> list[str]:
    return re.findall(r"<code>(\d{4}-\d{4})</code>", client.get("/konto/schutz/codes/").content.decode())


@pytest.fixture
def anna(db):
    return builders.person(email="anna@example.org", password=PASSWORD)


@pytest.fixture
def protected(anna, outbox):
    """Anna's account with an app; her secret."""
    client = Client()
    sign_in(client, anna)
    return set_up_app(client)


def test_an_app_becomes_the_second_step_of_every_way_in(anna, protected, outbox):
    client = Client()
    answer = sign_in(client, anna)
    assert answer["Location"] == "/konto/anmelden/zweiter-schritt/"
    assert client.get("/konto/").status_code == 401
    assert client.post(answer["Location"], {"code": "000000"}).status_code == 422
    assert client.post(answer["Location"], {"code": app_code(protected)}).status_code == 302
    assert client.get("/konto/").status_code == 200
    other = Client()
    other.post("/konto/anmelden/", {"email": anna.email})
    mail = next(letter for letter in outbox() if "Anmelden" in letter.subject)
    answer = other.post("/konto/anmelden/code/", {"code": re.search(r"\d{4}-\d{4}", mail.body).group()})
    assert answer["Location"] == "/konto/anmelden/zweiter-schritt/"
    assert other.get("/konto/").status_code == 401


def test_a_code_of_the_app_counts_once_anywhere(anna, protected):
    code = app_code(protected)
    one, two = Client(), Client()
    for client in (one, two):
        sign_in(client, anna)
    assert one.post("/konto/anmelden/zweiter-schritt/", {"code": code}).status_code == 302
    from django.core.cache import cache

    cache.clear()  # another process knows nothing of the first
    assert two.post("/konto/anmelden/zweiter-schritt/", {"code": code}).status_code == 422
    assert two.get("/konto/").status_code == 401


def test_codes_of_an_app_cannot_be_tried_for_long(anna, protected):
    states = []
    for _ in range(21):
        client = Client()
        sign_in(client, anna)
        states.append(client.post("/konto/anmelden/zweiter-schritt/", {"code": "000000"}))
        if states[-1].status_code == 404:
            break
    assert states[-1].status_code in {302, 429} or "geht es weiter" in states[-1].content.decode()
    assert client.get("/konto/").status_code == 401


def test_a_code_for_emergencies_opens_once(anna, protected):
    client = Client()
    sign_in(client, anna)
    client.post("/konto/anmelden/zweiter-schritt/", {"code": app_code(protected)})
    codes = codes_on(client)
    assert len(codes) == 10
    assert "attachment" in client.get("/konto/schutz/codes/datei/")["Content-Disposition"]
    for expected in (302, 422):
        other = Client()
        sign_in(other, anna)
        assert other.post("/konto/anmelden/zweiter-schritt/", {"code": codes[0]}).status_code == expected
    assert len(codes_on(client)) == 9
    client.post("/konto/schutz/codes/neu/")
    assert not set(codes) & set(codes_on(client))


def test_the_database_does_not_tell_the_secret_and_the_owner_is_told(anna, protected, outbox):
    held = Authenticator.objects.get(type="totp")
    assert protected not in str(held.data)
    assert tokens.sealing().decrypt(held.data["secret"].encode()).decode() == protected
    assert any("App mit Codes wurde eingerichtet" in letter.subject for letter in outbox())
    entries = AuditEntry.objects.filter(action="accounts.add_factor")
    assert {tuple(entry.fields) for entry in entries} == {("totp",), ("recovery_codes",)}


def test_what_protects_an_account_changes_only_after_showing_again_who_one_is(anna, protected):
    client = Client()
    sign_in(client, anna)
    client.post("/konto/anmelden/zweiter-schritt/", {"code": app_code(protected)})
    session = client.session
    for record in (records := session["account_authentication_methods"]):
        record["at"] -= 3600
    session["account_authentication_methods"] = records
    session.save()
    for page in ("app/entfernen/", "passkey/", "codes/", "codes/neu/", "codes/datei/"):
        answer = client.get(f"/konto/schutz/{page}")
        assert answer["Location"].startswith("/konto/bestaetigen/code/?next="), page
    assert client.post("/konto/schutz/app/entfernen/")["Location"].startswith("/konto/bestaetigen/")
    assert Authenticator.objects.filter(type="totp").exists()
    way = "/konto/bestaetigen/code/?next=/konto/schutz/app/entfernen/"
    assert client.post(way, {"code": "000000"}).status_code == 422
    assert client.post(way, {"code": app_code(protected, step=1)})["Location"] == "/konto/schutz/app/entfernen/"
    client.post("/konto/schutz/app/entfernen/")
    assert not Authenticator.objects.exists()


def test_a_session_without_a_recent_proof_cannot_add_a_way_in(anna, client):
    """A stolen session, or one left open, does not become a way of its own into the account."""
    client.force_login(anna)
    assert client.get("/konto/schutz/passkey/")["Location"].startswith("/konto/bestaetigen/?next=")
    bare = Client()
    bare.force_login(builders.person())
    assert bare.get("/konto/schutz/app/")["Location"].startswith("/konto/neuer-code/?next=")
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "sent", ["", "null", "0", "[]", '"x"', "{}", '{"response": null}', '{"id": "x", "rawId": "!"}']
)
def test_a_passkey_that_is_none_is_refused_in_words(anna, client, sent):
    sign_in(client, anna)
    client.get("/konto/schutz/passkey/")
    answer = client.post("/konto/schutz/passkey/", {"name": "Telefon", "credential": sent})
    assert answer.status_code == 422
    assert "Passkey passt nicht" in answer.content.decode()
    assert not Authenticator.objects.exists()
    visitor = Client()
    visitor.get("/konto/anmelden/passkey/", headers={"accept": "application/json"})
    answer = visitor.post("/konto/anmelden/passkey/", {"credential": sent})
    assert answer["Location"].startswith("/konto/anmelden/")
    assert visitor.get("/konto/").status_code == 401


class TestStaff:
    @pytest.fixture(autouse=True)
    def _in_earnest(self, settings):
        settings.STAFF_SECOND_FACTOR = True

    @pytest.mark.django_db(transaction=True)
    def test_roles_rest_until_the_second_step_and_the_way_leads_there(self, outbox):
        boss = builders.administrator(password=PASSWORD)
        client = Client()
        sign_in(client, boss)
        answer = client.get("/verwaltung/rollen/")
        assert answer["Location"] == "/konto/schutz/?next=%2Fverwaltung%2Frollen%2F"
        page = client.get(answer["Location"]).content.decode()
        assert "Ihre Rollen ruhen" in page
        assert "/verwaltung/" not in page.split("<main", 1)[0], "the menu of staff is not shown either"
        assert "Ihre Rollen bei der Stadt ruhen" in client.get("/konto/").content.decode()
        set_up_app(client)
        assert client.get("/verwaltung/rollen/").status_code == 200
        assert "ruhen" not in client.get("/konto/").content.decode()

    def test_nothing_is_done_by_a_form_either(self, db):
        boss, someone = builders.administrator(), builders.person()
        client = builders.login(Client(), boss)
        data = {"email": someone.email, "role": "moderator", "scope": "*"}
        assert client.post("/verwaltung/rollen/", data)["Location"] == "/konto/schutz/"
        assert not someone.role_grants.exists()
        assert client.get("/api/v1/accounts/me").json()["roles"] == []

    def test_a_token_carries_roles_only_when_it_was_made_behind_the_second_step(self, db):
        boss = builders.administrator()
        at = timezone.now()
        given = {"label": "x", "scopes": ["accounts:read"], "expires_at": at + timedelta(days=2), "at": at}
        weak = actions.create_token(actor=builders.actor(boss), **given)
        strong = actions.create_token(actor=builders.actor(boss), second_factor=True, **given)
        found = []
        for token in (weak, strong):
            headers = {"authorization": f"Bearer {tokens.secret_of(token.pk)}"}
            found.append(Client().get("/api/v1/accounts/me", headers=headers).json()["roles"])
        assert found == [[], [{"role": "administrator", "scope": ""}]]

    def test_residents_are_asked_for_nothing(self, db):
        client = builders.login(Client(), builders.person())
        assert client.get("/konto/").status_code == 200
        assert client.get("/verwaltung/").status_code == 403

    def test_who_lost_everything_gets_a_fresh_start_from_the_operator(self, db, outbox):
        from django.core.management import call_command

        boss = builders.administrator(password=PASSWORD)
        client = Client()
        sign_in(client, boss)
        set_up_app(client)
        call_command("reset_factors", boss.email)
        assert not Authenticator.objects.exists()
        assert client.get("/konto/").status_code == 401, "who was signed in has to sign in again"
        sign_in(client, boss)
        assert client.get("/verwaltung/").status_code == 302
        assert AuditEntry.objects.filter(action="accounts.reset_factors").count() == 1
        assert any("zweiter Schritt wurde zurückgesetzt" in letter.subject for letter in outbox())


def test_demonstrations_work_without_and_say_so(client, db, settings):
    from allmende.accounts import seeds
    from allmende.core import city

    seeds.seed(city.pack())
    settings.DEMO = True
    assert "ohne zweiten Schritt" in client.get("/konto/anmelden/").content.decode()
    client.post("/konto/demo/", {"person": "administrator"})
    assert client.get("/verwaltung/rollen/").status_code == 200
    assert "ohne zweiten Schritt" in client.get("/konto/schutz/").content.decode()


def test_export_names_what_protects_me_and_no_secret(anna, protected):
    from allmende.accounts.personal_data import erase_factors, export_factors

    rows = list(export_factors(anna.pk))
    assert {row["type"] for row in rows} == {"totp", "recovery_codes"}
    assert protected not in str(rows)
    erase_factors(anna.pk, _keep_texts=False)
    assert not Authenticator.objects.exists()
