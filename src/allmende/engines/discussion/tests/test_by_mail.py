"""An answer to a mail becomes a comment, by the same rules; who cannot post gets one clear mail."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.engines.discussion import actions
from allmende.engines.discussion.models import Comment
from allmende.engines.notify import actions as notify
from allmende.engines.notify.models import Mail, Notice
from allmende.engines.notify.rules import reply_address

BOX = "antwort@stadt.example"


@pytest.fixture(autouse=True)
def reply_box(settings, tmp_path):
    settings.EMAIL_REPLIES = BOX
    settings.EMAIL_OUTBOX = tmp_path / "outbox"
    settings.MAILERS = {
        "default": {
            "BACKEND": "allmende.accounts.mail.OutboxBackend",
            "OPTIONS": {"file_path": str(settings.EMAIL_OUTBOX)},
        }
    }


def sent():
    """Every mail to the follower that has gone by now, newest first."""
    notify.send_due(timezone.now())
    folder = Path(settings.EMAIL_OUTBOX)
    paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
    return [mail for mail in mails if mail["To"] == "ahorn@example.org"]


def text(mail):
    return mail.get_body(("plain",)).get_content()


@pytest.fixture
def bed(room, db):
    return room.bed(state="published")


@pytest.fixture
def follower(db):
    return people.person(display_name="Ahorn 12", email="ahorn@example.org")


@pytest.fixture
def notice(follower, bed, deliver):
    """Somebody commented on what the follower follows, who was told by mail."""
    at = timezone.now()
    notify.follow(actor=people.actor(follower), ref=bed, at=at)
    actions.add_comment(actor=people.actor(people.person()), ref=bed, body="Eine Bank wäre schön.", at=at)
    deliver()
    return Notice.objects.get(person=follower)


WORDS = "Das finde ich auch.\n\nAm 22.11.2026 schrieb Portal:\n> Eine Bank"


def answer(notice, words=WORDS, *, by="ahorn@example.org", **head):
    mail = EmailMessage()
    mail["To"], mail["From"] = reply_address(notice.pk), by
    mail["Message-ID"] = head.pop("message_id", "<1@example.org>")
    for name, value in head.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(words)
    return mail


def take(mail, at=None):
    return dict(notify.take_mail(mail.as_bytes(), at or timezone.now()))


def said(follower):
    return list(Notice.objects.filter(person=follower, rule__startswith="notify.").order_by("id"))


def test_the_mail_says_how_to_answer_and_the_answer_becomes_a_comment(notice, follower, bed):
    [mail] = sent()
    assert mail["Reply-To"] == reply_address(notice.pk)
    assert "unter Ihrem Anzeigenamen öffentlich" in text(mail)
    assert take(answer(notice)) == {"posted": 1}
    made = Comment.objects.get(author=follower)
    assert (made.body, made.channel, made.ref, made.state) == ("Das finde ich auch.", "email", bed, "published")
    assert made.parent is not None
    assert not said(follower)


def test_the_same_mail_posts_once_and_another_posts_again(notice, follower):
    take(answer(notice))
    take(answer(notice))
    assert Comment.objects.filter(author=follower).count() == 1
    take(answer(notice, "Noch etwas anderes.", message_id="<2@example.org>"))
    assert Comment.objects.filter(author=follower).count() == 2


def test_it_is_moderated_as_on_the_page(notice, follower):
    take(answer(notice, "Kauft hier: https://a.example https://b.example https://c.example https://d.example"))
    assert Comment.objects.get(author=follower).state == "held"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"by": "fremd@example.org"}, "anderen Adresse"),
        ({"words": "> nur Zitat"}, "keinen neuen Text"),
        ({"words": "x" * 30_000}, ""),
    ],
)
def test_what_cannot_be_posted_is_told_once_to_who_was_written_to(notice, follower, change, why):
    before = len(sent())
    mail = answer(notice, **change)
    assert take(mail) == {"refused": 1}
    assert take(mail) == {"known": 1}
    assert not Comment.objects.filter(author=follower).exists()
    mails = sent()
    assert len(mails) == before + 1
    assert why in text(mails[0])
    assert "Reply-To" not in mails[0]
    assert mails[0]["Auto-Submitted"].startswith("auto-")


def test_after_thirty_days_the_way_is_closed(notice, follower):
    assert take(answer(notice), timezone.now() + timedelta(days=31)) == {"refused": 1}
    assert "30 Tage" in said(follower)[0].body("de")


def test_a_made_up_token_is_left_for_people(notice, follower):
    mail = answer(notice)
    del mail["To"]
    mail["To"] = f"antwort+{'a' * 42}@stadt.example"
    assert take(mail) == {}
    assert not said(follower)


def test_programs_and_loops_get_no_answer(notice, follower, settings):
    assert take(answer(notice, Auto_Submitted="auto-replied")) == {"automatic": 1}
    assert take(answer(notice, by=settings.DEFAULT_FROM_EMAIL)) == {"automatic": 1}
    assert take(answer(notice, by=BOX)) == {"automatic": 1}
    assert not said(follower)
    assert not Comment.objects.filter(author=follower).exists()


def test_whoever_writes_nonsense_all_day_is_told_only_so_often(notice, follower):
    for number in range(9):
        take(answer(notice, "> nur Zitat", message_id=f"<{number}@example.org>"))
    assert len(said(follower)) == 5


def test_nobody_posts_without_end(notice, follower):
    for number in range(24):
        take(answer(notice, f"Antwort Nummer {number} zu dieser Bank", message_id=f"<{number}@example.org>"))
    assert Comment.objects.filter(author=follower).count() == 20


def test_attachments_are_left_out_with_a_sentence(notice, follower):
    mail = answer(notice)
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    assert take(mail) == {"posted": 1}
    [told] = said(follower)
    assert "Anhänge" in told.body("de")
    assert "attachments" in told.body("en")


def test_a_closed_thread_says_so(notice, follower, monkeypatch):
    from allmende.engines.discussion.rules import access

    monkeypatch.setattr(access, "accepts_comments", lambda *_args: False)
    assert take(answer(notice)) == {"refused": 1}
    assert "nicht kommentieren" in said(follower)[0].body("de")


def test_an_administrator_hands_a_mail_in_over_the_api(notice, follower):
    administrator = Client(headers={"host": "localhost"})
    administrator.force_login(people.administrator())
    taken = administrator.post(
        "/api/v1/notify/bounces", answer(notice).as_bytes(), content_type="message/rfc822", headers={"origin": ""}
    )
    assert taken.status_code == 200, taken.content
    assert taken.json()["posted"] == 1
    assert Comment.objects.filter(author=follower).exists()


def test_without_an_address_for_answers_nothing_is_offered(notice, follower, settings):
    mail = answer(notice)
    settings.EMAIL_REPLIES = ""
    [told] = sent()
    assert "Reply-To" not in told
    assert "antworten Sie einfach" not in text(told)
    assert take(mail) == {}
    assert not Mail.objects.filter(is_urgent=True).exists()
