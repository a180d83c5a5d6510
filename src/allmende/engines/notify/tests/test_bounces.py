"""What comes back is understood however it is written, counted once, and after a few the address is left alone."""

import io
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.accounts.mail import message_id
from allmende.engines.notify import actions, handlers
from allmende.engines.notify.adapters import dsn
from allmende.engines.notify.builders import happen, thing
from allmende.engines.notify.models import Mail, Notice, Trouble
from allmende.engines.notify.ports import Bounce


def notification(of: str, *, action="failed", status="5.1.1", returned="message/rfc822", encode="") -> bytes:
    """A delivery status notification as a mail server writes it."""
    report = (
        "Reporting-MTA: dns; mx.example.org\r\nArrival-Date: Sun, 22 Nov 2026 03:00:00 +0100\r\n\r\n"
        "Final-Recipient: rfc822; ahorn@example.org\r\n"
        f"Action: {action}\r\nStatus: {status} (bad\r\n  destination)\r\n"
        f"Diagnostic-Code: smtp; 550 {status} no such user\r\n"
    )
    if encode == "base64":
        import base64

        body = base64.encodebytes(report.encode()).decode()
        head = "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    elif encode == "quoted-printable":
        body = report.replace("=", "=3D").replace("no such user", "no such=\r\n user")
        head = "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    else:
        body, head = report, "Content-Type: message/delivery-status\r\n\r\n"
    mail = f"From: portal@example.org\r\nSubject: =?utf-8?q?B=C3=A4nke?=\r\nMessage-ID: {of}\r\n\r\nText\r\n"
    return (
        "From: MAILER-DAEMON@mx.example.org\r\nTo: portal@example.org\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="b=1"\r\n\r\n'
        "--b=1\r\nContent-Type: text/plain; charset=unknown-8bit\r\n\r\nGr\xfc\xdfe\r\n\r\n"
        f"--b=1\r\n{head}{body}\r\n"
        f"--b=1\r\nContent-Type: {returned}\r\n\r\n{mail}\r\n--b=1--\r\n"
    ).encode("latin-1")


@pytest.fixture
def sent(db, send_mail):
    """Someone to whom mails went; returns them and a function that sends one more."""
    person = people.person()
    ref = thing(title="Bänke")
    actions.follow(actor=people.actor(person), ref=ref, at=timezone.now())

    def one_more(at=None) -> Mail | None:
        before = Mail.objects.count()
        handlers.tell(happen(ref))
        send_mail(at)
        return Mail.objects.order_by("-id").first() if Mail.objects.count() > before else None

    return person, one_more


def back(mail: Mail, at=None, **how):
    return actions.take(dsn.read(notification(message_id(mail.key), **how)), at or timezone.now())


@pytest.mark.parametrize("encode", ["", "base64", "quoted-printable"])
@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers", "message/rfc822; charset=x"])
def test_a_notification_is_read_however_it_is_written(encode, returned):
    found = dsn.read(notification("<mail-1@localhost>", encode=encode, returned=returned))
    assert found == [Bounce("<mail-1@localhost>", "failed", "5.1.1", "ahorn@example.org")]


def test_with_bare_newlines_and_in_capitals_too():
    raw = notification("<mail-1@localhost>").replace(b"\r\n", b"\n").replace(b"Action: failed", b"ACTION: FAILED")
    assert dsn.read(raw)[0].action == "failed"


def test_a_mail_that_is_none_says_nothing():
    plain = EmailMessage()
    plain["Subject"] = "Ihre Nachricht"
    plain.set_content("Action: failed\nStatus: 5.1.1\nMessage-ID: <mail-1@localhost>")
    assert dsn.read(plain.as_bytes()) == []
    assert dsn.read(b"") == []


@given(st.binary(max_size=600))
def test_no_bytes_break_the_reader(raw):
    assert dsn.read(raw) == []


