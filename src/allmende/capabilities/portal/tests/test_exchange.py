"""News from the official website: taken once, never typed twice, whatever the other side sends."""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.walk import EAGER

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import exchange as actions
from allmende.capabilities.portal.adapters import reader_for
from allmende.capabilities.portal.adapters.http import HttpReader
from allmende.capabilities.portal.builders import notices
from allmende.capabilities.portal.models import FeedItem, FeedSource
from allmende.capabilities.portal.ports import Fetched, Unreachable
from allmende.capabilities.portal.rules import exchange as rules
from allmende.capabilities.portal.tasks.exchange import read_feeds, read_source
from allmende.core.actor import SYSTEM, Viewer
from allmende.core.errors import Invalid, NotAllowed
from allmende.core.fetching import allowed
from allmende.engines.search.interface import entry, find

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
VISITOR = Viewer()


def item(number: int, *, days: float = 1, title: str = "", guid: str = "", link: str = "", text: str = "Text") -> str:
    when = (NOW - timedelta(days=days)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return (
        f"<item><guid>{guid or f'id-{number}'}</guid><title>{title or f'Meldung {number}'}</title>"
        f"<link>{link or f'https://www.stadt.example/{number}'}</link><description>{text}</description>"
        f"<pubDate>{when}</pubDate></item>"
    )


def rss(*items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f'{head}<rss version="2.0"><channel><title>T</title>{"".join(items)}</channel></rss>'.encode()


@pytest.fixture
def source(db) -> FeedSource:
    editor = people.actor(people.editor())
    return actions.save_source(actor=editor, url="https://www.stadt.example/feed", title="Website", at=NOW)


def take(source: FeedSource, body: bytes, at: datetime = NOW, content_type: str = "application/rss+xml") -> FeedSource:
    reading = rules.read(body, content_type, at)
    return actions.take_reading(
        actor=SYSTEM, source_id=source.pk, fetched=Fetched(body, etag='"1"'), reading=reading, at=at
    )


def live() -> list[str]:
    return sorted(FeedItem.objects.filter(withdrawn_at=None).values_list("title", flat=True))


# Reading


def test_things_appear_once_change_and_go(source, deliver):
    take(source, rss(item(1, days=1), item(2, days=3)))
    take(source, rss(item(1, days=1), item(2, days=3)))
    deliver()
    assert live() == ["Meldung 1", "Meldung 2"]
    found = find("Meldung", VISITOR, timezone.now(), language="de")
    assert [hit.kind for hit in found.entries] == ["website", "website"]
    first = FeedItem.objects.get(guid="id-1")
    page = Client(headers={"host": "localhost"}).get(f"/von-der-website/{first.number}/").content.decode()
    assert 'href="https://www.stadt.example/1"' in page
    assert "Website" in page
    take(source, rss(item(1, days=1, title="Geändert"), item(2, days=3)), NOW + timedelta(hours=1))
    assert live() == ["Geändert", "Meldung 2"]
    # 1 is gone although the feed reaches back to 2: withdrawn, and its words with it.
    take(source, rss(item(2, days=3)), NOW + timedelta(hours=2))
    deliver()
    first.refresh_from_db()
    assert (live(), first.title, first.summary) == (["Meldung 2"], "–", "")
    assert entry(first.ref, VISITOR, timezone.now()) is None
    assert Client(headers={"host": "localhost"}).get(f"/von-der-website/{first.number}/").status_code == 404
    # It may come back.
    take(source, rss(item(1, days=1), item(2, days=3)), NOW + timedelta(hours=3))
    assert live() == ["Meldung 1", "Meldung 2"]


def test_what_has_merely_scrolled_out_of_the_feed_stays(source):
    take(source, rss(item(1, days=9), item(2, days=3)))
    take(source, rss(item(2, days=3), item(3, days=1)))
    assert live() == ["Meldung 1", "Meldung 2", "Meldung 3"]


@given(
    ages=st.lists(st.integers(0, 30), min_size=1, max_size=8, unique=True),
    missing=st.integers(0, 30),
)
@EAGER
def test_only_what_the_feed_still_reaches_back_to_counts_as_withdrawn(ages, missing):
    present = {str(age) for age in ages}
    oldest = NOW - timedelta(days=max(ages))
    gone = rules.withdrawn(present, oldest, guid=str(missing), published_at=NOW - timedelta(days=missing))
    assert gone == (missing not in ages and missing <= max(ages))


def test_our_own_things_do_not_come_back_to_us(source, deliver, settings):
    settings.PUBLIC_URL = "https://unser.stadt.example"
    ours = notices.provided()
    deliver()
    take(
        source,
        rss(
            item(1, guid=f"urn:uuid:{ours.pk}", link="https://www.stadt.example/uebernommen"),
            item(2, link="https://unser.stadt.example/bekanntmachungen/2026/1/"),
            item(3),
        ),
    )
    assert live() == ["Meldung 3"]
    # What our feeds hand out is exactly what is recognised, in both formats.
    client = Client(headers={"host": "localhost"})
    for path in ("/feeds/bekanntmachungen.atom", "/feeds/bekanntmachungen.rss"):
        answer = client.get(path)
        take(source, answer.content, content_type=answer["Content-Type"])
    assert "Bekanntmachung" not in " ".join(live())


def test_the_same_thing_in_two_feeds_stands_here_once(source):
    other = actions.save_source(
        actor=people.actor(people.editor()), url="https://www.stadt.example/alles", title="Alles", at=NOW
    )
    take(source, rss(item(1)))
    take(other, rss(item(1, guid="anders"), item(2)))
    assert live() == ["Meldung 1", "Meldung 2"]


# What the other side may send


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_declared_encodings_are_read(encoding):
    body = rss(item(1, title="Straße für Müller"), head=f'<?xml version="1.0" encoding="{encoding}"?>')
    found = rules.read(body.decode().encode(encoding), "application/rss+xml", NOW)
    assert [one.title for one in found.items] == ["Straße für Müller"]


def test_an_encoding_that_is_declared_wrongly_breaks_nothing(source):
    body = rss(item(1, title="Straße"), head='<?xml version="1.0" encoding="utf-8"?>')
    take(source, body.decode().encode("iso-8859-1"), content_type="application/rss+xml; charset=utf-8")
    assert len(live()) == 1
    take(source, rss(item(2)), content_type="text/html; charset=klingon")
    assert "Meldung 2" in live()


def test_of_a_feed_cut_short_nothing_counts_as_withdrawn(source):
    whole = rss(item(1, days=1), item(2, days=2), item(3, days=3))
    take(source, whole)
    for cut in range(0, len(whole), 40):
        try:
            reading = rules.read(whole[:cut], "application/rss+xml", NOW)
        except rules.Unreadable:
            continue
        assert not reading.whole, cut
        actions.take_reading(actor=SYSTEM, source_id=source.pk, fetched=Fetched(b""), reading=reading, at=NOW)
        assert len(live()) == 3


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1, title="&j;"), head=LAUGHS),
        rss(item(1), head='<?xml version="1.0"?><!DOCTYPE x [<!entity a SYSTEM "file:///etc/passwd">]>'),
        rss(item(1), head=LAUGHS).decode().encode("utf-16"),
        b"<a>" * 90_000,
    ],
    ids=["laughs", "external", "utf-16", "deep"],
)
def test_what_is_meant_to_harm_is_refused_at_once(body):
    begun = time.thread_time()  # our own work, however busy the machine is
    with pytest.raises(rules.Unreadable, match="hostile"):
        rules.read(body, "application/rss+xml", NOW)
    assert time.thread_time() - begun < 2


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<html><body>404</body></html>", b"%PDF-1.7", b"{}"])
def test_what_is_no_feed_is_said_to_be_none(body):
    with pytest.raises(rules.Unreadable, match="unreadable"):
        rules.read(body, "text/html", NOW)


