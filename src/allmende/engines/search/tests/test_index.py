"""The index says what the rooms say, whatever happens at the same time, and tells what changed without a gap."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from allmende.core import events
from allmende.core.actor import Actor, Viewer
from allmende.core.refs import Ref
from allmende.engines.search import actions, builders, interface, queries
from allmende.engines.search.builders import drop_thing, put_thing
from allmende.engines.search.models import Entry, Word


class ThingChanged(events.DomainEvent):
    name = "example.thing_changed"


def test_every_event_brings_the_entry_up_to_date(db, deliver):
    ref = put_thing("vorher")
    put_thing("nachher", id_=ref.id, index=False)
    with transaction.atomic():
        events.publish(Actor(), ThingChanged(ref=ref))
    assert interface.entry(ref, Viewer(), timezone.now()).title("de") == "vorher"
    deliver()
    assert interface.entry(ref, Viewer(), timezone.now()).title("de") == "nachher"


def test_an_event_about_something_that_is_not_indexed_is_passed_over(db, deliver):
    with transaction.atomic():
        events.publish(Actor(), ThingChanged(ref=Ref("nowhere", "comment", builders.uuid7())))
    deliver()
    assert not Entry.objects.exists()


def test_a_thing_named_in_the_payload_is_computed_anew_too(db, deliver):
    from dataclasses import dataclass

    @dataclass(frozen=True, kw_only=True)
    class CommentAdded(events.DomainEvent):
        name = "nowhere.comment_added"
        thing: Ref

    ref = put_thing("vorher")
    put_thing("nachher", id_=ref.id, index=False)
    with transaction.atomic():
        events.publish(Actor(), CommentAdded(ref=Ref("nowhere", "comment", builders.uuid7()), thing=ref))
    deliver()
    assert interface.entry(ref, Viewer(), timezone.now()).title("de") == "nachher"


def test_nothing_new_writes_nothing(db):
    """Every support and comment is an event; feeds and cached pages only move when the entry does."""
    ref = put_thing("gleich")
    before = Entry.objects.of(ref).get().modified
    actions.index_now(ref)
    assert Entry.objects.of(ref).get().modified == before
    put_thing("anders", id_=ref.id)
    assert Entry.objects.of(ref).get().modified > before


def test_what_comes_back_after_it_was_deleted_is_there_again(db):
    ref = put_thing("da")
    drop_thing(ref)
    assert interface.entry(ref, Viewer(), timezone.now()) is None
    put_thing("wieder da", id_=ref.id)
    assert interface.entry(ref, Viewer(), timezone.now()).title("de") == "wieder da"
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_change_at_once_end_with_the_final_state():
    """One worker has read, is slow, and would write last what it read first, were it not for the lock."""
    ref = put_thing("alt", index=False)
    has_read, may_write = threading.Event(), threading.Event()
    slow_one: list[threading.Thread] = []

    def slow_read(id_):
        data = builders.read_entry(id_)
        if threading.current_thread() in slow_one:
            has_read.set()
            may_write.wait(timeout=60)
        return data

    def work() -> None:
        actions.index_now(ref)
        connection.close()

    with builders.example_room(entry=slow_read):
        slow_one.append(threading.Thread(target=work))
        slow_one[0].start()
        assert has_read.wait(timeout=60)
        put_thing("neu", id_=ref.id, index=False)
        quick_one = threading.Thread(target=work)
        quick_one.start()
        quick_one.join(timeout=0.3)
        assert quick_one.is_alive()  # it waits for the slow one instead of being overwritten by it
        may_write.set()
        for thread in (*slow_one, quick_one):
            thread.join()
    assert Entry.objects.of(ref).get().titles == {"de": "neu"}


@pytest.mark.django_db(transaction=True)
def test_many_workers_make_one_entry():
    ref = put_thing("eins", index=False)
    barrier = threading.Barrier(6)

    def work() -> None:
        barrier.wait()
        actions.index_now(ref)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_reader_of_changes_misses_nothing_that_was_written_in_a_long_transaction():
    """A transaction that began before another one's commit and ends after it: the feed waits for it."""
    began, may_commit, since = threading.Event(), threading.Event(), timezone.now()

    def long_one() -> None:
        with transaction.atomic():
            put_thing("langsam")
            began.set()
            may_commit.wait(timeout=60)
        connection.close()

    thread = threading.Thread(target=long_one)
    thread.start()
    assert began.wait(timeout=60)
    put_thing("schnell")
    now = timezone.now() + timedelta(seconds=1)
    first = queries.changes(now, since=since)
    may_commit.set()
    thread.join()
    second = queries.changes(now, since=first.until)
    titles = [row.title("de") for row in (*first.rows, *second.rows)]
    assert sorted(titles) == ["langsam", "schnell"]


def test_changes_can_be_read_in_parts(db):
    since = timezone.now()
    for number in range(7):
        put_thing(f"Ding {number}")
    seen, after = [], ""
    while True:
        part = queries.changes(timezone.now(), since=since, after=after, limit=3)
        seen += [row.title("de") for row in part.rows]
        after = part.next
        if not after:
            break
    assert seen == [f"Ding {number}" for number in range(7)]


def test_rebuilding_puts_everything_right_and_says_how_far_it_is(db):
    kept, changed, lost, new = put_thing("bleibt"), put_thing("alt"), put_thing("weg"), put_thing("neu", index=False)
    put_thing("anders", id_=changed.id, index=False)
    drop_thing(lost, index=False)
    with pytest.raises(CommandError, match="2 do not fit together"):
        call_command("search", "check", stdout=StringIO())
    told = []
    assert actions.rebuild(lambda done, total: told.append((done, total))) == 4
    assert told[-1] == (4, 4)
    found = interface.entries_of([kept, changed, lost, new], Viewer(), timezone.now())
    assert {ref: e.title("de") for ref, e in found.items()} == {kept: "bleibt", changed: "anders", new: "neu"}
    out = StringIO()
    call_command("search", "rebuild", stdout=out)
    call_command("search", "check", stdout=out)
    assert "things: 3 of 3 entries" in out.getvalue()


def test_what_is_gone_at_a_rebuild_leaves_a_tombstone_that_feeds_tell_of(db):
    gone = [put_thing("Geheime Bank"), put_thing("Geheimer Baum")]
    before = {row.object_id: row for row in Entry.objects.all()}
    for ref in gone:
        drop_thing(ref, index=False)
    actions.rebuild()
    for ref in gone:
        row, was = Entry.objects.of(ref).get(), before[ref.id]
        assert (row.titles, row.summaries, row.bodies, row.counted) == ({}, {}, {}, False)
        assert row.removed_at is not None
        assert row.published_at == was.published_at
        assert row.modified > was.modified
        assert row.fed_at > was.fed_at
    assert not Word.objects.exists()


def test_entries_of_many_things_take_one_query(db, django_assert_num_queries):
    refs = [put_thing(str(number)) for number in range(20)]
    with django_assert_num_queries(1):
        assert len(interface.entries_of(refs, Viewer(), timezone.now())) == 20
    with django_assert_num_queries(0):
        assert interface.entries_of([], Viewer(), timezone.now()) == {}
