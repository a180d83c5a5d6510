"""The mailbox of bounces is read over IMAP from a server on loopback, which may be slow, rude or gone."""

import io
import logging
import re
import socketserver
import ssl
import threading

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from tests.smtp_peer import CUT, certificate

from allmende.accounts import builders as people
from allmende.accounts.mail import message_id
from allmende.engines.notify import actions, tasks
from allmende.engines.notify.adapters import imap
from allmende.engines.notify.adapters.dsn import MAX_BYTES
from allmende.engines.notify.models import Mail, Trouble
from allmende.engines.notify.ports import PostboxDown
from allmende.engines.notify.tests.test_bounces import notification

ANSWER_TO_PEOPLE = b"From: ahorn@example.org\r\nSubject: Re: Neues\r\n\r\nDanke\r\n"


class Talk(socketserver.StreamRequestHandler):
    """One connection, as far as RFC 3501 is needed here."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.peer: ImapPeer = self.server.peer
        self.peer.connections += 1
        if self.peer.tls and self.peer.at_once:
            self.secure()
        try:
            self.tell("* OK ready")
            while line := self.rfile.readline():
                words = line.decode("latin-1").rstrip("\r\n").split(" ", 2)
                tag, command, rest = words[0], words[1].upper(), ([*words, ""])[2]
                if command == "UID":
                    command, _, rest = rest.partition(" ")
                self.peer.commands.append(command)
                said = self.peer.answer(command, rest)
                if said == CUT:
                    return
                if said:
                    self.tell(f"{tag} {said}")
                elif command == "STARTTLS":
                    self.tell(f"{tag} OK go on")
                    self.secure()
                else:
                    getattr(self, command.lower(), self.nothing)(rest)
                    self.tell(f"{tag} OK done")
                    if command == "LOGOUT":
                        return
        except (OSError, ValueError):
            pass  # the other side has gone

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # with TLS another one than the server knows

    def secure(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.peer.tls)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.peer.secured += 1

    def tell(self, text: str) -> None:
        self.wfile.write(text.encode("latin-1") + b"\r\n")

    def nothing(self, _rest: str) -> None:
        pass

    def capability(self, _rest: str) -> None:
        self.tell(f"* CAPABILITY IMAP4rev1{' STARTTLS' if self.peer.tls and not self.peer.at_once else ''}")

    def login(self, rest: str) -> None:
        self.peer.logins.append(rest)

    def authenticate(self, _rest: str) -> None:
        self.tell("+ ")
        self.peer.logins.append(self.rfile.readline().decode().strip())

    def select(self, rest: str) -> None:
        self.peer.folders.append(rest)
        self.tell(f"* {len(self.peer.mails)} EXISTS")

    def search(self, _rest: str) -> None:
        new = [str(uid) for uid, flags in self.peer.flags.items() if not flags]
        self.tell("* SEARCH " + " ".join(new))

    def fetch(self, rest: str) -> None:
        uid = int(rest.split(maxsplit=1)[0])
        most = int(re.search(r"<0\.(\d+)>", rest)[1])
        self.tell(r"* 1 FETCH (FLAGS (\Recent))")  # servers say such things at any time
        if uid in self.peer.mails:
            raw = self.peer.mails[uid][:most]
            self.wfile.write(b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (uid, len(raw)) + raw + b")\r\n")

    def store(self, rest: str) -> None:
        which, _how, flags = rest.split(" ", 2)
        for uid in which.split(","):
            self.peer.flags[int(uid)] |= set(re.findall(r"\\\w+", flags))

    def expunge(self, _rest: str) -> None:
        for uid in [uid for uid, flags in self.peer.flags.items() if r"\Deleted" in flags]:
            del self.peer.mails[uid], self.peer.flags[uid]


class ImapPeer(socketserver.ThreadingTCPServer):
    """`answer(command, rest)` may return another answer than the usual, or CUT. `at_once`: TLS before any word."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, *, tls=None, at_once=False) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.peer, self.tls, self.at_once = self, tls, at_once
        self.mails: dict[int, bytes] = {}
        self.flags: dict[int, set[str]] = {}
        self.commands, self.logins, self.folders = [], [], []
        self.connections = self.secured = 0
        self.answer = lambda _command, _rest: None
        self.port = self.server_address[1]
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    def put(self, raw: bytes) -> int:
        uid = max(self.mails, default=100) + 1
        self.mails[uid], self.flags[uid] = raw, set()
        return uid

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_error) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()


@pytest.fixture
def peer(settings):
    with ImapPeer() as server:
        settings.EMAIL_BOUNCES_URL = f"imap+plain://rueck:geheim@localhost:{server.port}"
        yield server


@pytest.fixture
def sent(db):
    """Mails that went to one person."""
    person, now = people.person(), timezone.now()
    return Mail.objects.bulk_create(Mail(person=person, due_at=now, created_at=now, state="sent") for _ in range(3))


def fetch():
    return actions.fetch(timezone.now())


def test_bounces_are_counted_and_deleted_and_what_people_wrote_is_left(sent, peer):
    peer.put(notification(message_id(sent[0].key)))
    letter = peer.put(ANSWER_TO_PEOPLE)
    assert fetch() == {"counted": 1, "no bounce": 1}
    assert peer.mails == {letter: ANSWER_TO_PEOPLE}
    assert peer.flags == {letter: {r"\Seen"}}
    assert peer.folders == ['"INBOX"']
    assert peer.commands[-1] == "LOGOUT"
    assert fetch() == {}  # what was read once is not read again
    assert Trouble.objects.get().count == 1


def test_without_a_mailbox_nobody_is_asked(db, settings):
    settings.EMAIL_BOUNCES_URL = ""
    assert fetch() == {}