def test_markup_and_odd_addresses_stay_outside():
    found = rules.read(
        rss(
            item(1, title="&lt;b&gt;Fett&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;", text="&lt;img src=x&gt;Ja"),
            item(2, link="javascript:alert(1)"),
            item(3, link="file:///etc/passwd"),
            item(4, days=-900),
        ),
        "application/rss+xml",
        NOW,
    )
    assert [(one.guid, one.title, one.summary) for one in found.items] == [
        ("id-1", "Fett", "Ja"),
        ("id-4", "Meldung 4", "Text"),
    ]
    assert found.items[1].published_at == NOW


@given(text=st.text(max_size=400), limit=st.integers(10, 300))
@EAGER
def test_text_without_markup_never_exceeds_its_limit(text, limit):
    found = rules.plain(text, limit)
    assert len(found) <= limit
    assert "\x00" not in found
    assert found == " ".join(found.split())


@given(body=st.binary(max_size=300))
@EAGER
def test_any_bytes_are_read_or_refused(body):
    with contextlib.suppress(rules.Unreadable):
        rules.read(b'<?xml version="1.0"?><rss version="2.0"><channel>' + body, "application/xml", NOW)


# Fetching


class _Site(BaseHTTPRequestHandler):
    """A website that behaves as its path says."""

    ANSWERS = {
        "/loop": (302, b"", {"Location": "/loop"}),
        "/inside": (302, b"", {"Location": "http://169.254.169.254/latest/meta-data/"}),
        "/scheme": (302, b"", {"Location": "ftp://www.stadt.example/feed"}),
        "/odd": (302, b"", {"Location": "http://[::1/"}),
        "/bomb": (200, gzip.compress(b"x" * 10_000_000), {"Content-Encoding": "gzip"}),
        "/gone": (410, b"", {}),
        "/short": (200, b"x" * 100, {"Content-Length": "5000"}),
    }

    def do_GET(self) -> None:
        if self.path == "/feed" and self.headers.get("If-None-Match") == '"v1"':
            self._answer(304, b"")
        elif self.path == "/feed":
            self._answer(200, rss(item(1)), ETag='"v1"', **{"Content-Type": "application/rss+xml"})
        elif self.path.startswith("/to/"):
            self._answer(302, b"", Location=self.path[3:])
        elif self.path in {"/huge", "/drip"}:
            self.send_response(200)
            self.end_headers()
            size, pause = (65536, 0.0) if self.path == "/huge" else (1, 0.1)
            with contextlib.suppress(OSError):
                for _n in range(100):
                    self.wfile.write(b"x" * size)
                    self.wfile.flush()
                    time.sleep(pause)
        else:
            status, body, headers = self.ANSWERS.get(self.path, (500, b"", {}))
            self._answer(status, body, **headers)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_unchanged_feed_is_not_sent_again(site):
    reader = HttpReader(allow_private=True)
    first = reader.fetch(f"{site}/feed")
    assert (first.etag, first.body) == ('"v1"', rss(item(1)))
    assert reader.fetch(f"{site}/feed", etag=first.etag).body is None
    assert reader.fetch(f"{site}/to/feed").body == first.body


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/loop", "redirects"), ("/huge", "huge"), ("/drip", "slow"), ("/short", "short"), ("/bomb", "refused"),
        ("/gone", "gone"), ("/other", "refused"), ("/scheme", "address"), ("/odd", "address"),
        ("/to/file:///etc/passwd", "refused"),
    ],
)  # fmt: skip
def test_whatever_a_website_does_ends_in_time_with_a_reason(site, path, problem):
    begun = time.monotonic()
    with pytest.raises(Unreachable) as refused:
        HttpReader(allow_private=True, seconds=2 if problem == "slow" else 60).fetch(site + path)
    assert refused.value.problem == problem
    assert time.monotonic() - begun < 60


