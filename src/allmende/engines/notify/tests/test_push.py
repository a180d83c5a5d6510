"""Pushes: off until the city and the person want them, encrypted for one browser, sent to its maker's service only."""

import base64
import json
import os
import stat
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from py_vapid import Vapid02

from allmende.accounts import builders as people
from allmende.core import city
from allmende.core.errors import Closed, Invalid, NotFound
from allmende.core.models import Setting
from allmende.engines.notify import actions, handlers, tasks
from allmende.engines.notify.actions.pushing import PushLater
from allmende.engines.notify.adapters.web_push import WebPushPusher, is_allowed
from allmende.engines.notify.builders import happen, thing
from allmende.engines.notify.models import Device, Notice
from allmende.engines.notify.ports import Pushed, Subscription


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Browser:
    """What a browser keeps for itself: its private key and its secret."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.p256dh = text(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
        self.auth = text(self.secret)

    def read(self, body: bytes) -> dict:
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        return json.loads(plain)

    @property
    def subscription(self) -> Subscription:
        return Subscription(self.endpoint, self.p256dh, self.auth)


class Service:
    """The push service of a browser's maker, on loopback."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict, bytes]] = []
        self.status = 201
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                if outer.status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/inside")
                self.end_headers()

            def log_message(self, *_args) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def service():
    made = Service()
    yield made
    made.close()


def decide(key: str, *, value) -> None:
    Setting.objects.update_or_create(key=f"notify.{key}", defaults={"value": value})
    city.forget()


@pytest.fixture
def city_wants_push(db, service, settings):
    settings.DEMO = False
    decide("push", value=True)
    decide("push_hosts", value=[service.origin])


@pytest.fixture
def reached(city_wants_push, service):
    """Someone whose browser is registered, and who follows a thing."""
    person, browser = people.person(), Browser(f"{service.origin}/send/abc")
    register(person, browser)
    ref = thing(title="Bänke")
    actions.follow(actor=people.actor(person), ref=ref, at=timezone.now())
    return person, browser, ref


def register(person, browser, *, agreed=True):
    return actions.add_device(
        actor=people.actor(person),
        endpoint=browser.endpoint,
        p256dh=browser.p256dh,
        auth=browser.auth,
        label="Firefox",
        agreed=agreed,
        at=timezone.now(),
    )


def push_all() -> None:
    for job in ProcrastinateJob.objects.filter(task_name=tasks.send_push.name):
        tasks.send_push(**job.args)


def test_it_is_off_until_the_city_switches_it_on(db):
    person = people.person()
    page = people.login(Client(), person).get("/mitteilungen/push/").content.decode()
    assert "in diesem Portal ausgeschaltet" in page
    assert "push.js" not in page
    with pytest.raises(Closed):
        register(person, Browser("https://fcm.googleapis.com/x"))


def test_the_page_says_who_learns_what_before_anybody_agrees(city_wants_push):
    browser = people.login(Client(), people.person())
    page = browser.get("/mitteilungen/push/").content.decode()
    for words in ("Google", "Mozilla", "Apple", "Microsoft", "verschlüsselt", "Zustimmung", "Internet-Adresse"):
        assert words in page
    assert " checked" not in page
    answer = browser.post("/mitteilungen/push/", {"endpoint": "https://fcm.googleapis.com/x"})
    assert answer.status_code == 422
    assert not Device.objects.exists()
    with pytest.raises(Invalid):
        register(people.person(), Browser("https://fcm.googleapis.com/x"), agreed=False)


def test_only_the_browser_itself_can_read_what_is_pushed(reached, service):
    _person, browser, ref = reached
    handlers.tell(happen(ref))
    push_all()
    [(path, headers, body)] = service.got
    assert path == "/send/abc"
    assert "Bänke".encode() not in body
    assert browser.read(body)["title"] == "Neues zu „Bänke“"
    assert browser.read(body)["url"].endswith(f"/beispiel/{ref.id}/")
    assert headers["content-encoding"] == "aes128gcm"
    assert int(headers["ttl"]) > 0
    # VAPID (RFC 8292): the service can tell that it was us, by the key that the browser was given.
    assert headers["authorization"].startswith("vapid t=")
    assert headers["authorization"].rpartition("k=")[2] == WebPushPusher().public_key()
    push_all()
    assert len(service.got) == 1  # a job that runs again pushes nothing twice


