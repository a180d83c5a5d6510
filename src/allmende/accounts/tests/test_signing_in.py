"""Signing in: by a code from the outbox, by password, as an example person, as the first administrator."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from allmende.accounts import actions, builders, seeds, tokens
from allmende.accounts.models import OneTimeLink, Person, PersonKey, RoleGrant, Session
from allmende.core import city
from allmende.core.actor import SYSTEM, Actor, Role
from allmende.core.errors import Closed, NotAllowed
from allmende.core.models import AuditEntry, Event

LOGIN, CODE, SIGNUP = "/konto/anmelden/", "/konto/anmelden/code/", "/konto/neu/"


def code_for(outbox, address: str) -> str:
    letter = next(letter for letter in outbox() if address in letter.to)
    return re.search(r"\d{4}-\d{4}", letter.body).group()


def wrong(code: str) -> str:
    return "0000-0000" if code != "0000-0000" else "1111-1111"


def test_a_code_from_the_mail_signs_in_and_leads_back(client, db, outbox):
    person = builders.person(email="anna@example.org")
    page = client.get(LOGIN + "?next=/suche/")
    assert 'autocomplete="email"' in page.content.decode()
    answer = client.post(LOGIN + "?next=/suche/", {"email": "Anna@Example.org"})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert "anna@example.org" in page
    answer = client.post(answer["Location"], {"code": code_for(outbox, "anna@example.org").replace("-", " ")})
    assert (answer.status_code, answer["Location"]) == (302, "/suche/")
    assert client.session["_auth_user_id"] == str(person.pk)
    row = Session.objects.get(person=person)
    assert row.since is not None


def test_a_used_code_is_worth_nothing(client, db, outbox):
    builders.person(email="anna@example.org")
    client.post(LOGIN, {"email": "anna@example.org"})
    code = code_for(outbox, "anna@example.org")
    assert client.post(CODE, {"code": code}).status_code == 302
    client.post("/konto/abmelden/")
    answer = client.post(CODE, {"code": code})
    assert "_auth_user_id" not in client.session
    assert answer["Location"].startswith(LOGIN)
    other = Client()
    other.post(LOGIN, {"email": "anna@example.org"})
    assert other.post(CODE, {"code": code}).status_code == 422


def test_three_wrong_codes_end_the_attempt(client, db, outbox):
    builders.person(email="anna@example.org")
    client.post(LOGIN, {"email": "anna@example.org"})
    code = code_for(outbox, "anna@example.org")
    for _ in range(2):
        answer = client.post(CODE, {"code": wrong(code)})
        assert answer.status_code == 422
        assert "Fehler:" in answer.content.decode()
    assert client.post(CODE, {"code": wrong(code)})["Location"].startswith(LOGIN)
    assert client.post(CODE, {"code": code})["Location"].startswith(LOGIN)
    assert "_auth_user_id" not in client.session


def test_a_code_ends_after_fifteen_minutes(client, db, outbox, monkeypatch):
    import time

    builders.person(email="anna@example.org")
    client.post(LOGIN, {"email": "anna@example.org"})
    code = code_for(outbox, "anna@example.org")
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 901)
    assert client.post(CODE, {"code": code})["Location"].startswith(LOGIN)


def test_an_unknown_address_looks_exactly_like_a_known_one(db, outbox):
    builders.person(email="anna@example.org")
    pages = []
    for address in ("anna@example.org", "fremd@example.org"):
        client = Client()
        answer = client.post(LOGIN, {"email": address})
        page = client.get(answer["Location"]).content.decode().replace(address, "X")
        pages.append((answer.status_code, answer["Location"], re.sub(r'value="[^"]+"', "", page)))
    assert pages[0] == pages[1]
    told = next(letter for letter in outbox() if "fremd@example.org" in letter.to)
    assert "kein Konto" in told.subject


def test_asking_for_codes_too_often_names_the_waiting_time(client, db, outbox):
    for _ in range(8):
        Client().post(LOGIN, {"email": "anna@example.org"})
    answer = client.post(LOGIN, {"email": "anna@example.org"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    page = answer.content.decode()
    assert re.search(r"In \d+ Minuten geht es weiter", page)
    assert 'value="anna@example.org"' in page


def test_a_new_account_needs_an_address_and_a_code_and_nothing_else(client, db, outbox):
    page = client.get(SIGNUP).content.decode()
    suggested = re.search(r'name="display_name" value="([^"]+)"', page).group(1)
    answer = client.post(SIGNUP + "?next=/suche/", {"email": "neu@example.org", "display_name": suggested})
    assert answer["Location"] == "/konto/code/"
    person = Person.objects.get(email="neu@example.org")
    assert person.is_guest
    assert not person.has_usable_password()
    answer = client.post("/konto/code/", {"code": code_for(outbox, "neu@example.org")})
    assert answer["Location"] == "/suche/"
    person.refresh_from_db()
    assert (person.is_guest, person.display_name) == (False, suggested)
    assert PersonKey.objects.filter(person=person).exists()
    assert EmailAddress.objects.get(user=person).verified
    names = list(AuditEntry.objects.values_list("action", flat=True))
    assert names[:2] == ["accounts.open_account", "accounts.confirm_account"]
    assert Event.objects.filter(name="accounts.account_opened").count() == 1


def test_signing_up_again_tells_only_the_owner_of_the_address(client, db, outbox):
    builders.person(email="anna@example.org")
    answer = client.post(SIGNUP, {"email": "anna@example.org", "display_name": "Anna"})
    assert answer["Location"] == "/konto/code/"
    assert Person.objects.count() == 1
    assert "schon ein Konto" in outbox()[0].subject


def test_what_a_guest_wrote_stays_theirs_when_they_open_an_account(client, db, outbox):
    from allmende.accounts.interface import claim_url

    guest = builders.guest(display_name="Linde 7")
    client.get(claim_url(guest.pk))
    page = client.get(claim_url(guest.pk)).content.decode()
    claim = re.search(r'name="guest" value="([^"]+)"', page).group(1)
    client.post(SIGNUP, {"email": "neu@example.org", "display_name": "Linde 7", "guest": claim})
    client.post("/konto/code/", {"code": code_for(outbox, "neu@example.org")})
    guest.refresh_from_db()
    assert (guest.email, guest.is_guest) == ("neu@example.org", False)
    # a forged or second claim makes an account of its own
    other = Client()
    other.post(SIGNUP, {"email": "zwei@example.org", "display_name": "Zwei", "guest": claim[:-2] + "xx"})
    assert Person.objects.get(email="zwei@example.org").pk != guest.pk


def test_a_password_signs_in_and_a_wrong_one_says_so(client, db):
    builders.person(email="anna@example.org", password="vier zufällige wörter hier")
    url = "/konto/anmelden/passwort/"
    answer = client.post(url, {"login": "anna@example.org", "password": "falsch falsch falsch"})
    assert answer.status_code == 422
    assert "passen nicht zusammen" in answer.content.decode()
    unknown = Client().post(url, {"login": "wer@example.org", "password": "falsch falsch falsch"})
    assert "passen nicht zusammen" in unknown.content.decode()
    answer = client.post(url + "?next=/suche/", {"login": "anna@example.org", "password": "vier zufällige wörter hier"})
    assert answer["Location"] == "/suche/"


def test_passwords_cannot_be_tried_for_long(db):
    builders.person(email="anna@example.org", password="vier zufällige wörter hier")
    data = {"login": "anna@example.org", "password": "falsch falsch falsch"}
    states = [Client().post("/konto/anmelden/passwort/", data).status_code for _ in range(11)]
    assert states == [422] * 10 + [429]


def test_a_forgotten_password_is_replaced_by_a_code(client, db, outbox):
    person = builders.person(email="anna@example.org", password="vier zufällige wörter hier")
    answer = client.post("/konto/passwort/vergessen/", {"email": "anna@example.org"})
    assert answer["Location"] == "/konto/passwort/vergessen/code/"
    client.post(answer["Location"], {"code": code_for(outbox, "anna@example.org")})
    answer = client.post("/konto/passwort/neu/", {"password1": "kurz"})
    assert answer.status_code == 422
    answer = client.post("/konto/passwort/neu/", {"password1": "ganz andere worte nun"})
    assert answer["Location"] == "/konto/passwort/geaendert/"
    person.refresh_from_db()
    assert person.check_password("ganz andere worte nun")
    assert any("Passwort wurde geändert" in letter.subject for letter in outbox())
    assert AuditEntry.objects.filter(action="accounts.set_password").exists()


def test_a_new_address_counts_once_it_is_proven_and_the_old_one_is_told(client, db, outbox):
    person = builders.person(email="alt@example.org")
    builders.login(client, person)
    answer = client.post("/konto/e-mail/", {"email": "neu@example.org", "action_add": "1"})
    assert answer["Location"] == "/konto/code/"
    person.refresh_from_db()
    assert person.email == "alt@example.org"
    client.post("/konto/code/", {"code": code_for(outbox, "neu@example.org")})
    person.refresh_from_db()
    assert person.email == "neu@example.org"
    assert list(EmailAddress.objects.filter(user=person).values_list("email", flat=True)) == ["neu@example.org"]
    assert any("alt@example.org" in letter.to and "geändert" in letter.subject for letter in outbox())
    assert AuditEntry.objects.filter(action="accounts.change_email").count() == 1


def test_a_password_change_ends_other_sessions_and_keeps_this_one(client, db, outbox):
    person = builders.person(password="vier zufällige wörter hier")
    other = builders.login(Client(), person)
    builders.login(client, person)
    data = {"oldpassword": "vier zufällige wörter hier", "password1": "ganz andere worte nun"}
    assert client.post("/konto/passwort/", data).status_code == 302
    assert client.get("/konto/").status_code == 200
    assert other.get("/konto/").status_code == 401


def test_example_people_exist_only_in_a_demonstration(client, db, settings):
    seeds.seed(city.pack())
    data = {"person": "administrator", "next": "/verwaltung/"}
    assert "Ausprobieren" not in client.get(LOGIN).content.decode()
    assert client.post("/konto/demo/", data).status_code == 404
    assert client.get("/konto/postausgang/").status_code == 404
    settings.DEMO = True
    page = client.get(LOGIN + "?next=/verwaltung/").content.decode()
    assert page.count('action="/konto/demo/"') == len(seeds.DEMO_PEOPLE)
    assert client.get("/konto/demo/").status_code == 405
    answer = client.post("/konto/demo/", data)
    assert answer["Location"] == "/verwaltung/"
    assert client.get("/verwaltung/system/").status_code == 200
    # the same session is worth nothing once the demonstration is over
    settings.DEMO = False
    assert client.get("/verwaltung/system/").status_code == 401


def test_seeding_twice_makes_no_second_person(db):
    seeds.seed(city.pack())
    people, grants = Person.objects.count(), RoleGrant.objects.count()
    seeds.seed(city.pack())
    assert (Person.objects.count(), RoleGrant.objects.count()) == (people, grants) == (7, 5)


def test_in_a_demonstration_the_code_is_found_in_the_outbox(client, db, outbox, settings):
    settings.DEMO = True
    client.post(SIGNUP, {"email": "newcomer@real-life.de", "display_name": "Neu"})
    Client().post(SIGNUP, {"email": "someone.else@real-life.de", "display_name": "Andere"})
    outbox()
    assert 'href="/konto/postausgang/"' in client.get("/konto/code/").content.decode()
    page = client.get("/konto/postausgang/").content.decode()
    assert re.search(r"\d{4}-\d{4}", page)
    assert "newcomer@real-life.de" in page
    assert "someone.else" not in page


def test_the_first_administrator_comes_by_a_link_that_works_once(client, db):
    said = StringIO()
    call_command("first_admin", stdout=said)
    path = re.search(r"(/konto/einrichten/\S+)", said.getvalue()).group(1)
    data = {"email": "chef@example.org", "password1": "vier zufällige wörter hier"}
    assert client.get(path)["Referrer-Policy"] == "same-origin"
    assert client.post("/konto/einrichten/erfunden/", data).status_code == 422
    answer = client.post(path, data)
    assert answer["Location"] == "/verwaltung/"
    assert client.get("/verwaltung/rollen/").status_code == 200
    assert Client().post(path, {**data, "email": "zwei@example.org"}).status_code == 422
    assert RoleGrant.objects.filter(role=Role.ADMINISTRATOR).count() == 1
    said = StringIO()
    call_command("first_admin", stdout=said)
    assert "/konto/" not in said.getvalue()


def test_the_first_link_ends_after_a_day_and_with_a_newer_one(db):
    now = timezone.now()
    actions.make_first_link(actor=SYSTEM, secret="old", at=now)
    actions.make_first_link(actor=SYSTEM, secret="new", at=now)
    given = {"actor": Actor(), "email": "chef@example.org", "password": "vier zufällige wörter"}
    with pytest.raises(Closed):
        actions.set_up_administrator(**given, secret="old", at=now)
    with pytest.raises(Closed):
        actions.set_up_administrator(**given, secret="new", at=now + timedelta(hours=25))
    with pytest.raises(NotAllowed):
        actions.make_first_link(actor=Actor(), secret="mine", at=now)
    assert bytes(OneTimeLink.objects.get().token_hash) == tokens.hashed("new")


def test_login_never_leads_to_another_site(client, db, outbox):
    builders.person(email="anna@example.org", password="vier zufällige wörter hier")
    data = {"login": "anna@example.org", "password": "vier zufällige wörter hier"}
    answer = client.post("/konto/anmelden/passwort/?next=https://evil.example/", data)
    assert answer["Location"] == "/"


def test_english_pages_speak_english(client, db):
    page = client.get("/en/konto/anmelden/").content.decode()
    assert "What is your e-mail address?" in page
    assert "E-Mail-Adresse" not in page


def test_a_visitor_costs_no_query_and_signed_in_people_one(client, db, django_assert_num_queries):
    from django.template import engines
    from django.test import RequestFactory

    city.current()
    template = engines["django"].from_string("{% if ui.signed_in %}{{ ui.viewer.is_staff }}{% endif %}")
    with django_assert_num_queries(0):
        template.render({}, _through_middleware(RequestFactory().get("/")))
    someone = builders.moderator()
    request = RequestFactory().get("/")
    from django.conf import settings

    request.COOKIES[settings.SESSION_COOKIE_NAME] = builders.session_cookie(someone)
    with django_assert_num_queries(1):
        asked = _through_middleware(request)
        assert "True" in template.render({}, asked)
        key = asked.actor.key
    assert key == someone.pseudonym.key


def _through_middleware(request):
    from django.conf import settings
    from django.contrib.sessions.middleware import SessionMiddleware
    from django.http import HttpResponse

    from allmende.accounts.middleware import PersonMiddleware, ViewerMiddleware

    del settings
    for middleware in (SessionMiddleware, PersonMiddleware):
        middleware(lambda _: None).process_request(request)
    request.id, request.at = "test", timezone.now()
    ViewerMiddleware(lambda _: HttpResponse())(request)
    return request
