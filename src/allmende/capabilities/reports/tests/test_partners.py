"""Reports that go to another body over Open311: once in effect, in order, nothing lost while it is silent."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports.actions import partners as actions
from allmende.capabilities.reports.actions import save_questions
from allmende.capabilities.reports.builders import category, desk, move, public, report
from allmende.capabilities.reports.models import NamedPicture, Partner, Referral, Report, SentUpdate
from allmende.capabilities.reports.rules.asking import QuestionData
from allmende.capabilities.reports.rules.partners import wait
from allmende.capabilities.reports.tasks.partners import read_due, send_due
from allmende.core.errors import Conflict, Invalid
from allmende.engines.media import builders as pictures
from allmende.engines.media import interface as media

pytestmark = pytest.mark.django_db


def listed(*requests):
    return f"<service_requests>{''.join(f'<request>{one}</request>' for one in requests)}</service_requests>"


class Body:
    """Another body's system on this machine. `fails` says how the next requests end; `keeps` what it has taken."""

    def __init__(self):
        self.address, self.asked, self.fails = "", [], []
        self.taken, self.told, self.knows_updates = {}, [], True
        self.pictures = {}

    def answer(self, method, target, sent):  # noqa: PLR0911 - one line per address
        path, asked = urlsplit(target).path, parse_qs(urlsplit(target).query)
        self.asked.append((method, path))
        fault = self.fails.pop(0) if self.fails else None
        if isinstance(fault, int):
            return fault, "<errors/>"
        if method == "POST":
            number = str(1000 + len(self.taken))
            self.taken[number] = {name: values[0] for name, values in sent.items()}
            if fault == "lost":
                return None
            return (
                201,
                f"<service_requests><request><service_request_id>{number}</service_request_id></request></service_requests>",
            )
        if path in self.pictures:
            return 200, self.pictures[path]
        if path.endswith("services.xml"):
            return 200, "<services><service><service_code>lights</service_code></service></services>"
        if path.endswith("servicerequestupdates.xml"):
            if not self.knows_updates:
                return 404, "<errors/>"
            return 200, f"<service_requests_updates>{''.join(self.told)}</service_requests_updates>"
        found = [
            f"<service_request_id>{number}</service_request_id><status>{one.get('status', 'open')}</status>"
            f"<updated_datetime>{one.get('when', '')}</updated_datetime><description>{one['description']}</description>"
            for number, one in self.taken.items()
            if "external_id" not in asked
        ]
        return 200, listed(*found)

    def tell(self, number, update_id, status, words, at, pictures=()):
        shown = "".join(f"<media_url>{url}</media_url>" for url in pictures)
        self.told.append(
            f"<request_update><update_id>{update_id}</update_id><service_request_id>{number}</service_request_id>"
            f"<status>{status}</status><description>{words}</description>"
            f"<updated_datetime>{at:%Y-%m-%dT%H:%M:%SZ}</updated_datetime>{shown}</request_update>"
        )


@contextmanager
def serving(body, port=0):
    class Site(BaseHTTPRequestHandler):
        def reply(self):
            size = int(self.headers.get("Content-Length") or 0)
            found = body.answer(self.command, self.path, parse_qs(self.rfile.read(size).decode()))
            if found is None:
                self.close_connection = True
                return
            status, text = found
            content = text if isinstance(text, bytes) else text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = reply  # noqa: N815 - the base class's names

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Site)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/open311/v2/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def body(settings):
    settings.FEEDS_FROM_PRIVATE_NETWORK = True
    made = Body()
    with serving(made) as made.address:
        yield made


def partner(address, *, by_itself=False, **fields):
    services = [("licht", "lights", by_itself)]
    data = actions.PartnerData("Stadtwerke", address, key="geheim", services=services, **fields)
    return actions.save_partner(actor=people.actor(people.administrator()), data=data, at=timezone.now())


@pytest.fixture
def kind():
    return category(slug="licht")


def handed(one, to):
    return actions.refer(actor=desk(), report_id=one.pk, partner_id=to.pk, at=timezone.now())


def later(**passed):
    return timezone.now() + timedelta(**passed)


def test_a_checked_report_goes_there_by_itself_with_what_is_public_and_nothing_else(body, kind, deliver):
    partner(body.address, by_itself=True)
    contact = {"contact_kind": "email", "email": "ines@example.org"}
    one = report(kind=kind, words="Ines Muster: Lampe aus", contact=contact)
    assert send_due(later(minutes=1)) == 0
    move(one, "check", publish=False, public_words="Lampe aus", note="intern")
    deliver()
    assert send_due(later(minutes=1)) == 1
    (sent,) = body.taken.values()
    assert sent["service_code"] == "lights"
    assert sent["api_key"] == "geheim"
    assert sent["description"].startswith("Lampe aus")
    assert not any(word in str(sent) for word in ("Ines", "ines@", "intern", one.token))
    found = Referral.objects.get()
    assert (found.state, found.remote_id) == ("sent", "1000")
    one.refresh_from_db()
    assert one.state == "forwarded"
    assert "Stadtwerke" in one.updates.get(verb="forward").words