@pytest.mark.parametrize(("status", "left"), [(404, 0), (410, 0), (201, 1), (403, 1)])
def test_a_browser_that_wants_none_any_more_is_forgotten(reached, service, status, left):
    service.status = status
    handlers.tell(happen(reached[2]))
    push_all()
    assert Device.objects.count() == left


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_service_that_is_away_is_asked_again(reached, service, status):
    service.status = status
    handlers.tell(happen(reached[2]))
    with pytest.raises(PushLater):
        push_all()
    service.status = 201
    push_all()
    assert len(service.got) == 2
    assert Device.objects.count() == 1


def test_no_redirect_is_followed_and_no_service_at_all_is_later(reached, service):
    pusher, browser = WebPushPusher(), reached[1]
    service.status = 302
    assert pusher.send(browser.subscription, b"{}", urgent=False) == Pushed.REFUSED
    assert len(service.got) == 1
    decide("push_hosts", value=["http://127.0.0.1:1"])
    away = Subscription("http://127.0.0.1:1/x", browser.p256dh, browser.auth)
    assert pusher.send(away, b"{}", urgent=False) == Pushed.LATER


def test_broken_keys_are_forgotten(city_wants_push, service):
    assert WebPushPusher().send(Subscription(f"{service.origin}/x", "A", "B"), b"{}", urgent=True) == Pushed.GONE


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://web.push.apple.com/x", True),
        ("https://updates.push.services.mozilla.com:443/x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com@127.0.0.1/x", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://evilpush.apple.com/x", False),
        ("https://push.apple.com.example.org/x", False),
        ("https://127.0.0.1/x", False),
        ("https://[::1]/x", False),
        ("http://169.254.169.254/latest", False),
        ("file:///etc/passwd", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_the_makers_services_are_ever_contacted(db, endpoint, allowed):
    assert is_allowed(endpoint) is allowed


def test_the_key_is_made_once_and_is_secret(tmp_path):
    first, second = WebPushPusher(tmp_path / "s"), WebPushPusher(tmp_path / "s")
    keys: list[str] = []
    threads = [threading.Thread(target=lambda one=one: keys.append(one.public_key())) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys[0] == keys[1]
    path = tmp_path / "s" / "vapid.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Vapid02.from_pem(path.read_bytes())
    assert [one.name for one in path.parent.iterdir()] == ["vapid.pem"]


def test_a_browser_belongs_to_whoever_signed_in_there_last_and_can_be_signed_off(reached, service):
    person, browser, _ref = reached
    other = people.person()
    device = register(other, browser)
    assert Device.objects.get().person == other
    with pytest.raises(NotFound):
        actions.remove_device(actor=people.actor(person), device_id=device.id)
    client = people.login(Client(), other)
    assert "Firefox" in client.get("/mitteilungen/push/").content.decode()
    client.post("/mitteilungen/push/beenden/", {"id": str(device.id)})
    assert not Device.objects.exists()


def test_who_read_it_or_ruled_it_out_gets_no_push(reached, service):
    person, _browser, ref = reached
    handlers.tell(happen(ref))
    Notice.objects.update(read_at=timezone.now())
    push_all()
    actions.save_wishes(
        actor=people.actor(person),
        topics={"example": {"mail": "at_once", "push": False}},
        weekday=0,
        quiet=None,
    )
    handlers.tell(happen(ref))
    push_all()
    assert service.got == []


def test_the_demonstration_contacts_nobody(reached, service, settings):
    settings.DEMO = True
    handlers.tell(happen(reached[2]))
    push_all()
    assert service.got == []
    kept = (settings.EMAIL_OUTBOX.parent / "pushes.jsonl").read_text()
    assert "Neues zu „Bänke“" in json.loads(kept.splitlines()[0])["says"]["title"]


def test_the_worker_comes_from_our_own_origin_for_its_own_folder(client):
    answer = client.get("/mitteilungen/push-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert "Service-Worker-Allowed" not in answer.headers
    assert "fetch(" not in answer.content.decode()
