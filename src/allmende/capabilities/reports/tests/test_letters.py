"""A mail becomes a report; programs, loops and hostile mails do no harm."""

import io
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import builders
from allmende.capabilities.reports.actions import letters
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.rules import letters as rules
from allmende.engines.media.models import Medium
from allmende.engines.notify import interface as notify

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at():
    return timezone.now()


@pytest.fixture(autouse=True)
def kinds():
    builders.category(slug="licht", keywords=["laterne", "lampe"], order=1)
    builders.category(slug="sonstiges", order=99)


def picture():
    target = io.BytesIO()
    Image.effect_noise((800, 600), 60).convert("RGB").save(target, "JPEG")
    return target.getvalue()


def mail(
    text="Vor Am Bach 3 ist die Laterne aus.", *, subject="Laterne aus", sender="Ida <ida@example.org>", **headers
):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "schaden@stadt.example", subject
    message["Message-ID"] = headers.pop("message_id", f"<{hash((text, subject, sender))}@example.org>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def take(message, at):
    raw = message if isinstance(message, bytes) else message.as_bytes()
    return dict(letters.take_mail(raw, at))


def test_a_mail_with_a_photo_becomes_a_private_report_that_is_answered(at):
    message = mail("Vor dem Haus ist die Laterne aus.\nOrt: Hinterer Weg\n\n-- \nIda Ahorn\nTelefon 0365")
    message.add_attachment(picture(), maintype="image", subtype="jpeg", filename="a.jpg")
    assert take(message, at) == {"report": 1}
    report = Report.objects.get()
    assert report.category.slug == "licht"
    assert report.channel == "email"
    assert report.words == "Laterne aus\n\nVor dem Haus ist die Laterne aus.\nOrt: Hinterer Weg"
    assert report.place == "Hinterer Weg"
    assert (report.state, report.is_public, report.is_proven) == ("received", False, False)
    assert accounts.person(report.reporter_id).contact_kind == "email"
    assert Medium.objects.get().ref == report.ref


def test_the_same_mail_twice_is_one_report(at):
    message = mail()
    assert take(message, at) == {"report": 1}
    assert take(message, at + timedelta(minutes=3)) == {"known": 1}
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Autoreply": "yes"}, {"List_Id": "<a.example.org>"},
     {"X_Loop": "1"}, {"Return_Path": "<>"}],
)  # fmt: skip
def test_programs_and_lists_make_no_report(at, headers):
    assert take(mail(**headers), at) == {}
    assert not Report.objects.exists()


def test_our_own_addresses_make_no_report(at, settings):
    settings.EMAIL_REPORTS = "schaden@stadt.example"
    for sender in ("schaden@stadt.example", settings.DEFAULT_FROM_EMAIL, ""):
        assert take(mail(sender=sender), at) == {}
    assert not Report.objects.exists()


def test_two_machines_that_answer_each_other_come_to_an_end_and_others_are_still_heard(at):
    for number in range(40):
        take(mail(f"Ich bin nicht da. {number}"), at)
    assert Report.objects.count() == letters.PER_HOUR
    assert take(mail(sender="otto@example.org"), at) == {"report": 1}


def test_a_mail_without_words_or_place_is_taken_and_one_of_nothing_is_left(at):
    message = mail("", subject="")
    message.add_attachment(picture(), maintype="image", subtype="jpeg", filename="a.jpg")
    assert take(message, at) == {"report": 1}
    report = Report.objects.get()
    assert report.words == "Foto ohne Text"
    assert report.category.slug == "sonstiges"
    assert take(mail("", subject=""), at) == {}


def test_pictures_that_are_none_are_told_and_the_words_are_kept(at):
    message = mail()
    message.add_attachment(b"<html><script>x</script>" * 400, maintype="image", subtype="jpeg", filename="a.jpg")
    message.add_attachment(b"%PDF-1.7 " * 900, maintype="application", subtype="pdf", filename="a.pdf")
    assert take(message, at) == {"report": 1}
    report = Report.objects.get()
    assert not Medium.objects.exists()
    assert report.updates.filter(verb="photo").count() == 1


def test_hostile_mails_break_nothing(at):
    deep = mail().as_bytes()
    for _ in range(60):
        deep = b"Content-Type: message/rfc822\r\n\r\n" + deep
    many = EmailMessage()
    many["From"], many["Subject"] = "ida@example.org", "viele"
    many.set_content("viele Teile")
    for _ in range(300):
        many.add_attachment(b"x" * 5000, maintype="application", subtype="octet-stream", filename="../../etc/passwd")
    hostile = [
        b"", b"\0" * 500, b"From: a\n", deep, many.as_bytes(),
        b"From: ida@example.org\r\nSubject: =?utf-9?q?x?=\r\nContent-Type: text/plain; charset=no\r\n\r\n\xff\xfeHallo",
        b"From: ida@example.org\r\nContent-Transfer-Encoding: base64\r\nSubject: x\r\n\r\n!!!!",
        b"From: ida@example.org\r\nSubject: " + b"=?utf-8?b?" * 3000 + b"\r\n\r\nHallo",
        b"From: " + b"<" * 5000 + b"\r\n\r\nHallo",
        b'From: ida@example.org\r\nContent-Type: multipart/mixed; boundary="' + b"a" * 4000 + b'"\r\n\r\n--a\r\n',
        b"From: ida@example.org\r\nSubject: A\r\n\r\n" + "\u202eOrt: \x1b[31m".encode() * 4000,
    ]  # fmt: skip
    for raw in hostile:
        take(raw, at)
    for report in Report.objects.all():
        assert len(report.words) <= 4000
        assert "\0" not in report.words


@given(st.binary(max_size=2000))
@hypothesis_settings(max_examples=200)
def test_any_bytes_are_read_or_not_but_never_an_error(raw):
    notify.read_letter(raw)
    notify.read_letter(b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + raw)


def test_what_may_be_the_place_named_ones_first():
    text = "In der Lindenstraße 4b liegt ein Ast.\nWo: hinter der Schule\n"
    assert list(rules.places_in("Ast am Marktplatz", text)) == [
        ("hinter der Schule", True), ("Marktplatz", False), ("In der Lindenstraße 4b", False),
        ("Lindenstraße 4b", False),
    ]  # fmt: skip


def test_the_subject_stands_once_and_without_the_signs_of_answers():
    assert rules.words_of("Re: AW: Laterne", "Laterne ist aus", limit=100) == "Laterne ist aus"
    assert rules.words_of("Ast", "liegt hier", limit=100) == "Ast\n\nliegt hier"
    assert len(rules.words_of("", "x" * 500, limit=100)) == 100


def test_by_the_command_from_a_pipe(at, monkeypatch):
    class Pipe:
        buffer = io.BytesIO(mail().as_bytes())

    monkeypatch.setattr("sys.stdin", Pipe)
    out = io.StringIO()
    call_command("reports_mail", stdout=out)
    assert out.getvalue().strip() == "report: 1"


def test_a_maildir_is_emptied_of_what_became_a_report(at, tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_bytes(mail().as_bytes())
    (tmp_path / "new" / "2").write_bytes(mail(Precedence="bulk").as_bytes())
    out = io.StringIO()
    call_command("reports_mail", maildir=tmp_path, stdout=out)
    assert out.getvalue().strip() == "left: 1, report: 1"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["2"]
