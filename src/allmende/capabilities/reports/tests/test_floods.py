"""A flood from one network is slowed down, told when it goes on, loses nothing typed, and locks out nobody else."""

import itertools
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from allmende.accounts import builders as people
from allmende.capabilities.reports import seeds
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.views import reporting
from allmende.core import city
from allmende.engines.media import builders as pictures

pytestmark = pytest.mark.django_db(transaction=True)

LAMP = {"words": "Die Laterne vor der Tür ist aus.", "place": "Hinter dem Haus am Bach", "category": "licht"}
NEW = "/meldungen/neu/"
_keys = itertools.count()


@pytest.fixture(autouse=True)
def kinds():
    seeds.first_start(city.pack())


def submit(address, *, client=None, **fields):
    sent = {"step": "4", "go": "next", **LAMP, "_once": f"{next(_keys):032d}", **fields}
    return (client or Client(headers={"host": "localhost"})).post(NEW, sent, REMOTE_ADDR=address)


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(reporting, "PER_HOUR", 4)
    monkeypatch.setattr(reporting, "PER_HOUR_NETWORK", 10)


def test_one_address_is_told_when_it_goes_on_and_keeps_what_was_typed(small):
    for _ in range(4):
        assert submit("198.51.100.7").status_code == 302
    photo = SimpleUploadedFile("a.jpg", pictures.jpeg(), "image/jpeg")
    told = submit("198.51.100.7", detail="neben der Bank", photo=photo)
    page = told.content.decode()
    assert told.status_code in {422, 429}
    assert "Minuten geht es weiter" in page
    for kept in (LAMP["words"], LAMP["place"], "neben der Bank", "photo_ticket"):
        assert kept in page
    assert Report.objects.count() == 4
    assert submit("198.51.100.8").status_code == 302  # the neighbour


@pytest.mark.parametrize(
    ("flood", "elsewhere"),
    [
        ((f"198.51.100.{number}" for number in range(1, 200)), "203.0.113.5"),
        ((f"2001:db8:7:{number:x}::1" for number in range(1, 200)), "2001:db8:8::1"),
    ],
)
def test_a_flood_that_changes_addresses_ends_at_its_network_and_nobody_else_is_locked_out(small, flood, elsewhere):
    outcomes = [submit(address).status_code for address in itertools.islice(flood, 14)]
    assert outcomes.count(302) == 10
    assert outcomes[:10] == [302] * 10
    told = submit(next(flood))
    assert "Minuten geht es weiter" in told.content.decode()
    assert submit(elsewhere).status_code == 302
    neighbour = Client(headers={"host": "localhost"})
    neighbour.force_login(people.person())
    assert submit(next(flood), client=neighbour).status_code == 302  # in the midst of it, with an account


def test_sent_twice_at_the_same_moment_it_is_one_report():
    start, outcomes = threading.Barrier(2), []

    def press():
        try:
            start.wait()
            outcomes.append(submit("198.51.100.7", _once="d" * 32))
        finally:
            connection.close()

    both = [threading.Thread(target=press) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert {one.status_code for one in outcomes} == {302}
    assert len({one["Location"] for one in outcomes}) == 1
    assert Report.objects.count() == 1


def test_a_draft_that_was_sent_twice_an_hour_apart_is_one_report():
    first = submit("198.51.100.7", _once="e" * 32)
    again = submit("203.0.113.9", _once="e" * 32)
    assert first["Location"] == again["Location"]
    assert Report.objects.count() == 1
