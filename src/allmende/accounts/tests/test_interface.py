"""What other rooms rely on: guests, names, mail, the API's doors, visitors' forms."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import actions, builders, interface, mail, tokens, visitors
from allmende.accounts.models import ApiToken, Person
from allmende.accounts.sessions import device_of
from allmende.core.actor import Channel, Viewer
from allmende.core.errors import Invalid, NotAllowed, NotSignedIn, TooMany
from allmende.ui.forms import Form
from allmende.ui.forms.base import PROOF_BITS

NOW = timezone.now()


def ask(method="get", path="/x/", person=None, data=None, **headers):
    request = getattr(RequestFactory(), method)(path, data or {}, **headers)
    request.at, request.id = timezone.now(), "test"
    request.user = person or AnonymousUser()
    request.viewer = interface.viewer_of(person.pk, "de") if person else Viewer()
    return request


# Guests and names


@pytest.mark.parametrize(
    ("kind", "given_fields", "missing"),
    [
        ("email", {"email": "gast@example.org"}, "email"),
        ("letter", {"postal_address": "Musterplatz 1"}, "postal_address"),
        ("telephone", {"telephone": "0365 1"}, "telephone"),
        ("number", {}, None),
        ("none", {}, None),
    ],
)
def test_a_guest_gives_only_what_the_chosen_way_needs(db, kind, given_fields, missing):
    everything = {"email": "zu@viel.example", "telephone": "1", "postal_address": "zu viel"}
    person = interface.guest(contact_kind=kind, **{**everything, **given_fields})
    kept = {"email": person.contact_email, "telephone": person.telephone, "postal_address": person.postal_address}
    assert {name for name, value in kept.items() if value} == set(given_fields)
    assert person.email is None
    assert interface.key_of(person.pk)
    form = interface.ContactForm({"contact_kind": kind}, viewer=Viewer())
    assert set(form.errors) == ({missing} if missing else set())
    if missing:
        with pytest.raises(Invalid):
            interface.guest(contact_kind=kind)


def test_the_form_says_the_same_as_the_guest(db):
    data = {"display_name": "Linde", "contact_kind": "email", "email": "g@example.org", "telephone": "kaputt" * 20}
    form = interface.ContactForm(data, viewer=Viewer())
    assert form.is_valid(), form.errors
    person = interface.guest(**form.guest_data(language="de"))
    assert (person.display_name, person.contact_email, person.telephone) == ("Linde", "g@example.org", "")


def test_two_guests_may_give_the_same_address_and_it_opens_no_account(db):
    builders.person(email="anna@example.org")
    for _ in range(2):
        interface.guest(contact_kind="email", email="anna@example.org")
    assert Person.objects.filter(contact_email="anna@example.org").count() == 2


def test_under_16_nobody_is_named_and_an_adult_is_spoken_to(db):
    data = {"display_name": "Klara", "contact_kind": "telephone", "telephone": "0365 1", "under_16": "on"}
    form = interface.ContactForm(data, viewer=Viewer())
    assert set(form.errors) == {"adult_name"}
    with pytest.raises(Invalid):
        interface.guest(contact_kind="telephone", telephone="0365 1", under_16=True)
    form = interface.ContactForm({**data, "adult_name": "Frau Muster"}, viewer=Viewer())
    assert form.is_valid()
    person = interface.guest(**form.guest_data(language="de"))
    assert (person.public_name, person.display_name, person.adult_name) == ("", "", "Frau Muster")
    assert interface.person_names([person.pk]) == {person.pk: "Ohne Namen"}


def test_signed_in_people_are_asked_nothing(db):
    form = interface.ContactForm({}, viewer=Viewer(person_id=builders.person().pk))
    assert list(form.fields) == []
    assert form.is_valid()


def test_names_come_in_one_query_and_the_erased_have_none(db, django_assert_num_queries):
    people = [builders.person(display_name=f"Nr {n}") for n in range(5)] + [builders.guest()]
    gone = builders.person()
    interface.erase_person(gone.pk)
    with django_assert_num_queries(1):
        names = interface.person_names([person.pk for person in [*people, gone]])
    assert len(names) == 6
    assert names[people[0].pk] == "Nr 0"
    assert names[people[-1].pk] == "Gast"


# Mail


def test_a_repeated_mail_is_one_mail(db, outbox):
    person = builders.person(email="anna@example.org", display_name="Anna")
    for _ in range(2):
        headers = {"List-Unsubscribe": "<https://city.example/abbestellen>"}
        sent = interface.mail(
            person.pk, "Grüße aus\nGera", "Schöne Wörter: ß", message_id="notice-7", headers=headers, html="<p>ß</p>"
        )
        assert sent
    letters = outbox()
    assert [(letter.subject, letter.body.strip(), letter.name) for letter in letters] == [
        ("Grüße aus Gera", "Schöne Wörter: ß", "notice-7")
    ]
    from django.conf import settings

    text = next(settings.EMAIL_OUTBOX.glob("*.eml")).read_text()
    assert "Message-ID: <notice-7@localhost>" in text
    assert "List-Unsubscribe: <https://city.example/abbestellen>" in text
    assert "Schöne Wörter: ß" in text
    assert "Subject: Grüße aus Gera" in text


@pytest.mark.parametrize("kind", ["letter", "telephone", "number", "none"])
def test_whoever_wants_no_mail_gets_none(db, outbox, kind):
    person = builders.person(contact_kind=kind)
    assert not interface.mail(person.pk, "x", "y", message_id="m")
    assert outbox() == []
    assert interface.recipients([person.pk])[person.pk].contact_kind == kind


def test_an_unproven_address_gets_no_mail(db, outbox):
    person = builders.person(is_guest=True, email="fremd@example.org")
    assert not interface.mail(person.pk, "x", "y", message_id="m")


def test_mail_for_someone_erased_goes_nowhere(db, outbox):
    person = builders.person()
    interface.erase_person(person.pk)
    assert not interface.mail(person.pk, "x", "y", message_id="m")


@given(st.text(max_size=60))
def test_any_key_gives_a_message_id_on_one_line(key):
    made = mail.message_id(key)
    assert made.startswith("<")
    assert made.endswith("@localhost>")
    assert not any(sign in made for sign in "\r\n /")


# The API


@pytest.fixture
def token(db):
    person = builders.moderator(display_name="Anna")
    row = actions.create_token(
        actor=builders.actor(person), label="x", scopes=["accounts:read"], expires_at=NOW + timedelta(days=9), at=NOW
    )
    return row, {"HTTP_AUTHORIZATION": f"Bearer {tokens.secret_of(row.pk)}"}


def test_a_token_acts_for_its_owner_within_its_scopes(token):
    row, header = token
    request = ask(**header)
    assert interface.ApiAuth("accounts:read")(request)
    assert request.viewer.person_id == row.person_id
    assert request.viewer.is_staff
    assert (request.actor.channel, request.actor.key) == (Channel.API, interface.key_of(row.person_id))
    assert interface.ApiAuth()(ask(**header))
    with pytest.raises(NotAllowed):
        interface.ApiAuth("participation:write")(ask(**header))
    row.refresh_from_db()
    assert row.last_used_on == timezone.now().date()


@pytest.mark.parametrize("header", ["Bearer allmende_wrong", "Basic abc", "Bearer", ""])
def test_a_wrong_token_is_refused_even_where_visitors_may_pass(db, header):
    for auth in (interface.ApiAuth(), interface.ApiAuth(optional=True)):
        if header == "" and auth.optional:
            continue
        with pytest.raises(NotSignedIn):
            auth(ask(HTTP_AUTHORIZATION=header))


def test_tokens_end_by_date_and_with_their_owner(token):
    row, header = token
    ApiToken.objects.filter(pk=row.pk).update(expires_at=NOW - timedelta(seconds=1))
    with pytest.raises(NotSignedIn):
        interface.ApiAuth()(ask(**header))
    ApiToken.objects.filter(pk=row.pk).update(expires_at=NOW + timedelta(days=1))
    Person.objects.filter(pk=row.person_id).update(is_active=False)
    with pytest.raises(NotSignedIn):
        interface.ApiAuth()(ask(**header))


def test_visitors_pass_only_where_the_door_is_open(db):
    request = ask()
    assert interface.ApiAuth(optional=True)(request)
    assert not request.viewer.is_signed_in
    assert request.actor.channel == Channel.API
    with pytest.raises(NotSignedIn):
        interface.ApiAuth()(ask())


def test_a_session_needs_the_token_of_its_page_to_write(db):
    person = builders.person()
    assert interface.ApiAuth("accounts:read")(ask("get", person=person))
    with pytest.raises(NotAllowed):
        interface.ApiAuth("accounts:read")(ask("post", person=person))


def test_who_am_i(token):
    _row, header = token
    answer = Client().get("/api/v1/accounts/me", **header)
    assert answer.status_code == 200
    assert json.loads(answer.content)["name"] == "Anna"
    assert json.loads(answer.content)["roles"] == [{"role": "moderator", "scope": ""}]
    assert Client().get("/api/v1/accounts/me").status_code == 401


# Visitors


@pytest.mark.parametrize(
    ("proxies", "peer", "said", "expected"),
    [
        ((), "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (("10.0.0.0/8",), "10.1.1.1", "198.51.100.1", "198.51.100.1"),
        (("10.0.0.0/8",), "10.1.1.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        (("10.0.0.0/8",), "10.1.1.1", "198.51.100.1, 10.2.2.2", "198.51.100.1"),
        (("10.0.0.0/8",), "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (("10.0.0.0/8",), "10.1.1.1", "", "10.1.1.1"),
        (("unix",), "", "198.51.100.1", "198.51.100.1"),
        ((), "", "198.51.100.1", "local"),
    ],
)
def test_only_a_trusted_proxy_says_who_asks(settings, proxies, peer, said, expected):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=said)
    assert interface.client_ip(request) == expected


def test_one_household_has_one_limit():
    found = set()
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        request = RequestFactory().get("/", REMOTE_ADDR=address)
        request.user = AnonymousUser()
        found.add(visitors.subject_of(request))
    assert len(found) == 1


def work(challenge: str) -> str:
    for nonce in range(10**7):
        if int.from_bytes(hashlib.sha256(f"{challenge}:{nonce}".encode()).digest()) >> (256 - PROOF_BITS) == 0:
            return str(nonce)
    raise AssertionError


def test_a_proof_counts_once_and_no_proof_is_no_error(db):
    challenge = Form().challenge
    data = {"_challenge": challenge, "_proof": work(challenge)}
    assert interface.check_visitor(ask("post", data=data), "idea") == "proved"
    assert interface.check_visitor(ask("post", data=data), "idea") == "unproved"
    assert interface.check_visitor(ask("post"), "idea") == "unproved"
    assert interface.check_visitor(ask("post", data={**data, "_proof": "1"}), "idea") == "unproved"
    assert interface.check_visitor(ask("post", person=builders.person()), "idea") == "proved"


def test_a_proof_ends_after_an_hour_and_cannot_be_forged(db, monkeypatch):
    import time

    challenge = Form().challenge
    nonce = work(challenge)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3601)
    assert interface.check_visitor(ask("post", data={"_challenge": challenge, "_proof": nonce}), "idea") == "unproved"
    own = signing.dumps("mine", key="guessed", salt="allmende.ui.proof")
    data = {"_challenge": own, "_proof": work(own)}
    assert interface.check_visitor(ask("post", data=data), "idea") == "unproved"


def test_visitors_who_send_very_often_are_told_when_to_come_back(db):
    for _ in range(3):
        interface.check_visitor(ask("post"), "idea", times=3)
    with pytest.raises(TooMany) as refused:
        interface.check_visitor(ask("post"), "idea", times=3)
    assert refused.value.retry_at > timezone.now()
    interface.check_visitor(ask("post", REMOTE_ADDR="203.0.113.77"), "idea", times=3)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_named_in_two_words(agent, device):
    assert device_of(agent) == device


# The sender's key


def test_a_key_that_no_program_should_send_is_refused_and_a_broken_form_key_passed_over(db):
    from allmende.accounts.middleware import idempotency_of

    assert idempotency_of(ask("post", data={"_once": "a" * 32})).key == "a" * 32
    for broken in ("\x00", "", "ä", "x" * 201):
        assert idempotency_of(ask("post", data={"_once": broken})) is None
    with pytest.raises(Invalid):
        idempotency_of(ask("post", HTTP_IDEMPOTENCY_KEY="x" * 201))