def test_private_addresses_are_refused_directly_and_by_redirect(site, monkeypatch):
    for url in (
        site, "http://localhost/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://[::ffff:10.0.0.1]/"
    ):  # fmt: skip
        with pytest.raises(Unreachable) as refused:
            HttpReader().fetch(url + "/feed")
        assert refused.value.problem == "private", url
    # The first hop is public (as this test has it), the second leads inside.
    port = int(site.rsplit(":", 1)[1])
    looked_up = socket.getaddrinfo

    def names(host, *asked, **more):
        return looked_up("127.0.0.1" if host == "public.example" else host, *asked, **more)

    monkeypatch.setattr(socket, "getaddrinfo", names)
    judged = allowed
    monkeypatch.setattr("allmende.core.fetching.allowed", lambda ip: ip == "127.0.0.1" or judged(ip))
    with pytest.raises(Unreachable) as refused:
        HttpReader().fetch(f"http://public.example:{port}/inside")
    assert refused.value.problem == "private"


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True), ("127.0.0.1", False),
        ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False),
        ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False), ("fe80::1", False),
        ("fc00::1", False), ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_public_internet_are_allowed(address, fine):
    assert allowed(address) == fine


def test_a_failing_source_is_asked_less_often_and_says_why(source, settings):
    settings.DEMO = True
    FeedSource.objects.filter(pk=source.pk).update(url="demo:nowhere")
    source.refresh_from_db()
    waits = []
    for _n in range(12):
        row = read_source(source, NOW)
        waits.append(row.next_check_at - NOW)
    assert (row.problem, waits[0], waits[-1]) == ("gone", timedelta(minutes=20), timedelta(hours=24))
    assert waits == sorted(waits)
    assert read_feeds(NOW) == 0
    admin = people.login(Client(headers={"host": "localhost"}), people.administrator())
    page = admin.get("/verwaltung/feeds/").content.decode()
    assert "Den Feed gibt es nicht mehr." in page


def test_the_demonstration_reads_a_feed_from_nowhere(db, settings, deliver):
    settings.DEMO = True
    at = timezone.now()
    editor = people.actor(people.editor())
    made = actions.save_source(actor=editor, url="demo:website", title="Beispiel", at=at)
    assert read_feeds(at) == 1
    deliver()
    assert len(live()) == 3
    made.refresh_from_db()
    assert (made.problem, made.failures) == ("", 0)
    page = Client(headers={"host": "localhost"}).get("/von-der-website/").content.decode()
    assert page.count("/von-der-website/") >= 3
    # Switched off, everything from there is gone; on again, it is back.
    for active, shown in ((False, 0), (True, 3)):
        actions.save_source(
            actor=editor, source_id=made.pk, url="demo:website", title="Beispiel", is_active=active, at=at
        )
        deliver()
        assert find("Kreuzung", VISITOR, timezone.now(), language="de").total == min(shown, 1)
    settings.DEMO = False
    with pytest.raises(Unreachable):
        reader_for("demo:website")


def test_only_editors_and_administrators_enter_addresses(source):
    with pytest.raises(NotAllowed):
        actions.save_source(actor=people.actor(people.moderator()), url="https://a.example/", title="x", at=NOW)
    for url in ("", "ftp://a.example/", "demo:website", "https://", source.url):
        with pytest.raises(Invalid) as refused:
            actions.save_source(actor=people.actor(people.administrator()), url=url, title="x", at=NOW)
        assert set(refused.value.fields) == {"url"}
