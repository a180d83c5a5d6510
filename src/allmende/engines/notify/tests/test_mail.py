"""A mail says why it came, where it leads and how to have no more; sent again it is the same mail."""

import re
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.core.models import AuditEntry
from allmende.engines.notify import actions, handlers
from allmende.engines.notify.builders import happen, thing
from allmende.engines.notify.models import Follow, Mail, Notice


def raw(letter):
    path = settings.EMAIL_OUTBOX / f"{letter.name}.eml"
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def stop_path(message) -> str:
    address = re.fullmatch(r"<(http.+)>", message["List-Unsubscribe"])[1]
    assert address.startswith(settings.PUBLIC_URL)
    return address.removeprefix(settings.PUBLIC_URL)


@pytest.fixture
def mailed(db, send_mail):
    """A follower in each language, and their mail."""

    def make(**fields):
        person = people.person(**fields)
        ref = thing(title="Bänke & Linden")
        actions.follow(actor=people.actor(person), ref=ref, at=timezone.now())
        handlers.tell(happen(ref))
        return person, ref, send_mail()

    return make


def test_a_mail_is_in_the_language_of_its_reader_and_says_all_it_must(mailed):
    person, ref, [letter] = mailed(language="de", display_name="Ahorn 7")
    assert letter.to == {person.email}
    assert letter.subject == "Neues zu „Bänke & Linden“"
    for words in (
        "Guten Tag Ahorn 7,",
        "Jetzt steht sie im Entwurf.",
        f"{settings.PUBLIC_URL}/beispiel/{ref.id}/",
        "weil Sie dem folgen",
        "/mitteilungen/beenden/",
    ):
        assert words in letter.body
    assert "&amp;" not in letter.body
    html = raw(letter).get_body(("html",)).get_content()
    assert 'lang="de"' in html
    assert "<script" not in html
    assert "http://" not in html.replace(settings.PUBLIC_URL, "")  # nothing is fetched from anywhere


def test_an_english_reader_gets_english(mailed):
    _person, ref, [letter] = mailed(language="en")
    assert letter.subject == "News of “Bänke & Linden”"
    assert f"{settings.PUBLIC_URL}/en/beispiel/{ref.id}/" in letter.body
    assert "because you follow" in letter.body
    assert "/en/mitteilungen/beenden/" in letter.body


def test_an_informal_city_greets_informally(mailed, monkeypatch):
    from dataclasses import replace

    from allmende.core import city

    friendly = replace(city.current(), address="du")
    monkeypatch.setattr(city, "current", lambda: friendly)
    _person, _ref, [letter] = mailed(display_name="Ahorn 7")
    assert letter.body.startswith("Hallo Ahorn 7,")


def test_a_mail_sent_again_has_the_same_message_id(mailed, send_mail):
    _person, _ref, [letter] = mailed()
    first = raw(letter)["Message-ID"]
    Mail.objects.update(state="waiting")  # the worker was killed before it noted that it had sent
    [again] = send_mail()
    assert raw(again)["Message-ID"] == first
    assert len(send_mail()) == 1


def test_a_notice_is_mailed_once(mailed, send_mail):
    mailed()
    sent = Notice.objects.get().sent_at
    send_mail()
    assert Notice.objects.get().sent_at == sent


def test_a_mail_program_unsubscribes_by_itself_without_login_and_once(mailed, send_mail):
    person, ref, [letter] = mailed()
    message = raw(letter)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    visitor = Client(enforce_csrf_checks=True)
    path = stop_path(message)

    looked = visitor.get(path)
    assert looked.status_code == 200
    assert Follow.objects.get().state == "following"  # a scanner that opens links ends nothing

    for _ in range(2):
        done = visitor.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert done.status_code == 200
        assert "keine E-Mails mehr" in done.content.decode()
    assert Follow.objects.get().state == "muted"
    assert AuditEntry.objects.filter(action="notify.stop_mail").count() == 1

    handlers.tell(happen(ref))
    assert len(send_mail()) == 1  # still the one from before
    assert Notice.objects.filter(person=person).count() == 1

    actions.follow(actor=people.actor(person), ref=ref, at=timezone.now())
    handlers.tell(happen(ref))
    assert len(send_mail()) == 2


def test_whoever_wants_no_mail_about_their_own_thing_still_finds_it_in_the_portal(db, send_mail):
    author = people.person()
    ref = thing(author)
    actions.stop_mail(actor=people.actor(author), person_id=author.pk, ref=ref, at=timezone.now())
    handlers.tell(happen(ref, author=author))
    assert Notice.objects.get().way == "none"
    assert send_mail() == []


def test_mail_that_waits_is_not_sent_after_unsubscribing_or_erasure(db, send_mail):
    from allmende.accounts.interface import erase_person

    stopped, erased = people.person(), people.person()
    ref = thing()
    for person in (stopped, erased):
        actions.follow(actor=people.actor(person), ref=ref, at=timezone.now())
    handlers.tell(happen(ref))
    actions.stop_mail(actor=people.actor(stopped), person_id=stopped.pk, ref=ref, at=timezone.now())
    erase_person(erased.pk)
    assert send_mail() == []
    assert not Mail.objects.exclude(state="dropped").exists()


def test_an_address_that_was_changed_on_its_way_unsubscribes_nobody(mailed):
    _person, _ref, [letter] = mailed()
    path = stop_path(raw(letter))
    visitor = Client()
    for wrong in (path[:-3] + "xx/", "/mitteilungen/beenden/x/", path.replace("beenden/", "beenden/x")):
        assert visitor.post(wrong).status_code == 404
    assert Follow.objects.get().state == "following"


def test_whoever_was_erased_may_still_press_unsubscribe(mailed):
    from allmende.accounts.interface import erase_person

    person, _ref, [letter] = mailed()
    path = stop_path(raw(letter))
    erase_person(person.pk)
    assert Client().post(path).status_code == 200


def test_a_guest_finds_number_and_code_in_the_mail(db, send_mail):
    guest = people.guest(contact_kind="email", contact_email="gast@example.org", display_name="Gast")
    ref = thing(guest)
    receipt = actions.issue_receipt(ref, guest.pk, timezone.now())
    handlers.tell(happen(ref, author=guest))
    [letter] = send_mail()
    assert receipt.number in letter.body
    assert receipt.code in letter.body
    assert "weil es um Ihren Beitrag geht" in letter.body
