"""A store opens under its contract and closes on its date; groups and meetings."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, queries, rules, tasks
from allmende.capabilities.participation.index import store_entry
from allmende.capabilities.participation.models import CONTRACT_FIELDS, GroupMember, TopicStore
from allmende.core.actor import SYSTEM
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.models import Event

NOW = timezone.now()


@pytest.fixture
def editor(db):
    return people.actor(people.editor())


@pytest.mark.parametrize("field", CONTRACT_FIELDS)
def test_no_store_opens_while_one_of_the_five_answers_is_missing(field, editor):
    group = builders.group()
    contract = {**builders.CONTRACT, field: {"de": "  ", "en": "only English"}}
    with pytest.raises(Invalid) as refused:
        actions.save_store(actor=editor, group_id=group.pk, data=builders.data(NOW, contract=contract), at=NOW)
    assert set(refused.value.fields) == {field}
    draft = actions.save_store(
        actor=editor,
        group_id=group.pk,
        data=builders.data(NOW, contract=contract, opens_at=None, closes_at=None),
        at=NOW,
    )
    # The database itself keeps the door shut.
    with pytest.raises(IntegrityError), transaction.atomic():
        TopicStore.objects.filter(pk=draft.pk).update(opens_at=NOW, closes_at=NOW + timedelta(days=1))


def test_the_database_wants_an_end_after_the_beginning(editor):
    store = builders.store()
    for values in ({"closes_at": store.opens_at}, {"closes_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TopicStore.objects.filter(pk=store.pk).update(**values)
    with pytest.raises(Invalid) as refused:
        actions.save_store(
            actor=editor,
            group_id=store.group_id,
            data=builders.data(NOW, opens_at=NOW, closes_at=NOW - timedelta(days=1)),
            at=NOW,
        )
    assert "closes_at" in refused.value.fields


def test_who_may_set_up_a_store(db):
    group = builders.group()
    chair, member = people.person(), people.person()
    editor = people.actor(people.editor())
    actions.appoint_member(actor=editor, group_id=group.pk, person_id=chair.pk, function="chair", at=NOW)
    actions.join_group(actor=people.actor(member), group_id=group.pk, at=NOW)
    save = {"group_id": group.pk, "data": builders.data(NOW), "at": NOW}
    assert actions.save_store(actor=people.actor(chair), **save)
    for someone in (member, people.moderator(), people.administrator(), people.clerk("umwelt")):
        with pytest.raises(NotAllowed):
            actions.save_store(actor=people.actor(someone), **save)
    elsewhere = builders.group()
    with pytest.raises(NotAllowed):
        actions.save_store(actor=people.actor(chair), group_id=elsewhere.pk, data=builders.data(NOW), at=NOW)


def test_what_was_open_stays_to_be_seen_and_what_is_closed_stays_closed(editor):
    store = builders.store()
    with pytest.raises(Invalid):
        actions.save_store(
            actor=editor, group_id=store.group_id, store_id=store.pk, data=builders.data(NOW, opens_at=None), at=NOW
        )
    actions.close_store(actor=editor, store_id=store.pk, at=NOW)
    with pytest.raises(Conflict):
        actions.close_store(actor=editor, store_id=store.pk, at=NOW)
    with pytest.raises(Invalid):
        actions.save_store(
            actor=editor,
            group_id=store.group_id,
            store_id=store.pk,
            data=builders.data(NOW, closes_at=NOW + timedelta(days=5)),
            at=NOW + timedelta(minutes=1),
        )


def test_the_kind_is_fixed_once_somebody_has_answered(editor):
    store = builders.store()
    builders.idea(store)
    with pytest.raises(Invalid):
        actions.save_store(
            actor=editor,
            group_id=store.group_id,
            store_id=store.pk,
            data=builders.data(NOW, kind="future_question"),
            at=NOW,
        )


def test_a_category_that_goes_leaves_its_ideas(editor):
    store = builders.store()
    idea = builders.idea(store, category="licht")
    actions.save_store(
        actor=editor,
        group_id=store.group_id,
        store_id=store.pk,
        data=builders.data(
            NOW, categories=[("gruen", {"de": "Grün"}), ("", {"de": "Wärme & Haus"}), ("", {"de": "Wärme Haus"})]
        ),
        at=NOW,
    )
    idea.refresh_from_db()
    assert idea.category is None
    slugs = list(store.categories.values_list("slug", flat=True))
    assert slugs[:2] == ["gruen", "warme-haus"]
    assert len(set(slugs)) == 3


def test_a_store_is_announced_opened_and_closed_once_each_by_time_alone(editor):
    store = builders.store(opens_at=NOW + timedelta(days=1), closes_at=NOW + timedelta(days=2))
    assert rules.store_state(store, NOW).value == "planned"

    def told() -> list[str]:
        names = Event.objects.filter(object_id=store.pk).order_by("sequence").values_list("name", flat=True)
        return [name.removeprefix("participation.store_") for name in names if not name.endswith("saved")]

    assert tasks.note_periods(NOW) == 0
    for _ in range(2):
        tasks.note_periods(NOW + timedelta(days=1))
    assert told() == ["opened"]
    for _ in range(2):
        tasks.note_periods(NOW + timedelta(days=2))
    assert told() == ["opened", "closed"]
    with pytest.raises(NotAllowed):
        actions.note_period(actor=editor, store_id=store.pk, at=NOW)


def test_a_store_in_preparation_is_seen_by_those_who_prepare_it(editor):
    draft = builders.store(opens_at=None)
    for viewer, sees in ((editor.viewer, True), (people.actor(people.person()).viewer, False)):
        if sees:
            assert queries.store_by_number(draft.number, viewer, NOW)[0] == draft
        else:
            with pytest.raises(NotFound):
                queries.store_by_number(draft.number, viewer, NOW)
    assert store_entry(draft.pk).visibility == "hidden"


def test_the_index_says_what_happens_next_with_a_store(editor):
    store = builders.store()
    entry = store_entry(store.pk)
    assert (entry.state, entry.open_until, entry.due) == ("open", store.closes_at, store.closes_at)
    assert entry.next_step["de"]
    assert entry.office["de"] == "Amt für Umwelt"
    actions.close_store(actor=editor, store_id=store.pk, at=timezone.now())
    store.refresh_from_db()
    entry = store_entry(store.pk)
    assert (entry.state, entry.open_until, entry.due) == ("closed", None, store.due_at)
    assert entry.next_step["en"] == "The group sums up the contributions and presents them."


def test_a_group_has_one_chair_and_the_former_one_stays_a_member(editor):
    group = builders.group()
    first, second = people.person(), people.person()
    for someone in (first, second):
        actions.appoint_member(actor=editor, group_id=group.pk, person_id=someone.pk, function="chair", at=NOW)
    live = dict(group.members.filter(until=None).values_list("person_id", "function"))
    assert live == {first.pk: "member", second.pk: "chair"}
    assert group.members.filter(person=first, until__isnull=False, function="chair").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMember.objects.filter(group=group, person=first, until=None).update(function="chair")


def test_only_editors_appoint(db):
    group = builders.group()
    chair = people.person()
    for someone in (chair, people.moderator(), people.administrator()):
        with pytest.raises(NotAllowed):
            actions.appoint_member(
                actor=people.actor(someone), group_id=group.pk, person_id=chair.pk, function="chair", at=NOW
            )


def test_joining_and_leaving(db):
    group, someone = builders.group(), people.actor(people.person())
    with pytest.raises(NotSignedIn):
        actions.join_group(actor=SYSTEM, group_id=group.pk, at=NOW)
    for _ in range(2):
        actions.join_group(actor=someone, group_id=group.pk, at=NOW)
    assert queries.function_in(someone.viewer, group.pk) == "member"
    for _ in range(2):
        actions.leave_group(actor=someone, group_id=group.pk, at=NOW + timedelta(hours=1))
    assert queries.function_in(someone.viewer, group.pk) == ""
    actions.join_group(actor=someone, group_id=group.pk, at=NOW + timedelta(hours=2))
    assert group.members.count() == 2


def test_meetings_are_planned_changed_and_cancelled_by_who_leads(editor):
    meeting = builders.meeting()
    with pytest.raises(NotAllowed):
        actions.cancel_meeting(actor=people.actor(people.person()), meeting_id=meeting.pk, reason="Krank", at=NOW)
    with pytest.raises(Invalid):
        actions.cancel_meeting(actor=editor, meeting_id=meeting.pk, reason=" ", at=NOW)
    with pytest.raises(Invalid) as refused:
        builders.meeting(topic={}, place={}, online_url="javascript:alert(1)", ends_at=NOW)
    assert set(refused.value.fields) == {"topic", "ends_at", "online_url"}
    with pytest.raises(Invalid):
        builders.meeting(starts_at=NOW - timedelta(days=1), ends_at=NOW)
    for _ in range(2):
        cancelled = actions.cancel_meeting(actor=editor, meeting_id=meeting.pk, reason="Krank", at=NOW)
    assert cancelled.cancel_reason == "Krank"
    assert Event.objects.filter(name="participation.meeting_cancelled").count() == 1
    with pytest.raises(Closed):
        actions.change_meeting(
            actor=editor,
            meeting_id=meeting.pk,
            topic={"de": "x"},
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            place={"de": "y"},
            at=NOW,
        )