def test_a_try_whose_answer_was_lost_is_found_again_and_not_sent_twice(body, kind):
    found = handed(public(kind=kind), partner(body.address))
    body.fails = ["lost"]
    assert send_due(later(minutes=1)) == 0
    found.refresh_from_db()
    assert (found.state, found.problem, found.tries) == ("waiting", "broken", 1)
    assert send_due(later(minutes=5)) == 1
    found.refresh_from_db()
    assert (found.state, found.remote_id) == ("sent", "1000")
    assert len(body.taken) == 1
    assert found.partner.problem in {"", "broken"}
    assert Partner.objects.get().failing_since is None


def test_a_partner_that_is_dead_for_a_day_loses_nothing_and_staff_see_it(body, kind):
    there = partner(body.address)
    rows = [handed(public(kind=kind), there) for _ in range(3)]
    body.fails = [503] * 200
    at = timezone.now()
    for hour in range(24):
        send_due(at + timedelta(hours=hour, minutes=1))
    assert Referral.objects.filter(state="waiting").count() == 3
    client = Client(headers={"host": "localhost"})
    client.force_login(people.with_role("administrator"))
    page = client.get("/meldungen/eingang/stellen/").content.decode()
    assert "Noch nicht angekommen" in page
    assert str(rows[0].report.number) in page
    body.fails = []
    assert send_due(at + timedelta(hours=26)) == 3
    assert len(body.taken) == 3
    assert Partner.objects.get().problem == ""


def test_waits_grow_to_an_hour_and_never_end():
    minutes = [wait(tries).total_seconds() / 60 for tries in (1, 2, 3, 7, 1000)]
    assert minutes == [1, 2, 5, 60, 60]


def test_what_the_partner_refuses_waits_for_somebody_to_look(body, kind):
    found = handed(public(kind=kind), partner(body.address))
    body.fails = [403]
    send_due(later(minutes=1))
    found.refresh_from_db()
    assert (found.state, found.status) == ("failed", 403)
    assert send_due(later(days=2)) == 0
    client = Client(headers={"host": "localhost"})
    client.force_login(people.with_role("clerk", "reports"))
    address = f"/meldungen/{found.report.number}/bearbeiten/stellen/"
    assert "nicht angenommen" in client.get(address).content.decode()
    assert "nicht angekommen" in client.get(f"/meldungen/{found.report.number}/bearbeiten/").content.decode()
    client.post(address, {"again": str(found.pk)})
    assert send_due(later(minutes=1)) == 1


def test_updates_are_taken_in_order_once_and_an_older_one_changes_nothing(body, kind):
    one = public(kind=kind)
    handed(one, partner(body.address))
    at = timezone.now()
    send_due(at + timedelta(minutes=1))
    body.tell("1000", "u3", "FIXED", "Lampe getauscht", at + timedelta(seconds=30))
    body.tell("1000", "u1", "IN_PROGRESS", "Kolonne unterwegs", at + timedelta(seconds=10))
    body.tell("9999", "u9", "FIXED", "Nicht von uns", at)
    assert read_due(at + timedelta(minutes=2)) == 2
    one.refresh_from_db()
    assert one.state == "done"
    assert [line.verb for line in one.updates.order_by("written_at")][-2:] == ["begin", "finish"]
    body.tell("1000", "u2", "ACTION_SCHEDULED", "kam spät", at + timedelta(seconds=20))
    read_due(at + timedelta(minutes=20))
    read_due(at + timedelta(minutes=40))
    one.refresh_from_db()
    assert one.state == "done"
    assert SentUpdate.objects.count() == 3
    assert all("Lampe getauscht" not in line.words for line in one.updates.all())  # read by an office first


def test_a_server_without_updates_is_asked_how_each_request_stands(body, kind):
    one = public(kind=kind)
    handed(one, partner(body.address, shows_words=True))
    at = timezone.now()
    send_due(at + timedelta(minutes=1))
    body.knows_updates = False
    body.taken["1000"] |= {"status": "closed", "when": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    assert read_due(at + timedelta(minutes=2)) == 1
    read_due(at + timedelta(minutes=10))
    one.refresh_from_db()
    assert one.state == "done"
    assert SentUpdate.objects.count() == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"<", b"[]", b"<a/>", b"\xff\xfe", b"<service_requests><request/></service_requests>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><service_requests><request>&x;</request></service_requests>',
        b"<s><request><service_request_id>" + b"9" * 500 + b"</service_request_id></request></s>",
    ],
)  # fmt: skip
def test_answers_that_are_no_open311_are_a_problem_and_no_crash(body, kind, answer):
    found = handed(public(kind=kind), partner(body.address))
    body.answer = lambda *_sent: (200, answer.decode("latin-1"))
    send_due(later(minutes=1))
    found.refresh_from_db()
    assert (found.state, found.problem) == ("waiting", "unreadable")
    Referral.objects.update(state="sent", remote_id="1", sent_at=timezone.now())
    read_due(later(minutes=2))


