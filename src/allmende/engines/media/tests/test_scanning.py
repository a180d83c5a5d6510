"""A virus scanner by setting, proven against one that speaks clamd's protocol. Down means: nobody gets a file."""

import contextlib
import io
import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from django.db import transaction

from allmende.core.errors import Invalid
from allmende.engines.media import interface, ports, tasks
from allmende.engines.media.actions import files
from allmende.engines.media.adapters.clamd import Clamd
from allmende.engines.media.adapters.demo import TEST_FILE, TestFileScanner
from allmende.engines.media.builders import jpeg, some_ref
from allmende.engines.media.models import Medium
from allmende.engines.media.ports import ScannerDown
from allmende.engines.media.tests.test_documents import pdf

committed = pytest.mark.django_db(transaction=True)
WORDS = interface.Words("Bericht", "Was darin steht.")


def answering(connection: socket.socket, mood: str) -> None:
    """clamd(8), INSTREAM: pieces with their lengths, an empty one at the end."""
    with connection, connection.makefile("rb") as source:
        if mood == "hangs":
            connection.recv(1)
            threading.Event().wait(5)
            return
        assert source.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack(">I", source.read(4))[0]:
            content += source.read(length)
            if mood == "limit" and len(content) > 100:
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = TEST_FILE in content
        connection.sendall(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")


@contextlib.contextmanager
def clamd(address: object = ("127.0.0.1", 0), mood: str = "well") -> Iterator[str]:
    unix = isinstance(address, str)
    listener = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    listener.bind(address)
    listener.listen()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=answering, args=(connection, mood), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"unix://{address}" if unix else f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.fixture
def scanner(settings, monkeypatch):
    """Sets the scanner that the city uses."""

    def use(there: object) -> None:
        monkeypatch.setattr(ports, "_scanner", lambda _url: there)

    settings.CLAMD_URL = "tcp://set"
    return use


@pytest.mark.parametrize("way", ["tcp", "unix"])
def test_clamd_is_asked_over_both_ways(way, tmp_path):
    import tempfile

    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        address = ("127.0.0.1", 0) if way == "tcp" else f"{folder}/clamd.ctl"
        with clamd(address) as url:
            there = Clamd(url, timeout=60)
            assert there.find(io.BytesIO(b"harmless" * 100_000)) == ""
            assert there.find(io.BytesIO(b"x" * 300_000 + TEST_FILE)) == "Eicar-Test-Signature"
            assert there.find(io.BytesIO(b"")) == ""


@pytest.mark.parametrize("mood", ["hangs", "limit"])
def test_a_scanner_that_gives_no_clear_answer_is_down(mood):
    with clamd(mood=mood) as url, pytest.raises(ScannerDown):
        Clamd(url, timeout=0.5).find(io.BytesIO(b"x" * 1000))
    with pytest.raises(ScannerDown):
        Clamd("tcp://127.0.0.1:1", timeout=0.5).find(io.BytesIO(b"x"))
    with pytest.raises(ValueError, match="CLAMD_URL"):
        Clamd("http://elsewhere")


def test_the_demo_scanner_knows_the_test_file_wherever_it_lies():
    from allmende.engines.media.adapters.clamd import PIECE

    there = TestFileScanner()
    for before in (0, PIECE - 10, PIECE * 2 - 1):
        assert there.find(io.BytesIO(b"x" * before + TEST_FILE))
    assert there.find(io.BytesIO(b"x" * PIECE * 2)) == ""


def test_an_infected_file_is_refused_in_plain_words_and_leaves_nothing(db, scanner):
    with clamd() as url:
        scanner(Clamd(url, timeout=60))
        with pytest.raises(Invalid, match="Schadsoftware"):
            interface.take_document(pdf() + b"\n%" + TEST_FILE + b"\nstartxref\n0\n%%EOF\n", words=WORDS)
        with pytest.raises(Invalid, match="Schadsoftware") as refused:
            interface.take_image(jpeg() + TEST_FILE, alt="", field="photo")
        assert list(refused.value.fields) == ["photo"]
        assert not Medium.objects.exists()
        assert not list(files.walk("private"))
        assert interface.take_document(pdf(), words=WORDS).scan == "clean"


@committed
def test_while_the_scanner_is_down_files_wait_where_nobody_gets_them(scanner):
    from django.utils import timezone

    from allmende.core.actor import Viewer
    from allmende.engines.media import queries

    down = Clamd("tcp://127.0.0.1:1", timeout=0.5)
    scanner(down)
    ref, now = some_ref(), timezone.now()
    document = interface.take_document(pdf(), words=WORDS)
    image = interface.take_image(jpeg(), alt="Bank")
    with transaction.atomic():
        interface.attach(document.pk, ref)
        interface.attach(image.pk, ref)
        interface.release(ref)
    assert not list(files.walk("public"))
    assert interface.documents_of([ref]) == interface.images_of([ref]) == {}
    document.refresh_from_db()
    assert not queries.may_see(document, Viewer(), now, ticket=interface.ticket_of(document.pk))
    tasks.catch_up(0)
    assert Medium.objects.filter(scan="waiting").count() == 2
    with clamd() as url:
        scanner(Clamd(url, timeout=60))
        tasks.catch_up(0)
    assert Medium.objects.filter(scan="clean", placed="public").count() == 2
    assert interface.documents_of([ref])[ref][0].file.url.startswith("/medien/")
    assert ref in interface.images_of([ref])
    assert list(files.walk("public"))


@committed
def test_what_turns_out_infected_while_it_waited_is_gone(scanner, monkeypatch):
    scanner(Clamd("tcp://127.0.0.1:1", timeout=0.5))
    interface.take_document(pdf() + b"\n%" + TEST_FILE + b"\nstartxref\n0\n%%EOF\n", words=WORDS)
    scanner(TestFileScanner())
    tasks.catch_up(0)
    assert not Medium.objects.exists()
    assert not list(files.walk("private"))
