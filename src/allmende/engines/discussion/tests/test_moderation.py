"""The queue: who gets what, who may decide, what authors are told, and what cannot happen twice."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from allmende.accounts import builders as accounts
from allmende.core.actor import SYSTEM, Actor, Role
from allmende.core.errors import Conflict, DomainError, Invalid, NotAllowed
from allmende.core.models import AuditEntry, Event
from allmende.engines.discussion import actions, builders, interface
from allmende.engines.discussion.actions import queue as queue_actions
from allmende.engines.discussion.models import Case
from allmende.engines.discussion.queries import duty, log, queue
from allmende.engines.discussion.tests.conftest import NOW

REFUSAL = {"decision": "refused", "rule": "respekt", "reason": "Bitte ohne das erste Wort."}


def released(actor, case, at=NOW):
    return actions.decide_case(actor=actor, case_id=case.id, decision="released", at=at)


def refused(actor, case, at=NOW):
    return actions.decide_case(actor=actor, case_id=case.id, at=at, **REFUSAL)


def test_releasing_and_refusing_go_through_the_rooms_own_action(room, moderator):
    one, two = room.waiting(), room.waiting()
    assert released(moderator, one).decision == "released"
    assert room.beds[one.object_id]["state"] == "published"
    done = refused(moderator, two)
    assert (done.decision, done.rule, done.reason) == ("refused", "respekt", REFUSAL["reason"])
    assert room.beds[two.object_id]["state"] == "refused"
    event = Event.objects.filter(name="discussion.case_decided").latest("sequence")
    assert event.payload == {"thing": str(two.ref), "decision": "refused", "rule": "respekt"}


@pytest.mark.parametrize(
    ("rule", "reason", "field"), [("", "Weil.", "rule"), ("erfunden", "Weil.", "rule"), ("respekt", "  ", "reason")]
)
def test_a_refusal_names_a_published_rule_and_a_reason(room, moderator, rule, reason, field):
    case = room.waiting()
    with pytest.raises(Invalid) as wrong:
        actions.decide_case(actor=moderator, case_id=case.id, decision="refused", rule=rule, reason=reason, at=NOW)
    assert field in wrong.value.fields
    case.refresh_from_db()
    assert case.state == "open"


def test_nobody_decides_on_their_own_post(room, moderator):
    case = room.waiting(author=moderator.person_id)
    with pytest.raises(NotAllowed):
        released(moderator, case)
    assert actions.claim_list(actor=moderator, size=5, at=NOW) is None
    assert room.beds[case.object_id]["state"] == "held"


def test_nobody_decides_on_what_they_entered_for_somebody(room, moderator):
    from allmende.engines.discussion.tests.conftest import submit_bed

    case = submit_bed(actor=moderator, ref=room.bed(author=accounts.guest().pk))
    with pytest.raises(NotAllowed):
        released(moderator, case)


def test_nobody_decides_on_their_groups_post(room, db):
    person = accounts.moderator()
    accounts.RoleGrant.objects.create(person=person, role=Role.CLERK, scope="department:umwelt")
    actor = accounts.actor(person)
    by_scope = room.waiting(groups=("department:umwelt",))
    by_gate = room.waiting(own={person.pk})
    assert actions.claim_list(actor=actor, size=5, at=NOW) is None
    for case in (by_scope, by_gate):
        with pytest.raises(NotAllowed):
            released(actor, case)


def test_a_moderator_of_another_room_gets_and_decides_nothing_here(room, db):
    other, mine = accounts.actor(accounts.moderator("elsewhere")), accounts.actor(accounts.moderator("garden"))
    case = room.waiting()
    assert actions.claim_list(actor=other, size=5, at=NOW) is None
    with pytest.raises(NotAllowed):
        released(other, case)
    with pytest.raises(NotAllowed):
        queue.case_for(other.viewer, case.id)
    assert released(mine, case).state == "decided"


def test_a_ten_minute_list_takes_the_most_urgent_and_has_an_end(room, moderator):
    cases = [room.waiting() for _ in range(5)]
    for number, case in enumerate(cases):
        Case.objects.filter(pk=case.pk).update(due_at=NOW + timedelta(hours=5 - number))
    first = actions.claim_list(actor=moderator, size=3, at=NOW)
    assert first == cases[4]
    found = queue.work_list(moderator.viewer, first.list_id, NOW)
    assert found.left == [cases[4], cases[3], cases[2]]
    again = actions.claim_list(actor=moderator, size=3, at=NOW)
    assert again.list_id == first.list_id
    released(moderator, cases[4])
    actions.hand_over_case(actor=moderator, case_id=cases[3].id, at=NOW)
    actions.escalate_case(actor=moderator, case_id=cases[2].id, at=NOW)
    found = queue.work_list(moderator.viewer, first.list_id, NOW)
    assert (found.left, found.total) == ([], 3)


def test_a_claim_ends_by_itself_after_half_an_hour(room, moderator):
    case = room.waiting()
    actions.claim_list(actor=moderator, size=3, at=NOW)
    other = accounts.actor(accounts.moderator())
    with pytest.raises(Conflict):
        released(other, case, at=NOW + timedelta(minutes=29))
    assert actions.claim_list(actor=other, size=3, at=NOW + timedelta(minutes=29)) is None
    assert released(other, case, at=NOW + timedelta(minutes=30)).decided_by_id == other.person_id


def test_handing_over_to_a_colleague_who_may(room, moderator):
    colleague, stranger = accounts.moderator(), accounts.person()
    case = room.waiting()
    with pytest.raises(Invalid):
        actions.hand_over_case(actor=moderator, case_id=case.id, to_person_id=stranger.pk, at=NOW)
    own = room.waiting(author=colleague.pk)
    with pytest.raises(Invalid):
        actions.hand_over_case(actor=moderator, case_id=own.id, to_person_id=colleague.pk, at=NOW)
    actions.hand_over_case(actor=moderator, case_id=case.id, to_person_id=colleague.pk, note="Kennst du das?", at=NOW)
    assert queue.handed_to(accounts.actor(colleague).viewer, NOW) == [case]
    with pytest.raises(Conflict):
        released(moderator, case)
    assert released(accounts.actor(colleague), case).state == "decided"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [False, True])
def test_moderators_who_claim_at_once_get_different_cases(room, monkeypatch, locked):
    """With the lock off two get the same case: the race is there. With it on, never."""
    people = [accounts.actor(accounts.moderator()) for _ in range(4)]
    for _ in range(12):
        room.waiting()
    barrier, everybody_has_read = threading.Barrier(4), threading.Barrier(4)
    lock = queue_actions._lock_free

    def read(rows):
        if locked:
            return lock(rows)
        found = list(rows[:3])
        everybody_has_read.wait(timeout=60)
        return found

    monkeypatch.setattr(queue_actions, "_lock_free", read)
    claimed: list[set] = []

    def run(actor: Actor) -> None:
        try:
            barrier.wait(timeout=60)
            first = actions.claim_list(actor=actor, size=3, at=NOW)
            rows = AuditEntry.objects.filter(action="discussion.claim_case", actor_key=actor.key)
            claimed.append(set(rows.values_list("object_id", flat=True)))
            assert first is not None
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(actor,)) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    twice = sum(len(group) for group in claimed) - len(set().union(*claimed))
    if locked:
        assert twice == 0
        assert Case.objects.filter(claimed_until__isnull=False).count() == 12
    else:
        assert twice > 0


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_do_not_both_decide(room):
    people = [accounts.actor(accounts.moderator()) for _ in range(2)]
    case = room.waiting()
    barrier, results = threading.Barrier(2), []

    def run(actor: Actor, decision: dict) -> None:
        try:
            barrier.wait(timeout=60)
            actions.decide_case(actor=actor, case_id=case.id, at=NOW, **decision)
            results.append("done")
        except DomainError as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    jobs = [(people[0], {"decision": "released"}), (people[1], REFUSAL)]
    threads = [threading.Thread(target=run, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["Conflict", "done"]
    assert Event.objects.filter(name="discussion.case_decided").count() == 1


def test_one_thing_has_one_undecided_case(room, db):
    case = room.waiting()
    same = interface.report_content(actor=Actor(), ref=case.ref, reason="other", text="Hm.", at=NOW).case
    assert same == case
    assert not same.is_public
    with pytest.raises(IntegrityError), transaction.atomic():
        builders.case(case.ref)


def test_danger_leaves_the_queue_at_once_and_the_administrators_are_told(room, moderator, deliver):
    administrator = accounts.administrator()
    case = room.waiting()
    holder = accounts.actor(accounts.moderator())
    actions.claim_case(actor=holder, case_id=case.id, at=NOW)
    actions.escalate_case(actor=moderator, case_id=case.id, note="Zeile 3", at=NOW)
    assert not queue.waiting(moderator.viewer, NOW).exists()
    with pytest.raises(NotAllowed):
        released(moderator, case)
    assert [row.id for row in queue.escalated()] == [case.id]
    deliver()
    from allmende.engines.notify.models import Notice

    notice = Notice.objects.get(person=administrator)
    assert "110" in notice.body("de")
    with pytest.raises(NotAllowed):
        actions.return_case(actor=moderator, case_id=case.id, at=NOW)
    actions.return_case(actor=accounts.actor(administrator), case_id=case.id, note="Polizei informiert", at=NOW)
    assert refused(moderator, case).decision == "refused"


def test_a_refusal_can_need_two_people(room, moderator, decide):
    decide("second_person", value=True)
    case = room.waiting()
    assert refused(moderator, case).state == "open"
    assert room.beds[case.object_id]["state"] == "held"
    assert actions.claim_list(actor=moderator, size=3, at=NOW) is None
    assert refused(moderator, case).state == "open"
    other = accounts.actor(accounts.moderator())
    assert actions.claim_list(actor=other, size=3, at=NOW) == case
    assert refused(other, case).decision == "refused"
    second = room.waiting()
    refused(moderator, second)
    assert released(other, second).decision == "released"


def test_a_decision_can_be_taken_back_for_five_minutes_by_whoever_took_it(room, moderator):
    case = room.waiting()
    released(moderator, case)
    other = accounts.actor(accounts.moderator())
    with pytest.raises(Conflict):
        actions.undo_decision(actor=other, case_id=case.id, at=NOW)
    with pytest.raises(Conflict):
        actions.undo_decision(actor=moderator, case_id=case.id, at=NOW + timedelta(minutes=5))
    back = actions.undo_decision(actor=moderator, case_id=case.id, at=NOW + timedelta(minutes=4))
    assert (back.state, back.claimed_by_id) == ("open", moderator.person_id)
    assert room.beds[case.object_id]["state"] == "held"
    assert refused(moderator, case).decision == "refused"
    actions.undo_decision(actor=moderator, case_id=case.id, at=NOW)
    assert released(moderator, case).decision == "released"


def test_several_at_once_and_all_of_it_back(room, moderator):
    cases = [room.waiting() for _ in range(3)]
    own = room.waiting(author=moderator.person_id)
    result = actions.decide_many(actor=moderator, case_ids=[c.id for c in [*cases, own]], decision="released", at=NOW)
    assert (len(result.done), [id_ for id_, _why in result.refused]) == (3, [own.id])
    from allmende.engines.discussion.actions.decisions import undo_many

    assert len(undo_many(actor=moderator, case_ids=result.done, at=NOW).done) == 3
    assert {room.beds[c.object_id]["state"] for c in cases} == {"held"}


def test_what_is_overdue_reminds_those_on_duty_then_their_deputies_and_never_twice(room, moderator, deliver):
    second, away = accounts.moderator(), accounts.moderator()
    actions.add_duty(actor=moderator, person_id=away.pk, deputy_id=second.pk, weekday=NOW.weekday(), at=NOW)
    actions.add_duty(actor=moderator, person_id=moderator.person_id, deputy_id=second.pk, weekday=NOW.weekday(), at=NOW)
    actions.add_absence(actor=accounts.actor(away), person_id=away.pk, starts_on=NOW.date(), ends_on=NOW.date(), at=NOW)
    assert duty.on_duty("garden", NOW.date()) == [second.pk, moderator.person_id]
    case = room.waiting()
    due = case.due_at
    assert actions.remind_overdue(actor=SYSTEM, at=due - timedelta(seconds=1)) == 0
    assert [actions.remind_overdue(actor=SYSTEM, at=due) for _ in range(2)] == [1, 0]
    assert [actions.remind_overdue(actor=SYSTEM, at=due + timedelta(days=d)) for d in (1, 2, 3)] == [1, 0, 0]
    reminders = Event.objects.filter(name="discussion.case_overdue").order_by("sequence")
    assert [row.payload["reminder"] for row in reminders] == [1, 2]
    assert duty.to_remind(case, 1, NOW) == [second.pk, moderator.person_id]
    assert duty.to_remind(case, 2, NOW) == [second.pk]
    with pytest.raises(NotAllowed):
        actions.remind_overdue(actor=moderator, at=due)


def test_without_a_roster_everyone_who_moderates_is_reminded(room, db):
    people = {accounts.moderator().pk, accounts.moderator("garden").pk}
    accounts.moderator("elsewhere")
    assert set(duty.to_remind(room.waiting(), 1, NOW)) == people


def test_the_roster_takes_only_moderators_and_whole_periods(room, moderator, resident):
    with pytest.raises(Invalid) as wrong:
        actions.add_duty(
            actor=moderator, person_id=resident.person_id, deputy_id=resident.person_id,
            starts_on=NOW.date(), ends_on=NOW.date() - timedelta(days=1), at=NOW,
        )  # fmt: skip
    assert set(wrong.value.fields) == {"person", "deputy", "ends_on"}
    with pytest.raises(NotAllowed):
        actions.add_duty(actor=resident, person_id=moderator.person_id, weekday=0, at=NOW)
    with pytest.raises(NotAllowed):
        actions.add_absence(
            actor=resident, person_id=moderator.person_id, starts_on=NOW.date(), ends_on=NOW.date(), at=NOW
        )


def test_an_administrator_changes_the_published_rules_and_decisions_keep_their_key(room, moderator):
    administrator = accounts.actor(accounts.administrator())
    texts = {"short": {"de": "Freundlich"}, "long": {"de": "Wir bleiben freundlich."}, "letter": {}}
    actions.change_rule(actor=administrator, key="freundlich", at=NOW, **texts)
    case = room.waiting()
    actions.decide_case(
        actor=moderator, case_id=case.id, decision="refused", rule="freundlich", reason="Bitte.", at=NOW
    )
    actions.change_rule(actor=administrator, key="freundlich", retired=True, at=NOW, **texts)
    assert interface.rule_text("freundlich", NOW, "en") == "Freundlich"
    with pytest.raises(Invalid):
        actions.decide_case(
            actor=moderator, case_id=room.waiting().id, decision="refused", rule="freundlich", reason="Bitte.", at=NOW
        )
    with pytest.raises(NotAllowed):
        actions.change_rule(actor=moderator, key="respekt", at=NOW, **texts)


def test_the_public_log_counts_and_names_nobody(room, moderator, resident):
    for _ in range(2):
        released(moderator, room.waiting(author=resident.person_id), at=NOW + timedelta(hours=3))
    refused(moderator, room.waiting(), at=NOW + timedelta(days=9))
    rows = [row.as_dict() for row in log.public_log(NOW + timedelta(days=30))]
    assert rows == [
        {
            "month": "2026-11", "capability": "garden", "kind": "bed", "cause": "new", "decision": "refused",
            "rule": "respekt", "count": 1, "in_time": 0, "median_hours": 216.0,
        },
        {
            "month": "2026-11", "capability": "garden", "kind": "bed", "cause": "new", "decision": "released",
            "rule": "", "count": 2, "in_time": 2, "median_hours": 3.0,
        },
    ]  # fmt: skip


def test_figures_are_per_scope(room, moderator):
    released(moderator, room.waiting(), at=NOW + timedelta(hours=2))
    room.waiting()
    (row,) = queue.figures_per_scope(NOW + timedelta(days=10))
    assert (row.scope, row.waiting, row.overdue, row.decided, row.in_time, row.hours) == ("garden", 1, 1, 1, 1, 2.0)


def test_similar_decisions_of_earlier_times_stand_beside_the_case(room, moderator):
    words = "Die Blumen am Rathaus sind ein Geschenk an alle, die vorbeigehen."
    refused(moderator, room.waiting(body=words + " Danke."))
    released(moderator, room.waiting(body="Etwas ganz anderes über den Bus nach Lusan."))
    case = room.waiting(body=words)
    _preview, found = queue.with_earlier(case)
    assert [(one.case.decision, one.same) for one in found] == [("refused", True)]


def test_a_comments_whole_way_through_the_queue(room, resident, moderator, deliver):
    ref = room.bed()
    made = actions.add_comment(actor=resident, ref=ref, body="Hm.", proved=False, at=NOW)
    case = interface.case_of(made.this)
    released(moderator, case)
    made.refresh_from_db()
    assert made.state == "published"
    deliver()
    from allmende.engines.notify.models import Notice

    assert "veröffentlicht" in Notice.objects.get(person=resident.person_id).subject("de")
    actions.undo_decision(actor=moderator, case_id=case.id, at=NOW)
    made.refresh_from_db()
    assert made.state == "held"
    refused(moderator, case)
    made.refresh_from_db()
    assert made.state == "refused"
    assert interface.comment_counts([ref]) == {ref: 0}
