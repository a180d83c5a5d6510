"""Writing, answering, changing, taking back; what a thread shows to whom."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.accounts import builders as accounts
from allmende.core.actor import Actor, Channel, Viewer
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.models import AuditEntry, Event
from allmende.engines.discussion import actions, builders, interface
from allmende.engines.discussion.models import Case, Comment
from allmende.engines.discussion.queries import threads
from allmende.engines.discussion.tests.conftest import NOW

pytestmark = pytest.mark.central

VISITOR = Viewer()


def say(actor, ref, body="Das finde ich gut.", **more):
    more.setdefault("at", NOW)
    return actions.add_comment(actor=actor, ref=ref, body=body, **more)


def test_a_comment_is_public_at_once_and_counted(room, resident):
    ref, other = room.bed(), room.bed()
    made = say(resident, ref)
    assert made.state == "published"
    assert interface.comment_counts([ref, other]) == {ref: 1, other: 0}
    thread = interface.thread(ref, VISITOR, NOW)
    assert [view.text for view in thread.comments] == ["Das finde ich gut."]
    assert AuditEntry.objects.get(action="discussion.add_comment").fields == ["body", "state"]
    event = Event.objects.get(name="discussion.comment_added")
    assert event.payload == {"thing": str(ref), "state": "published"}
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("Schaut auf https://a.example und https://b.example", "links"),
        ("So ein Depp.", "words"),
    ],
)
def test_what_stands_out_waits_for_a_person(room, resident, decide, body, hint):
    decide("words", ["depp"])
    ref = room.bed()
    made = say(resident, ref, body)
    assert made.state == "held"
    case = Case.objects.get()
    assert (case.cause, case.hint, case.scope, case.author_id) == ("heuristic", hint, "garden", resident.person_id)
    assert case.due_at == interface.due(NOW)
    assert interface.thread(ref, VISITOR, NOW).comments == []
    mine = interface.thread(ref, resident.viewer, NOW).comments
    assert mine[0].notice


def test_without_proof_of_work_it_is_never_an_error(room, resident):
    assert say(resident, room.bed(), proved=False).state == "held"
    assert Case.objects.get().cause == "no_proof"


def test_a_burst_of_visitors_is_looked_at(room, db):
    ref = room.bed()
    guest = {"display_name": "Gast", "contact_kind": "none"}
    states = [say(Actor(), ref, f"Stimme {n}", guest=guest).state for n in range(6)]
    assert states == ["published"] * 4 + ["held"] * 2


def test_the_same_words_twice_are_looked_at(room, resident):
    ref = room.bed()
    text = "Bitte denken Sie auch an die Kinder aus der Nachbarschaft."
    assert say(resident, ref, text).state == "published"
    assert say(resident, ref, text).state == "held"


def test_a_guest_writes_without_an_account_if_the_city_allows_it(room, decide):
    ref = room.bed()
    made = say(Actor(), ref, guest={"display_name": "Linde 7", "contact_kind": "none"})
    assert (made.public_name, made.author.is_guest) == ("Linde 7", True)
    decide("guests", value=False)
    with pytest.raises(NotSignedIn):
        say(Actor(), ref, guest={"display_name": "Linde 7"})


def test_a_guest_with_a_way_to_be_reached_gets_a_receipt(room, db):
    from allmende.engines.notify import interface as notify

    made = say(Actor(), room.bed(), guest={"contact_kind": "number"})
    receipt = notify.receipt_of(made.this, made.author_id)
    assert receipt is not None
    assert receipt.code


def test_under_16_nobody_is_named(room, db):
    made = say(Actor(), room.bed(), guest={"display_name": "Echter Name", "under_16": True, "contact_kind": "none"})
    assert made.public_name == ""


def test_the_room_decides_where_people_may_comment(room, resident):
    with pytest.raises(Closed):
        say(resident, room.bed(open=False))
    with pytest.raises(NotFound):
        say(resident, room.bed(visible=False))
    with pytest.raises(NotFound):
        say(resident, interface.Case(capability="nowhere", kind="x", object_id=uuid4()).ref)


def test_a_clerk_enters_what_somebody_said_on_the_telephone(room, db):
    clerk = accounts.actor(accounts.clerk(), Channel.TELEPHONE)
    made = say(clerk, room.bed(), guest={"display_name": "Herr vom Telefon", "contact_kind": "none"})
    assert (made.public_name, made.entered_by_id, made.channel) == ("Herr vom Telefon", clerk.person_id, "telephone")
    resident = accounts.actor(accounts.person())
    with pytest.raises(NotAllowed):
        say(resident, room.bed(), guest={"display_name": "Ich bin wer anders"})


def test_the_office_answers_under_its_name(room, resident):
    ref = room.bed()
    clerk = accounts.actor(accounts.clerk("umwelt"))
    made = say(clerk, ref, "Das prüfen wir: https://a.example https://b.example", department="umwelt")
    assert (made.state, made.is_official, made.public_name) == ("published", True, "")
    view = interface.thread(ref, VISITOR, NOW).comments[0]
    assert view.office
    assert view.author == view.office
    with pytest.raises(NotAllowed):
        say(resident, ref, department="umwelt")
    with pytest.raises(NotAllowed):
        say(clerk, ref, department="kultur")


def test_answers_stand_below_and_from_the_fourth_level_on_name_whom_they_answer(room, resident):
    ref = room.bed()
    one = say(resident, ref, "eins")
    two = say(resident, ref, "zwei", parent_id=one.id)
    three = say(resident, ref, "drei", parent_id=two.id)
    four = say(resident, ref, "vier", parent_id=three.id)
    late = say(resident, ref, "später", at=NOW + timedelta(hours=1))
    tree = interface.thread(ref, VISITOR, NOW).comments
    assert [view.text for view in tree] == ["eins", "später"]
    assert [view.text for view in tree[0].answers] == ["zwei"]
    assert [(v.text, v.level) for v in tree[0].answers[0].answers] == [("drei", 3), ("vier", 3)]
    assert tree[0].answers[0].answers[1].answers_to_id == three.id
    assert four.parent_id == three.id
    assert late.level == 1


def test_an_answer_to_something_else_is_refused(room, resident):
    elsewhere = say(resident, room.bed())
    with pytest.raises(NotFound):
        say(resident, room.bed(), parent_id=elsewhere.id)


def test_changing_keeps_the_earlier_words_for_moderators_and_says_so(room, resident):
    made = say(resident, room.bed())
    changed = actions.edit_comment(actor=resident, comment_id=made.id, body="Besser gesagt.", at=NOW)
    assert changed.body == "Besser gesagt."
    assert list(made.versions.order_by("number").values_list("body", flat=True)) == [
        "Das finde ich gut.",
        "Besser gesagt.",
    ]
    assert threads.view_of(changed, VISITOR, NOW).edited == NOW
    again = actions.edit_comment(actor=resident, comment_id=made.id, body="www.a.de www.b.de", at=NOW)
    assert again.state == "held"
    with pytest.raises(NotAllowed):
        actions.edit_comment(actor=accounts.actor(accounts.person()), comment_id=made.id, body="x", at=NOW)


def test_withdrawing_takes_the_words_and_leaves_the_answers(room, resident):
    ref = room.bed()
    first = say(resident, ref, "Mein Satz.")
    other = accounts.actor(accounts.person())
    say(other, ref, "Meine Antwort.", parent_id=first.id)
    actions.withdraw_comment(actor=resident, comment_id=first.id, at=NOW)
    view = interface.thread(ref, VISITOR, NOW).comments[0]
    assert (view.text, bool(view.removed), view.author) == ("", True, "Kommentar")
    assert view.answers[0].text == "Meine Antwort."
    assert set(first.versions.values_list("body", flat=True)) == {""}
    assert interface.comment_counts([ref]) == {ref: 1}
    alone = say(resident, ref, "Allein.")
    actions.withdraw_comment(actor=resident, comment_id=alone.id, at=NOW)
    assert len(interface.thread(ref, VISITOR, NOW).comments) == 1
    with pytest.raises(Conflict):
        actions.edit_comment(actor=resident, comment_id=alone.id, body="doch", at=NOW)


def test_withdrawing_ends_the_check(room, resident):
    made = say(resident, room.bed(), proved=False)
    actions.withdraw_comment(actor=resident, comment_id=made.id, at=NOW)
    case = Case.objects.get()
    assert (case.state, case.decision, case.decided_by_id) == ("decided", "withdrawn", None)


@pytest.mark.parametrize("body", ["", "   ", "\0", "\u200b".join(" " * 3)[:1], "x" * 4001])
def test_nothing_and_too_much_are_said_to_be_so(room, resident, body):
    with pytest.raises(Invalid) as refused:
        say(resident, room.bed(), body)
    assert "body" in refused.value.fields


HOSTILE = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "\u202eabgedreht\u202c und \u2066isoliert",
            "\0\0 mit Nullen \ud800",
            "👩‍👩‍👧‍👦🏳️‍🌈 " * 20,
            "a" + "\u0301" * 300,
            "مرحبا بكم في المدينة",
            "x" * 10_000,
            "{{ 7*7 }} {% now 'Y' %}",
        ]
    ),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(HOSTILE)
def test_whatever_people_write_is_kept_or_refused_in_words(room, resident, body):
    ref = room.bed()
    try:
        made = say(resident, ref, body, proved=True)
    except Invalid:
        return
    made.refresh_from_db()
    assert "\0" not in made.body
    assert interface.thread(ref, resident.viewer, NOW).comments


def test_a_thread_of_500_takes_one_query_a_page_and_shows_everything_once(room, db):
    ref = room.bed()
    roots = [builders.comment(ref, f"Nummer {n}", written_at=NOW + timedelta(seconds=n)) for n in range(100)]
    for n in range(400):
        builders.comment(ref, f"Antwort {n}", parent=roots[n % 100], written_at=NOW + timedelta(minutes=5, seconds=n))
    seen, after, pages = [], "", 0
    while True:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = interface.thread(ref, VISITOR, NOW, after=after, limit=20)
            for view in threads.walk(page.comments):
                assert view.author
                seen.append(view.id)
        assert len(queries) == 1
        pages += 1
        after = page.next
        if not after:
            break
    assert page.total == 500
    assert pages == 25
    assert len(seen) == len(set(seen)) == 500
    with CaptureQueriesContext(connection) as queries:
        assert interface.comment_counts([ref, room.bed()])[ref] == 500
    assert len(queries) == 1


@given(after=st.text(max_size=100))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_made_up_place_in_the_thread_breaks_nothing(room, db, after):
    interface.thread(room.bed(), VISITOR, NOW, after=after)


def test_moderators_take_a_name_out_of_every_version(room, resident, moderator):
    made = say(resident, room.bed(), "Frau Anna Beispiel lügt.", proved=False)
    actions.edit_comment(actor=resident, comment_id=made.id, body="Anna Beispiel irrt.", at=NOW)
    actions.blank_name_in_comment(actor=moderator, object_id=made.id, name="anna beispiel", at=NOW)
    assert set(made.versions.values_list("body", flat=True)) == {"Frau [Name entfernt] lügt.", "[Name entfernt] irrt."}
    with pytest.raises(Invalid):
        actions.blank_name_in_comment(actor=moderator, object_id=made.id, name="Berta", at=NOW)
    with pytest.raises(NotAllowed):
        actions.blank_name_in_comment(actor=resident, object_id=made.id, name="irrt", at=NOW)


def test_the_same_comment_sent_twice_counts_once(room, resident):
    from dataclasses import replace

    from allmende.core.actor import Idempotency

    ref = room.bed()
    keyed = replace(resident, idempotency=Idempotency("k", b"body"))
    assert say(keyed, ref) == say(keyed, ref)
    assert Comment.objects.count() == 1


def test_a_comment_by_its_permanent_address_stands_in_its_context(room, resident):
    ref = room.bed()
    one = say(resident, ref, "eins")
    two = say(resident, ref, "zwei", parent_id=one.id)
    say(resident, ref, "nebenan", parent_id=one.id)
    three = say(resident, ref, "drei", parent_id=two.id)
    found = threads.around(two, VISITOR, NOW)
    assert [view.text for view in threads.walk(found.comments)] == ["eins", "zwei", "drei"]
    assert three.level == 3
