"""Mail goes to a real SMTP server: whatever that one does, nothing is lost and nobody gets two different mails."""

from datetime import timedelta

import pytest
from django.core.mail import mailers
from django.utils import timezone
from tests.smtp_peer import CUT, SmtpPeer, certificate

from allmende.accounts import builders as people
from allmende.accounts.mail import Outcome, Postman, compose
from allmende.engines.notify import actions, handlers
from allmende.engines.notify.builders import happen, thing
from allmende.engines.notify.models import Mail, Notice, Trouble


def mailer(port, **more):
    options = {"host": "localhost", "port": port, "timeout": 5, **more}
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


@pytest.fixture
def peer(settings):
    with SmtpPeer() as server:
        settings.MAILERS = mailer(server.port)
        yield server


@pytest.fixture
def followers(db):
    """Three people, each with a mail on its way."""
    everyone = [people.person(email=f"ahorn{n}@example.org") for n in range(3)]
    ref = thing(title="Bänke")
    for person in everyone:
        actions.follow(actor=people.actor(person), ref=ref, at=timezone.now())
    handlers.tell(happen(ref))
    return everyone


def states() -> list[str]:
    return sorted(Mail.objects.values_list("state", flat=True))


def to(peer) -> list[str]:
    return sorted(message["To"] for message in peer.received)


def test_mails_go_over_one_connection_with_headers_that_mail_programs_need(followers, peer, settings):
    settings.EMAIL_BOUNCES = "zurueck@example.org"
    settings.DEFAULT_FROM_EMAIL = "portal@example.org"
    counts = actions.send_due(timezone.now())
    assert counts == {Outcome.SENT: 3}
    assert to(peer) == ["ahorn0@example.org", "ahorn1@example.org", "ahorn2@example.org"]
    assert peer.connections == 1
    assert set(peer.senders) == {"zurueck@example.org"}
    message = peer.received[0]
    assert message["From"] == "portal@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"].startswith("<example.")
    assert message["Message-ID"].startswith("<mail-")
    assert message["In-Reply-To"].startswith("<thread-")
    html = message.get_body(("html",)).get_content()
    assert 'lang="de"' in html
    assert 'name="color-scheme" content="light dark"' in html
    assert "style=" not in html  # the reader's own colours, light or dark
    assert Notice.objects.filter(sent_at=None).count() == 0


def test_the_next_mail_about_a_thing_stands_with_the_one_before(db, peer):
    person = people.person()
    ref = thing()
    actions.follow(actor=people.actor(person), ref=ref, at=timezone.now())
    for _ in range(2):
        handlers.tell(happen(ref))
        actions.send_due(timezone.now())
    first, second = peer.received
    assert second["In-Reply-To"] == first["Message-ID"]
    assert first["In-Reply-To"] in second["References"]
    assert first["Message-ID"] in second["References"]


def test_a_server_that_is_away_for_a_day_loses_nothing_and_is_not_hammered(followers, peer, settings):
    now = timezone.now()
    port, settings.MAILERS = peer.port, mailer(1)  # nobody listens there
    tries, at = 0, now
    while at < now + timedelta(days=1):
        tries += sum(actions.send_due(at).values())
        at += timedelta(minutes=1)
    assert states() == ["waiting"] * 3
    assert 8 <= tries <= 40  # growing pauses; one try finds out for all
    assert set(Mail.objects.values_list("answer", flat=True)) == {"ConnectionRefusedError"}
    settings.MAILERS = mailer(port)
    for minutes in range(5 * 60):
        actions.send_due(at + timedelta(minutes=minutes))
    assert states() == ["sent"] * 3
    assert len(to(peer)) == len(set(to(peer))) == 3


def test_for_now_means_later_and_the_others_still_go(followers, peer):
    peer.answer = lambda step, line: "451 4.7.1 greylisted" if step == "rcpt" and "ahorn1" in line else None
    now = timezone.now()
    counts = actions.send_due(now)
    assert counts == {Outcome.SENT: 2, Outcome.LATER: 1}
    late = Mail.objects.get(state="waiting")
    assert (late.answer, late.attempts) == ("451 4.7.1", 1)
    assert actions.send_due(now) == {}  # not at once again
    peer.answer = lambda _step, _line: None
    assert actions.send_due(now + timedelta(minutes=2)) == {Outcome.SENT: 1}