@given(st.data())
def test_no_damage_to_a_notification_breaks_the_reader(data):
    raw = bytearray(notification("<mail-1@localhost>"))
    for _ in range(data.draw(st.integers(1, 30))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    for bounce in dsn.read(bytes(raw)):
        assert len(bounce.status) <= 12
        assert bounce.action in {"failed", "delayed", "delivered", "relayed", "expanded"}


def test_a_header_with_a_stray_carriage_return_is_read_as_it_came():
    damaged = notification("<mail-1@localhost>").replace(b"Status: 5.1.1", b"Status: 5.1.1\rX: y", 1)
    assert [bounce.status for bounce in dsn.read(damaged)] == ["5.1.1"]


def test_hostile_ones_end_soon():
    nested = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 3000
    assert dsn.read(nested) == []
    many = notification("<mail-1@localhost>").replace(
        b"Final-Recipient", b"Final-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" * 9999 + b"X", 1
    )
    assert len(dsn.read(many)) <= dsn.MAX_RECIPIENTS


def test_after_three_the_address_is_left_alone_and_its_owner_is_told_in_the_portal(sent):
    person, one_more = sent
    for _ in range(2):
        assert back(one_more()) == {"counted": 1}
    assert Trouble.objects.get().stopped_at is None
    assert back(one_more()) == {"counted": 1}
    assert Trouble.objects.get().stopped_at is not None
    told = Notice.objects.get(because="account")
    assert told.subjects["de"] == "Unsere E-Mails kommen bei Ihnen nicht an"
    assert told.subjects["en"] == "Our e-mails do not reach you"
    assert one_more() is None  # no mail any more
    assert Notice.objects.filter(person=person, because="followed").count() == 4  # but a notice

    browser = people.login(Client(), person)
    assert "Unsere E-Mails kommen bei Ihnen nicht an" in browser.get("/mitteilungen/").content.decode()
    assert browser.get(f"/mitteilungen/{told.id}/")["Location"] == "/mitteilungen/einstellungen/"
    assert "Stimmt Ihre Adresse noch?" in browser.get("/mitteilungen/einstellungen/").content.decode()
    browser.post("/mitteilungen/einstellungen/adresse/")
    assert one_more() is not None


def test_a_new_address_starts_afresh(sent):
    person, one_more = sent
    for _ in range(3):
        back(one_more())
    person.email = "neu@example.org"
    person.save()
    assert one_more() is not None


def test_the_same_notification_counts_once(sent):
    _person, one_more = sent
    mail = one_more()
    assert back(mail) == {"counted": 1}
    assert back(mail) == {"known": 1}
    assert Trouble.objects.get().count == 1


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"action": "delayed", "status": "4.4.1"}, "passing"),
        ({"action": "delivered", "status": "2.0.0"}, "passing"),
        ({"status": "5.7.1"}, "passing"),  # refused for what it is
        ({"status": "5.3.4"}, "passing"),  # too large
        ({"status": "5.2.2"}, "counted"),  # a full mailbox, given up for good
    ],
)
def test_only_what_is_about_the_address_counts(sent, how, expected):
    _person, one_more = sent
    assert back(one_more(), **how) == {expected: 1}


def test_nobody_ends_anothers_mail_with_an_invented_notification(sent):
    _person, one_more = sent
    mail = one_more()
    for wrong in ("<mail-1@localhost>", f"<{mail.key}@elsewhere.example>", "<notice-1@localhost>", "", "<mail-@x>"):
        assert actions.take(dsn.read(notification(wrong)), timezone.now()) == {"unknown": 1}
    assert not Trouble.objects.exists()


def test_long_ago_is_forgotten(sent):
    _person, one_more = sent
    now = timezone.now()
    for days in (0, 1, 100):
        back(one_more(), at=now + timedelta(days=days))
    trouble = Trouble.objects.get()
    assert (trouble.count, trouble.stopped_at) == (1, None)


def test_a_thousand_at_once_from_a_maildir(db, tmp_path, django_assert_max_num_queries):
    now = timezone.now()
    everyone = [people.person() for _ in range(50)]
    mails = [Mail(person=everyone[n % 50], due_at=now, created_at=now, state="sent") for n in range(1000)]
    Mail.objects.bulk_create(mails)
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    for number, mail in enumerate(mails):
        (tmp_path / "new" / f"{number}").write_bytes(notification(message_id(mail.key)))
    (tmp_path / "new" / "spam").write_bytes(b"Subject: win\r\n\r\n\xff\xfe")
    out = io.StringIO()
    call_command("bounces", maildir=tmp_path, stdout=out)
    assert out.getvalue().strip() == "counted: 1000, no bounce: 1"
    assert Trouble.objects.filter(stopped_at__isnull=False).count() == 50
    assert Notice.objects.filter(because="account").count() == 50  # each is told once
    assert list((tmp_path / "new").iterdir()) == []


def test_a_program_of_an_administrator_hands_them_in(sent):
    _person, one_more = sent
    raw = notification(message_id(one_more().key))
    for who, allowed in ((people.administrator(), True), (people.moderator(), False), (people.person(), False)):
        client = people.login(Client(), who)
        answer = client.post("/api/v1/notify/bounces", raw, content_type="message/rfc822")
        assert (answer.status_code == 200) is allowed, answer.content
    assert Client().post("/api/v1/notify/bounces", raw, content_type="message/rfc822").status_code in {401, 403}
    assert Trouble.objects.get().count == 1


def test_the_next_visit_begins_with_a_word_about_it(sent, rf):
    from django.contrib.auth.signals import user_logged_in
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.contrib.sessions.backends.cache import SessionStore

    person, one_more = sent

    def said() -> list[str]:
        request = rf.get("/")
        request.session = SessionStore()
        request._messages = FallbackStorage(request)
        user_logged_in.send(type(person), request=request, user=person)
        return [str(message) for message in request._messages]

    assert said() == []
    for _ in range(3):
        back(one_more())
    assert said() == ["Unsere E-Mails kommen bei Ihnen nicht an. Bitte prüfen Sie Ihre Adresse unter „Mitteilungen“."]
