"""People without the internet are told too: letters are printed once a day, calls are made, both can be taken back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.core.actor import Role
from allmende.core.errors import NotAllowed
from allmende.core.models import AuditEntry
from allmende.engines.notify import actions, handlers
from allmende.engines.notify.builders import by_letter, by_telephone, happen, thing
from allmende.engines.notify.models import Errand, Notice


@pytest.fixture
def letter(db):
    person = by_letter()
    ref = thing(person, title="Bänke am Fluss")
    actions.issue_receipt(ref, person.pk, timezone.now())
    handlers.tell(happen(ref, author=person))
    return Errand.objects.get()


@pytest.fixture
def call(db):
    person = by_telephone()
    handlers.tell(happen(thing(person, title="Laternen"), author=person))
    return Errand.objects.get()


@pytest.fixture
def office(db):
    return people.login(Client(), people.moderator())


def test_a_letter_is_printed_one_to_a_page_with_address_and_number(letter, office):
    receipt_code = letter.person.pk and actions.issue_receipt(letter.ref, letter.person_id, timezone.now()).code
    page = office.get("/verwaltung/briefe/druck/").content.decode()
    for words in ("Linde 12", "Am Markt 1<br>07545 Gera", "Neues zu „Bänke am Fluss“", letter.label, receipt_code):
        assert words in page
    assert page.count('<article class="letter"') == 1


def test_printed_letters_leave_the_list_and_can_be_taken_back(letter, office):
    assert "1 Brief wartet." in office.get("/verwaltung/briefe/").content.decode()
    office.post("/verwaltung/briefe/erledigt/", {"ids": [str(letter.id)], "action": "finish"})
    page = office.get("/verwaltung/briefe/").content.decode()
    assert "Kein Brief wartet" in page
    assert "Gedruckt, noch nicht bei der Post" in page
    assert Notice.objects.get().sent_at is not None
    office.post("/verwaltung/briefe/erledigt/", {"ids": [str(letter.id)], "action": "reopen"})
    letter.refresh_from_db()
    assert (letter.state, letter.done_at) == ("waiting", None)
    assert list(AuditEntry.objects.filter(kind="errand").values_list("action", flat=True)) == [
        "notify.finish_errand",
        "notify.reopen_errand",
    ]


def test_marking_twice_marks_once(letter):
    moderator = people.actor(people.moderator())
    now = timezone.now()
    assert actions.finish_errands(actor=moderator, errand_ids=[letter.id], at=now) == 1
    assert actions.finish_errands(actor=moderator, errand_ids=[letter.id], at=now + timedelta(hours=1)) == 0
    letter.refresh_from_db()
    assert letter.done_at == now


def test_a_call_shows_number_and_words(call, office):
    page = office.get("/verwaltung/anrufe/").content.decode()
    for words in ("Eiche 9", "030 23125 007", "tel:", "Neues zu „Laternen“", "Jetzt steht sie im Entwurf."):
        assert words in page
    office.post("/verwaltung/anrufe/erledigt/", {"ids": [str(call.id)]})
    assert "Kein Anruf steht aus" in office.get("/verwaltung/anrufe/").content.decode()


def test_what_has_no_address_any_more_is_not_printed_but_named(letter, office):
    person = letter.person
    person.postal_address = ""
    person.save()
    assert "Kein Brief wartet" in office.get("/verwaltung/briefe/druck/").content.decode()
    assert "fehlt eine Adresse" in office.get("/verwaltung/briefe/").content.decode()


def test_an_english_letter_is_english_on_a_german_page(db, office):
    person = by_letter(language="en")
    handlers.tell(happen(thing(person), author=person))
    page = office.get("/verwaltung/briefe/druck/").content.decode()
    assert 'lang="en"' in page
    assert "Kind regards" in page
    assert "Druckansicht" in page


def test_addresses_are_shown_to_those_who_carry_out_errands_only(letter):
    for person, allowed in (
        (people.moderator(), True),
        (people.administrator(), True),
        (people.clerk(), False),
        (people.editor(), False),
        (people.person(), False),
    ):
        client = people.login(Client(), person)
        for url in ("/verwaltung/briefe/", "/verwaltung/briefe/druck/", "/verwaltung/anrufe/"):
            assert (client.get(url).status_code == 200) is allowed, (person.pk, url)
        posted = client.post("/verwaltung/briefe/erledigt/", {"ids": []})
        assert (posted.status_code == 302) is allowed
    with pytest.raises(NotAllowed):
        actions.finish_errands(actor=people.actor(people.clerk()), errand_ids=[letter.id], at=timezone.now())


def test_a_moderator_of_another_capability_sees_and_moves_none(letter):
    elsewhere = people.moderator("market")
    client = people.login(Client(), elsewhere)
    assert "Kein Brief wartet" in client.get("/verwaltung/briefe/").content.decode()
    assert actions.finish_errands(actor=people.actor(elsewhere), errand_ids=[letter.id], at=timezone.now()) == 0
    own = people.with_role(Role.MODERATOR, letter.capability)
    assert actions.finish_errands(actor=people.actor(own), errand_ids=[letter.id], at=timezone.now()) == 1


def test_nonsense_marks_nothing(letter, office):
    answer = office.post("/verwaltung/briefe/erledigt/", {"ids": ["nonsense", "", "0"]}, follow=True)
    assert "Es war nichts ausgewählt." in answer.content.decode()
    letter.refresh_from_db()
    assert letter.state == "waiting"


def test_the_list_of_many_letters_takes_few_queries(db, office, django_assert_max_num_queries):
    for _ in range(12):
        person = by_letter()
        handlers.tell(happen(thing(person), author=person))
    for url in ("/verwaltung/briefe/", "/verwaltung/briefe/druck/"):
        with django_assert_max_num_queries(15):
            office.get(url)