def test_an_address_that_the_server_refuses_counts_and_is_not_tried_again(followers, peer):
    peer.answer = lambda step, line: "550 5.1.1 no such user" if step == "rcpt" and "ahorn1" in line else None
    actions.send_due(timezone.now())
    assert states() == ["refused", "sent", "sent"]
    trouble = Trouble.objects.get()
    assert (trouble.person, trouble.count, trouble.stopped_at) == (followers[1], 1, None)


def test_a_refusal_for_policy_is_not_the_readers_fault(followers, peer):
    peer.answer = lambda step, _line: "550 5.7.1 looks like spam" if step == "rcpt" else None
    actions.send_due(timezone.now())
    assert states() == ["stuck"] * 3  # the operator has to look
    assert not Trouble.objects.exists()


def test_a_refusal_of_the_content_stays_for_the_operator(followers, peer):
    peer.answer = lambda step, _line: "554 5.6.0 no" if step == "end" else None
    actions.send_due(timezone.now())
    assert states() == ["stuck"] * 3
    assert not Trouble.objects.exists()


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "end"])
def test_a_line_that_breaks_in_the_middle_is_tried_again_as_the_same_mail(followers, peer, step):
    broken = []

    def once(now, _line):
        if now == step and not broken:
            broken.append(now)
            return CUT
        return None

    peer.answer = once
    now = timezone.now()
    assert actions.send_due(now)[Outcome.SENT] == 2
    assert peer.connections == 2
    assert actions.send_due(now + timedelta(minutes=2)) == {Outcome.SENT: 1}
    # Whatever the server took before the line went dead, its repeat is the same message.
    assert len({message["Message-ID"] for message in peer.received}) == 3


def test_taken_but_not_said_gives_the_same_message_again(followers, peer):
    """The worst case of RFC 5321: the server has it, we do not know; its repeat carries the same Message-ID."""
    Mail.objects.exclude(pk=Mail.objects.order_by("id").first().pk).delete()
    now = timezone.now()
    actions.send_due(now)
    Mail.objects.update(state="waiting", due_at=now)  # killed before it noted
    actions.send_due(now + timedelta(minutes=10))
    first, second = peer.received
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_body().get_content() == second.get_body().get_content()


def test_a_worker_that_was_killed_leaves_its_mail_to_the_next(followers, peer):
    now = timezone.now()
    Mail.objects.update(leased_until=now + timedelta(minutes=5))
    assert actions.send_due(now + timedelta(minutes=4)) == {}
    assert actions.send_due(now + timedelta(minutes=5)) == {Outcome.SENT: 3}


def test_a_server_that_greets_badly_counts_as_down(followers, peer):
    peer.answer = lambda step, _line: "421 busy" if step == "connect" else None
    actions.send_due(timezone.now())
    assert peer.connections == 1
    assert states() == ["waiting"] * 3
    assert set(Mail.objects.values_list("answer", flat=True)) == {"421"}


def test_after_five_days_a_mail_is_given_up_and_can_be_tried_once_more(followers, peer, settings):
    now = timezone.now()
    port, settings.MAILERS = peer.port, mailer(1)
    for hours in range(6 * 24):
        actions.send_due(now + timedelta(hours=hours))
    assert states() == ["stuck"] * 3
    later = now + timedelta(days=7)
    settings.MAILERS = mailer(port)
    assert actions.retry_stuck(actor=people.actor(people.administrator()), at=later) == 3
    assert actions.send_due(later) == {Outcome.SENT: 3}


def test_starttls_is_spoken_and_a_server_without_it_gets_nothing(tmp_path, settings, monkeypatch, followers):
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with SmtpPeer(tls=pem) as secure:
        settings.MAILERS = mailer(secure.port, use_tls=True)
        assert actions.send_due(timezone.now()) == {Outcome.SENT: 3}
        assert secure.secured == 1
    Mail.objects.update(state="waiting", done_at=None)
    with SmtpPeer() as plain:
        settings.MAILERS = mailer(plain.port, use_tls=True)
        actions.send_due(timezone.now() + timedelta(minutes=10))
        assert plain.received == []
        assert set(Mail.objects.values_list("answer", flat=True)) == {"SMTPNotSupportedError"}


def test_an_envelope_that_cannot_be_written_is_refused_quietly(peer):
    with Postman() as postman:
        answer = postman.send(compose("größe@example.org", "x", "y", key="k"))
    assert answer.outcome == Outcome.NO_SUCH_ADDRESS
    assert mailers["default"] is not None
