"""What is kept about a person they can have, it goes with them, and it does not stay longer than was said."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.interface import erase_person
from allmende.core import manifest
from allmende.engines.notify import actions, handlers
from allmende.engines.notify.builders import by_letter, happen, thing
from allmende.engines.notify.models import Device, Errand, Follow, Mail, Notice, Receipt, SavedSearch, Trouble, Wishes
from allmende.engines.search.builders import drop_thing

YEAR = timedelta(days=366)


@pytest.fixture
def person(db):
    someone = by_letter()
    ref = thing(someone, title="Bänke am Fluss")
    actions.issue_receipt(ref, someone.pk, timezone.now())
    actions.follow_silently(someone.pk, ref, timezone.now())
    handlers.tell(happen(ref, author=someone))
    now = timezone.now()
    Wishes.objects.create(person=someone, feed=uuid4())
    Mail.objects.create(person=someone, due_at=now, created_at=now)
    Device.objects.create(person=someone, endpoint="https://x", endpoint_hash=b"x" * 32, since=now)
    Trouble.objects.create(person=someone, medium="mail", address_hash=b"x" * 32, last_at=now)
    SavedSearch.objects.create(person=someone, words="Bänke")
    return someone


def data(kind):
    return next(one for one in manifest.registry()["notify"].personal_data if one.kind == kind)


def test_everything_is_exported(person):
    exported = {one.kind: list(one.export(person.pk)) for one in manifest.registry()["notify"].personal_data}
    assert {kind: len(rows) for kind, rows in exported.items()} == {
        "follows": 1,
        "notices": 1,
        "errands": 1,
        "receipts": 1,
        "wishes": 1,
        "mails": 1,
        "devices": 1,
        "troubles": 1,
        "searches": 1,
    }
    assert exported["notices"][0]["subjects"]["de"] == "Neues zu „Bänke am Fluss“"


def test_nothing_is_left_after_erasure_and_erasing_again_does_nothing(person):
    other = people.person()
    actions.follow(actor=people.actor(other), ref=Receipt.objects.get().ref, at=timezone.now())
    for _ in range(2):
        erase_person(person.pk)
    for table in (Errand, Notice, Follow, Receipt, Wishes, Mail, Device, Trouble, SavedSearch):
        assert not table.objects.filter(person=person.pk).exists()
    assert Follow.objects.count() == 1


def test_notices_go_after_a_year(person):
    now = timezone.now()
    assert data("notices").expire(now) == 0
    assert data("notices").expire(now + YEAR) == 1
    assert Errand.objects.get().notice is None  # the letter itself is still to be printed


def test_the_words_of_a_letter_go_ninety_days_after_it_was_printed(person):
    moderator = people.actor(people.moderator())
    now = timezone.now()
    letter = Errand.objects.get()
    assert data("errands").expire(now + YEAR) == 0  # it still waits
    actions.finish_errands(actor=moderator, errand_ids=[letter.id], at=now)
    assert data("errands").expire(now + timedelta(days=89)) == 0
    assert data("errands").expire(now + timedelta(days=91)) == 1
    assert actions.reopen_errands(actor=moderator, errand_ids=[letter.id]) == 0  # nothing left to print


def test_a_notice_keeps_no_words_of_what_was_deleted(person):
    drop_thing(Receipt.objects.get().ref)
    data("notices").expire(timezone.now())
    notice = Notice.objects.get()
    assert notice.subjects == notice.bodies == {}
    assert notice.subject("de") == "Diese Nachricht gibt es nicht mehr."


def test_that_someone_once_followed_is_forgotten_after_a_month(db):
    someone = people.person()
    ref = thing()
    now = timezone.now()
    actions.follow(actor=people.actor(someone), ref=ref, at=now)
    assert data("follows").expire(now + YEAR) == 0
    actions.unfollow(actor=people.actor(someone), ref=ref, at=now)
    assert data("follows").expire(now + timedelta(days=29)) == 0
    assert data("follows").expire(now + timedelta(days=31)) == 1
