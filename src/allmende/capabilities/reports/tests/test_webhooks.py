"""Signed messages about public reports: only what everybody may read, in order, repeated until they arrive."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions as reports
from allmende.capabilities.reports.actions.webhooks import add_target, switch_target
from allmende.capabilities.reports.builders import desk, move, report
from allmende.capabilities.reports.models import WebhookCall, WebhookTarget
from allmende.capabilities.reports.rules.secrets import opened
from allmende.capabilities.reports.rules.webhooks import is_genuine, signature
from allmende.capabilities.reports.tasks.webhooks import forget_old, send_due
from allmende.core.errors import Invalid

pytestmark = pytest.mark.django_db


class Receiver:
    def __init__(self):
        self.address, self.got, self.fails = "", [], []


@pytest.fixture
def receiver(settings):
    settings.FEEDS_FROM_PRIVATE_NETWORK = True
    made = Receiver()

    class Site(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = made.fails.pop(0) if made.fails else 204
            if status == 204:
                made.got.append((body, self.headers["Allmende-Signature"], self.headers["Idempotency-Key"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    made.address = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def admin():
    return people.actor(people.administrator())


def target(url):
    return add_target(actor=admin(), label="Lagekarte", url=url, at=timezone.now())


def later(**passed):
    return timezone.now() + timedelta(**passed)


def test_each_public_step_is_told_signed_and_holds_nothing_private(receiver, deliver):
    made = target(receiver.address)
    one = report(words="Ines Muster: Lampe aus", contact={"contact_kind": "email", "email": "ines@example.org"})
    deliver()
    move(one, "check", publish=True, public_words="Lampe aus", note="intern", words="Wir sehen nach.")
    move(one, "ask", words="Wie heißen Sie?")
    deliver()
    deliver()
    assert send_due(later(minutes=1)) == 2
    secret = opened(made.sealed_secret)
    for body, header, key in receiver.got:
        assert is_genuine(secret, body, header, timezone.now())
        assert json.loads(body)["id"] == key
        for private in ("Ines", "ines@", "intern", "Wie heißen", one.token):
            assert private not in body.decode()
    first, second = (json.loads(body) for body, _header, _key in receiver.got)
    assert first["report"]["service_request_id"] == str(one.number)
    assert first["update"]["description"] == "Wir sehen nach."
    assert "update" not in second
    assert send_due(later(minutes=2)) == 0


def test_a_private_report_tells_nobody_and_one_that_was_withdrawn_only_that_it_is_gone(receiver, deliver):
    target(receiver.address)
    hidden = report(words="Geheim")
    move(hidden, "check", publish=False)
    one = report(words="Lampe aus")
    move(one, "check", publish=True)
    deliver()
    reports.show_report(actor=desk(), report_id=one.pk, publish=False, public_words="", at=timezone.now())
    deliver()
    send_due(later(minutes=1))
    told = [json.loads(body) for body, _header, _key in receiver.got]
    assert {one["type"] for one in told} == {"reports.report_gone"}
    assert "Lampe" not in str(told)
    assert "Geheim" not in str(told)
    assert str(hidden.number) not in {one["report"]["service_request_id"] for one in told}


def test_what_is_not_taken_is_repeated_in_order_and_given_up_after_days(receiver, deliver):
    target(receiver.address)
    one = report()
    move(one, "check", publish=True)
    move(one, "begin", words="Wir fangen an.")
    deliver()
    receiver.fails = [500, 500]
    at = timezone.now()
    assert send_due(at + timedelta(minutes=1)) == 0
    assert send_due(at + timedelta(minutes=1)) == 0  # not yet: it waits
    assert len(receiver.fails) == 1
    assert send_due(at + timedelta(minutes=10)) == 0
    assert send_due(at + timedelta(minutes=30)) == 2
    states = [json.loads(body)["update"]["state"] for body, _header, _key in receiver.got]
    assert states == ["checked", "in_work"]
    move(one, "finish", words="Fertig.")
    deliver()
    WebhookCall.objects.filter(state="waiting").update(at=at - timedelta(days=4))
    receiver.fails = [500]
    send_due(at + timedelta(hours=2))
    assert WebhookCall.objects.get(state="failed").status == 500
    assert forget_old(at + timedelta(days=40)) == 3


def test_a_message_that_was_changed_or_is_old_is_not_genuine():
    at = timezone.now()
    header = signature("geheim", b"{}", at)
    assert is_genuine("geheim", b"{}", header, at)
    assert not is_genuine("geheim", b"{ }", header, at)
    assert not is_genuine("anders", b"{}", header, at)
    assert not is_genuine("geheim", b"{}", header, at + timedelta(minutes=6))
    assert not is_genuine("geheim", b"{}", "", at)


def test_addresses_inside_are_never_told(receiver, settings, deliver):
    settings.FEEDS_FROM_PRIVATE_NETWORK = False
    target(receiver.address)
    move(report(), "check", publish=True)
    deliver()
    assert send_due(later(minutes=1)) == 0
    assert receiver.got == []
    assert WebhookCall.objects.get().problem == "private"
    with pytest.raises(Invalid):
        target("ftp://example.org/")


def test_who_is_switched_off_is_told_nothing(receiver, deliver):
    made = target(receiver.address)
    switch_target(actor=admin(), target_id=made.pk, on=False, at=timezone.now())
    move(report(), "check", publish=True)
    deliver()
    assert not WebhookCall.objects.exists()


def test_an_administrator_enters_switches_and_removes_receivers(receiver, deliver):
    client = Client(headers={"host": "localhost"})
    client.force_login(people.administrator())
    page = client.post("/meldungen/eingang/webhooks/", {"label": "Lagekarte", "url": receiver.address})
    made = WebhookTarget.objects.get()
    assert opened(made.sealed_secret) in page.content.decode()
    assert opened(made.sealed_secret) not in made.sealed_secret
    assert opened(made.sealed_secret) not in client.get("/meldungen/eingang/webhooks/").content.decode()
    move(report(), "check", publish=True)
    deliver()
    send_due(later(minutes=1))
    address = f"/meldungen/eingang/webhooks/{made.pk}/"
    assert "angekommen" in client.get(address).content.decode()
    client.post(address, {"wish": "off"})
    made.refresh_from_db()
    assert not made.is_active
    client.post(address, {"wish": "remove"})
    assert not WebhookTarget.objects.exists()