def test_addresses_inside_are_never_asked(body, kind, settings):
    settings.FEEDS_FROM_PRIVATE_NETWORK = False
    found = handed(public(kind=kind), partner(body.address))
    send_due(later(minutes=1))
    found.refresh_from_db()
    assert (found.state, found.problem) == ("failed", "private")
    assert body.asked == []


@pytest.mark.parametrize(
    "address", ["", "ftp://x.example", "https://a:b@x.example/", "http://localhost:8000/", "x" * 400]
)
def test_addresses_that_are_none_are_refused(kind, address, settings):
    settings.PUBLIC_URL = "http://localhost:8000"
    with pytest.raises(Invalid):
        partner(address)


def test_the_button_tells_what_is_wrong_with_the_connection(body, kind):
    there = partner(body.address)
    client = Client(headers={"host": "localhost"})
    client.force_login(people.administrator())
    address = f"/meldungen/eingang/stellen/{there.pk}/pruefen/"
    assert "Die Verbindung steht" in client.post(address, follow=True).content.decode()
    there.services.update(code="unknown")
    assert "gibt es dort nicht: unknown" in client.post(address, follow=True).content.decode()
    body.fails = [500]
    page = client.post(address, follow=True).content.decode()
    assert "Keine Verbindung" in page
    assert "geheim" not in page
    assert "geheim" not in there.sealed_key


def test_a_report_that_is_not_checked_stays_here(body, kind):
    there = partner(body.address)
    with pytest.raises(Conflict):
        handed(report(kind=kind), there)
    with pytest.raises(Invalid):
        handed(public(), there)


def test_pictures_of_a_partner_come_back_once_and_wait_for_an_office(body, kind, deliver, settings):
    made = partner(body.address)
    one = public(kind=kind)
    actions.refer(actor=desk(), report_id=one.pk, partner_id=made.pk, at=timezone.now())
    assert send_due(timezone.now()) == 1
    Report.objects.filter(pk=one.pk).update(shows_image=True)
    site = body.address.removesuffix("/open311/v2/")
    body.pictures = {"/neu.jpg": pictures.jpeg(), "/kaputt.jpg": b"no picture"}
    named = [f"{site}/neu.jpg", f"{site}/kaputt.jpg", "file:///etc/passwd", f"{settings.PUBLIC_URL}/medien/x.jpg"]
    body.tell("1000", "u1", "closed", "Fertig", timezone.now(), named)
    body.tell("1000", "u2", "closed", "Noch einmal", timezone.now(), named)
    for _ in range(2):
        Partner.objects.update(next_read_at=timezone.now())
        read_due(timezone.now())
    assert NamedPicture.objects.count() == 2
    deliver()
    (image,) = media.images_of([one.ref])[one.ref]
    assert not image.released
    page = Client(headers={"host": "localhost"}).get(f"/meldungen/{one.number}/").content.decode()
    assert "<picture" not in page
    assert sorted(NamedPicture.objects.values_list("problem", flat=True)) == ["", "picture"]
    notes = [line.note for line in one.updates.filter(verb="outside", note__contains="Bild")]
    assert [note.removeprefix("Stadtwerke hat ein Bild ").split()[0] for note in sorted(notes)] == [
        "genannt,", "geschickt."
    ]  # fmt: skip


def test_no_picture_is_fetched_from_inside_or_for_a_partner_that_is_off(body, kind, deliver, settings):
    made = partner(body.address)
    one = public(kind=kind)
    actions.refer(actor=desk(), report_id=one.pk, partner_id=made.pk, at=timezone.now())
    send_due(timezone.now())
    site = body.address.removesuffix("/open311/v2/")
    body.pictures = {"/neu.jpg": pictures.jpeg()}
    body.tell("1000", "u1", "open", "Bild", timezone.now(), [f"{site}/neu.jpg"])
    Partner.objects.update(next_read_at=timezone.now())
    read_due(timezone.now())
    settings.FEEDS_FROM_PRIVATE_NETWORK = False
    deliver()
    assert NamedPicture.objects.get().problem == "private"
    assert media.images_of([one.ref]) == {}
    assert ("GET", "/neu.jpg") not in body.asked


def test_public_answers_go_along_and_free_words_stay(body, kind):
    asked = [
        QuestionData({"de": "Wie viel?"}, options=[{"de": "Wenig"}, {"de": "Viel"}], public=True),
        QuestionData({"de": "Welcher Mast?"}, "text", public=True),
    ]
    save_questions(actor=desk(), category_id=kind.pk, asked=asked, at=timezone.now())
    handed(public(kind=kind, answers={"viel": "viel", "welcher_mast": "Bei Muster"}), partner(body.address))
    assert send_due(timezone.now()) == 1
    (sent,) = body.taken.values()
    assert sent["attribute[viel]"] == "viel"
    assert "Muster" not in str(sent)
