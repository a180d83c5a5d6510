"""Whoever contributed or follows is told: once, in their language, by their way, and only what they may see."""

import threading

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from allmende.accounts import builders as people
from allmende.accounts.interface import erase_person
from allmende.core import manifest
from allmende.core.actor import SYSTEM
from allmende.core.manifest import NoticeRule
from allmende.core.models import AuditEntry
from allmende.engines.notify import actions, handlers, interface, tasks
from allmende.engines.notify.builders import (
    RULES,
    _text,
    by_letter,
    by_number,
    by_telephone,
    happen,
    telling_room,
    thing,
)
from allmende.engines.notify.models import Errand, Follow, Mail, Notice
from allmende.engines.search.builders import drop_thing, put_thing

pytestmark = pytest.mark.central


def jobs() -> int:
    return Mail.objects.count()


def follow(person, ref):
    return actions.follow(actor=people.actor(person), ref=ref, at=timezone.now())


def test_author_and_followers_hear_of_it(db, deliver):
    author, neighbour = people.person(), people.person()
    ref = thing(author, title="Bänke am Fluss")
    follow(neighbour, ref)
    happen(ref, author=author)
    deliver()
    told = {notice.person_id: notice for notice in Notice.objects.all()}
    assert told[author.pk].because == "own"
    assert told[neighbour.pk].because == "followed"
    assert told[author.pk].subject("de") == "Neues zu „Bänke am Fluss“"
    assert told[author.pk].subject("en") == "News of “Bänke am Fluss”"
    assert interface.unread_count(people.actor(author).viewer) == 1


def test_an_event_delivered_twice_gives_one_notice_and_one_mail(db):
    author = people.person()
    event = happen(thing(author), author=author)
    for _ in range(3):
        handlers.tell(event)
    assert Notice.objects.count() == 1
    assert jobs() == 1
    assert AuditEntry.objects.filter(action="notify.tell_people").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_of_the_same_event_at_once_tell_everyone_once():
    author = people.person()
    ref = thing(author)
    for _ in range(5):
        follow(people.person(), ref)
    by_mail = people.person()
    follow(by_mail, ref)
    event = happen(ref, author=author)
    barrier = threading.Barrier(4)
    told: list[int] = []

    def run() -> None:
        try:
            barrier.wait()
            told.append(actions.tell_people(actor=SYSTEM, event=event, at=timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [0, 0, 0, 7]
    assert Notice.objects.count() == 7
    assert jobs() == 7


def test_whoever_caused_it_is_not_told(db):
    author, neighbour = people.person(), people.person()
    ref = thing(author)
    follow(author, ref)
    follow(neighbour, ref)
    handlers.tell(happen(ref, author=author, by=author))
    assert [notice.person_id for notice in Notice.objects.all()] == [neighbour.pk]


def test_an_author_who_follows_too_is_told_once_as_the_author(db):
    author = people.person()
    ref = thing(author)
    follow(author, ref)
    with telling_room(tuple(reversed(RULES))):
        handlers.tell(happen(ref, author=author))
    assert [notice.because for notice in Notice.objects.all()] == ["own"]


def test_whoever_may_not_see_a_thing_hears_nothing_of_it(db):
    author, neighbour, administrator = people.person(), people.person(), people.administrator()
    ref = thing(author)
    follow(neighbour, ref)
    follow(administrator, ref)
    put_thing(id_=ref.id, visibility="hidden", district=str(author.pk))
    handlers.tell(happen(ref, author=author))
    assert set(Notice.objects.values_list("person_id", flat=True)) == {author.pk, administrator.pk}


def test_a_kind_of_thing_without_a_gate_is_told_of_to_nobody(db, monkeypatch):
    author = people.person()
    ref = thing(author)
    monkeypatch.setattr(manifest, "may_see", lambda *_: False)
    handlers.tell(happen(ref, author=author))
    assert not Notice.objects.exists()


def test_whoever_was_erased_or_locked_hears_nothing(db):
    erased, locked = people.person(), people.person(is_active=False)
    ref = thing(erased)
    follow(locked, ref)
    event = happen(ref, author=erased)
    erase_person(erased.pk)
    handlers.tell(event)
    assert not Notice.objects.exists()


def test_when_there_is_nothing_left_to_say_nothing_is_said(db):
    author = people.person()
    ref = thing(author)
    event = happen(ref, author=author)
    drop_thing(ref)
    handlers.tell(event)
    assert not Notice.objects.exists()


def test_each_is_told_by_the_way_they_chose(db):
    chosen = {
        "mail": people.person(),
        "letter": by_letter(),
        "call": by_telephone(),
        "none": by_number(),
    }
    ref = thing()
    for person in chosen.values():
        Follow.objects.create(person=person, capability=ref.capability, kind=ref.kind, object_id=ref.id)
    silent = people.person(contact_kind="none")
    follow(silent, ref)
    handlers.tell(happen(ref))
    ways = {notice.person_id: notice.way for notice in Notice.objects.all()}
    assert ways == {**{person.pk: way for way, person in chosen.items()}, silent.pk: "none"}
    assert set(Errand.objects.values_list("medium", "person_id")) == {
        ("letter", chosen["letter"].pk),
        ("call", chosen["call"].pk),
    }
    assert jobs() == 1


def test_a_letter_is_written_in_the_language_of_its_reader(db):
    ref = thing(by_letter(language="en"))
    reader = by_letter(language="en")
    Follow.objects.create(person=reader, capability=ref.capability, kind=ref.kind, object_id=ref.id)
    handlers.tell(happen(ref))
    letter = Errand.objects.get()
    assert letter.subject.startswith("News of")
    assert letter.body == "It is in the draft now."


def test_urgent_mail_takes_the_fast_way(db):
    author = people.person()
    ref = thing(author)
    urgent = NoticeRule("example.thing_changed", _text, people=RULES[0].people, urgent=True)
    with telling_room((urgent,)):
        handlers.tell(happen(ref, author=author))
    assert ProcrastinateJob.objects.get(task_name=tasks.send_mails.name).queue_name == "urgent"


def test_telling_many_takes_few_queries(db, django_assert_max_num_queries):
    ref = thing()
    for _ in range(30):
        follow(people.person(), ref)
    event = happen(ref)
    with django_assert_max_num_queries(24):
        handlers.tell(event)
    assert Notice.objects.count() == 30


def test_an_event_that_no_rule_names_costs_no_query(db, django_assert_num_queries):
    event = happen(thing())
    with telling_room(()), django_assert_num_queries(0):
        actions.tell_people.__wrapped__(actor=SYSTEM, event=event, at=timezone.now())
