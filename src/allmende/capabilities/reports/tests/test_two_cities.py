"""Two cities, each with a process and a database of its own, talk Open311 to each other over the network."""

import pytest
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions as reports
from allmende.capabilities.reports.actions import partners as actions
from allmende.capabilities.reports.builders import api_key, category, move, report
from allmende.capabilities.reports.models import Partner, Referral, Report
from allmende.capabilities.reports.tasks.partners import read_due, send_due
from allmende.capabilities.reports.tests.neighbour import neighbour
from allmende.core.actor import Actor

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def jena(settings):
    settings.FEEDS_FROM_PRIVATE_NETWORK = True
    with neighbour("jena") as city:
        yield city


def now():
    return timezone.now()


def read_now():
    Partner.objects.update(next_read_at=now())
    return read_due(now())


def test_a_report_goes_to_the_neighbour_and_its_steps_come_back(jena, deliver):
    key = jena.do("issue", code="lampen")["key"]
    kind = category(slug="licht")
    data = actions.PartnerData(
        "Stadt Jena", f"{jena.address}/open311/v2/", key=key, shows_words=True, services=[("licht", "lampen", True)]
    )
    actions.save_partner(actor=people.actor(people.administrator()), data=data, at=now())
    contact = {"contact_kind": "email", "email": "ines@example.org"}
    one = report(kind=kind, words="Ines Muster: Lampe aus", contact=contact)
    move(one, "check", publish=True, public_words="Lampe aus", note="intern")
    deliver()
    assert send_due(now()) == 1
    (there,) = jena.do("look")["reports"]
    assert (there["state"], there["is_public"], there["channel"]) == ("received", False, "api")
    assert there["words"].startswith("Lampe aus")
    assert "Ines" not in str(there)

    # The answer was lost after all: it is found there, and not sent a second time.
    Referral.objects.update(state="waiting", remote_id="", next_at=now())
    assert send_due(now()) == 1
    assert Referral.objects.get().remote_id == str(there["number"])
    assert len(jena.do("look")["reports"]) == 1

    # Private there, and yet its steps are told to the city that sent it: in order, once.
    for verb, words in (("check", ""), ("begin", "Morgen früh."), ("finish", "Neue Lampe.")):
        jena.do("move", number=there["number"], verb=verb, words=words, publish=False)
    assert read_now() == 3
    read_now()
    one.refresh_from_db()
    assert one.state == "done"
    lines = one.updates.filter(verb__in=["begin", "finish"]).order_by("written_at")
    assert [(line.verb, line.words) for line in lines] == [("begin", "Morgen früh."), ("finish", "Neue Lampe.")]

    # Its reporter says here that it is not done: there it is open again, and hears no word of the reporter's.
    reports.object_to_done(actor=Actor(), report_id=one.pk, token=one.token, words="Ines: immer noch dunkel", at=now())
    deliver()
    deliver()
    (there,) = jena.do("look")["reports"]
    assert there["state"] == "reopened"
    assert "Ines" not in str(jena.do("notes", number=there["number"]))
    assert read_now() == 1
    one.refresh_from_db()
    assert one.state == "reopened"


def test_and_the_neighbour_sends_its_own_to_us(jena, live_server):
    category(slug="licht")
    _key, secret = api_key(label="Stadt Jena")
    jena.do("issue", code="lampen")
    number = jena.do("report", code="lampen", words="Laterne flackert")["number"]
    endpoint = f"{live_server.url}/open311/v2/"
    sent = jena.do("pass_on", number=number, endpoint=endpoint, key=secret, code="lampen", there="licht")
    assert sent == {"sent": 1}
    one = Report.objects.get()
    assert one.words.startswith("Laterne flackert")
    move(one, "check", publish=False)
    move(one, "decline", words="Das ist eine Lampe des Landkreises.")
    assert jena.do("read") == {"heard": 2}
    (there,) = jena.do("look")["reports"]
    assert there["state"] == "not_ours"