def test_a_thousand_take_few_commands(db, peer):
    now = timezone.now()
    everyone = [people.person() for _ in range(20)]
    mails = [Mail(person=everyone[n % 20], due_at=now, created_at=now, state="sent") for n in range(1000)]
    Mail.objects.bulk_create(mails)
    for mail in mails:
        peer.put(notification(message_id(mail.key)))
    assert fetch() == {"counted": 1000}
    assert peer.mails == {}
    assert peer.commands.count("STORE") == 1000 / imap.TOGETHER
    assert Trouble.objects.filter(stopped_at__isnull=False).count() == 20


def test_more_than_one_reading_takes_is_read_by_the_next(sent, peer, monkeypatch):
    monkeypatch.setattr(imap, "AT_ONCE", 2)
    for mail in sent:
        peer.put(notification(message_id(mail.key)))
    assert fetch() == {"counted": 2}
    assert fetch() == {"counted": 1}


def test_hostile_cut_off_and_giant_mails_stop_nothing(sent, peer):
    whole = notification(message_id(sent[0].key))
    peer.put(b"")
    peer.put(b"\xff\xfe\x00" * 2000)
    peer.put(whole[: len(whole) // 2])
    peer.put(b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n" * 2000)
    peer.put(b")\r\n* BYE\r\nA1 OK {99999999999}\r\n" * 50)
    peer.put(whole + b"x" * MAX_BYTES)
    peer.put(whole)
    assert fetch() == {"no bounce": 5, "counted": 1, "known": 1}
    assert len(peer.mails) == 5


def test_one_that_somebody_deleted_meanwhile_is_passed_over(sent, peer):
    gone, there = peer.put(b"x"), peer.put(notification(message_id(sent[0].key)))
    del peer.mails[gone]
    assert fetch() == {"no bounce": 1, "counted": 1}
    assert there not in peer.mails


def test_a_line_that_breaks_before_deleting_counts_nothing_twice(sent, peer):
    for mail in sent:
        peer.put(notification(message_id(mail.key)))
    peer.answer = lambda command, _rest: CUT if command == "STORE" else None
    with pytest.raises(PostboxDown):
        fetch()
    assert Trouble.objects.get().count == 3
    peer.answer = lambda _command, _rest: None
    assert fetch() == {"known": 3}
    assert peer.mails == {}
    assert Trouble.objects.get().count == 3


def test_what_was_counted_before_the_line_broke_is_marked(sent, peer):
    for mail in sent:
        peer.put(notification(message_id(mail.key)))
    last = max(peer.mails)
    peer.answer = lambda command, rest: "NO later" if command == "FETCH" and rest.startswith(str(last)) else None
    with pytest.raises(PostboxDown):
        fetch()
    assert [uid for uid, flags in peer.flags.items() if not flags] == [last]


@pytest.mark.parametrize("step", ["CAPABILITY", "LOGIN", "SELECT", "SEARCH", "FETCH"])
@pytest.mark.parametrize("said", [CUT, "NO not now", "BAD what", "BYE"])
def test_a_server_that_refuses_or_breaks_off_is_asked_again_later(sent, peer, caplog, step, said):
    peer.put(notification(message_id(sent[0].key)))
    peer.answer = lambda command, _rest: said if command == step else None
    with caplog.at_level(logging.WARNING):
        tasks.fetch_bounces(0)
    assert "The mailbox of bounces cannot be read" in caplog.text
    assert "geheim" not in caplog.text
    peer.answer = lambda _command, _rest: None
    tasks.fetch_bounces(0)
    assert Trouble.objects.get().count == 1


def test_a_server_that_is_away_is_no_fault_of_ours(db, settings, caplog):
    settings.EMAIL_BOUNCES_URL = "imap+plain://a:b@127.0.0.1:1"
    with caplog.at_level(logging.WARNING):
        tasks.fetch_bounces(0)
    assert "ConnectionRefusedError" in caplog.text


@pytest.mark.parametrize(("scheme", "at_once"), [("imaps", True), ("imap", False)])
def test_tls_is_spoken_and_names_with_umlauts_are_understood(sent, settings, tmp_path, monkeypatch, scheme, at_once):
    pem = certificate(tmp_path)
    with ImapPeer(tls=pem, at_once=at_once) as secure:
        secure.put(notification(message_id(sent[0].key)))
        settings.EMAIL_BOUNCES_URL = f"{scheme}://r%C3%BCck:geheim@localhost:{secure.port}/INBOX.Bounces"
        with pytest.raises(PostboxDown):
            fetch()  # nobody vouches for this certificate
        assert secure.logins == []
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert fetch() == {"counted": 1}
        assert secure.folders == ['"INBOX.Bounces"']
        assert secure.logins == ["AHLDvGNrAGdlaGVpbQ=="]


def test_a_password_is_never_sent_where_starttls_is_missing(sent, peer, settings):
    settings.EMAIL_BOUNCES_URL = f"imap://rueck:geheim@localhost:{peer.port}"
    with pytest.raises(PostboxDown):
        fetch()
    assert peer.logins == []


@pytest.mark.parametrize(
    "url", ["http://a:b@c", "imaps://host/INBOX", "imaps://a:b@/x", 'imaps://a:b@c/x"y', "imaps://a:b@c/x%0d%0aA1"]
)
def test_an_address_that_cannot_be_is_named(url, settings):
    settings.EMAIL_BOUNCES_URL = url
    with pytest.raises(ValueError, match="EMAIL_BOUNCES_URL"):
        fetch()


def test_the_operator_reads_it_at_once(sent, peer):
    peer.put(notification(message_id(sent[0].key)))
    out = io.StringIO()
    call_command("bounces", imap=True, stdout=out)
    assert out.getvalue().strip() == "counted: 1"
    peer.answer = lambda _command, _rest: CUT
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("bounces", imap=True)
