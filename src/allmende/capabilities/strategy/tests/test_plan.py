"""Fields and goals; ordering impulses with reasons; the honest no; what is answered and what rests on nothing."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import builders as participation
from allmende.capabilities.strategy import actions, builders, index
from allmende.capabilities.strategy.models import Aside, Goal
from allmende.capabilities.strategy.queries import coverage, plan
from allmende.core.actor import Actor, Role
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.models import AuditEntry
from allmende.core.refs import Ref
from allmende.engines.notify.interface import Notice, follow_silently
from allmende.engines.search.interface import Entry, index_now
from allmende.engines.trace import interface as trace
from allmende.engines.trace.interface import Edge

pytestmark = pytest.mark.central

NOW = timezone.now()
HOUR = timedelta(hours=1)
WHY = "Das Thema nennt genau das."


@pytest.fixture
def editor(db):
    return builders.editor()


def order(editor, goal, *refs, reason=WHY):
    return actions.order_impulses(actor=editor, refs=refs, goal_id=goal.pk, reason=reason, at=NOW)


def test_a_goal_is_known_by_its_fields_place_and_its_own(editor):
    first, second = builders.field(place=3), builders.field(place=4)
    one, two = builders.goal(first), builders.goal(first)
    assert [one.code, two.code] == ["3.1", "3.2"]
    actions.end_goal(actor=editor, goal_id=two.pk, reason="Der Bund macht es selbst.", at=NOW)
    assert builders.goal(first).code == "3.3", "the place of a goal that was given up is not given away"
    moved = actions.save_goal(
        actor=editor, goal_id=one.pk, field_id=second.pk, title={"de": "Ziel"}, summary={"de": "Was"}, at=NOW
    )
    assert moved.code == "4.1"
    with pytest.raises(Conflict):
        actions.save_goal(
            actor=editor, goal_id=two.pk, field_id=first.pk, title={"de": "Z"}, summary={"de": "W"}, at=NOW
        )


def test_a_goal_holds_measures_and_guidelines(editor):
    chosen = builders.guideline()
    builders.guideline()
    goal = builders.goal(measures=[{"de": "Erstens"}, {"de": "Zweitens", "en": "Second"}], guideline_ids=[chosen.pk])
    assert [row.title.get("de") for row in goal.measures.all()] == ["Erstens", "Zweitens"]
    assert list(goal.guidelines.all()) == [chosen]
    data = index.goal_entry(goal.pk)
    assert data.titles["de"].startswith(goal.code)


def test_only_the_team_changes_the_strategy(db):
    goal, ref = builders.goal(), builders.impulse()
    for actor, error in (
        (people.actor(people.person()), NotAllowed),
        (people.actor(people.moderator()), NotAllowed),
        (people.actor(people.with_role(Role.EDITOR, "surveys")), NotAllowed),
    ):
        with pytest.raises(error):
            order(actor, goal, ref)
        with pytest.raises(error):
            actions.set_aside(actor=actor, refs=[ref], reason=WHY, at=NOW)
        with pytest.raises(error):
            actions.end_goal(actor=actor, goal_id=goal.pk, reason=WHY, at=NOW)
    with pytest.raises(NotSignedIn):
        order(Actor(), goal, ref)


def test_every_tie_is_an_edge_with_a_reason(editor):
    goal, refs = builders.goal(), [builders.impulse(), builders.impulse(kind="idea")]
    order(editor, goal, *refs)
    edges = Edge.objects.filter(target_id=goal.pk)
    assert {edge.source for edge in edges} == set(refs)
    assert {edge.reason for edge in edges} == {WHY}
    assert plan.rests_on([goal.pk]) == {goal.pk: 2}
    order(editor, goal, refs[0], reason="Ein anderer Grund.")
    assert Edge.objects.filter(target_id=goal.pk).count() == 2, "what stands there keeps its first reason"
    assert AuditEntry.objects.filter(action="strategy.order_impulses").count() == 2
    for reason in ("", "  "):
        with pytest.raises(Invalid):
            order(editor, goal, refs[0], reason=reason)
    with pytest.raises(Invalid):
        order(editor, goal)


def test_what_is_hidden_or_no_impulse_is_ordered_nowhere(editor):
    goal = builders.goal()
    hidden = builders.impulse(titles={}, visibility="hidden")
    staff = builders.impulse(visibility="role:editor:strategy")
    other = builders.impulse(kind="notice", room="portal")
    for ref in (hidden, staff, other, Ref("participation", "theme", goal.pk)):
        with pytest.raises(NotFound):
            order(editor, goal, ref)
    assert not Edge.objects.exists()


def test_taking_out_leaves_both_reasons_and_tells_who_was_quicker(editor):
    goal, ref = builders.goal(), builders.impulse()
    order(editor, goal, ref)
    actions.take_out(actor=editor, refs=[ref], goal_id=goal.pk, reason="Es meint etwas anderes.", at=NOW)
    edge = Edge.objects.get()
    assert (edge.reason, edge.retract_reason) == (WHY, "Es meint etwas anderes.")
    with pytest.raises(Conflict):
        actions.take_out(actor=editor, refs=[ref], goal_id=goal.pk, reason=WHY, at=NOW)


def test_an_honest_no_is_an_answer_until_the_impulse_is_ordered_after_all(editor):
    goal, ref = builders.goal(), builders.impulse()
    (answer,) = actions.set_aside(actor=editor, refs=[ref], reason="Das gibt es schon.", at=NOW)
    assert trace.Edge.objects.get().target == answer.own_ref
    assert index.aside_entry(answer.pk).summaries == {"de": "Das gibt es schon."}
    order(editor, goal, ref)
    answer.refresh_from_db()
    assert answer.withdrawn_at == NOW
    assert index.aside_entry(answer.pk) is None
    assert [edge.target for edge in Edge.objects.filter(retracted_at=None)] == [goal.ref]
    with pytest.raises(Conflict):
        actions.set_aside(actor=editor, refs=[ref], reason=WHY, at=NOW)
    assert Aside.objects.filter(withdrawn_at=None).count() == 0


def test_who_follows_is_told_once_of_a_tie_and_of_a_no(editor, deliver):
    reader = people.person()
    goal, one, two = (
        builders.goal(),
        participation.published(at=NOW - HOUR).ref,
        participation.published(at=NOW - HOUR).ref,
    )
    deliver()
    for ref in (one, two):
        with transaction.atomic():
            follow_silently(reader.pk, ref, NOW)
    order(editor, goal, one)
    actions.set_aside(actor=editor, refs=[two], reason="Das gibt es schon.", at=NOW)
    deliver()
    told = list(Notice.objects.filter(person=reader).values_list("event", flat=True))
    assert len(told) == len(set(told)) == 2


def test_an_idea_is_answered_with_its_theme(editor):
    goal, theme, idea = builders.goal(), builders.impulse(), builders.impulse(kind="idea")
    lone = builders.impulse(kind="idea")
    trace.tie(editor, idea, theme, reason="Die Gruppe hat sie zugeordnet.", happened_at=NOW, at=NOW)
    assert {row.ref for row in coverage.listed(NOW).rows} == {theme, idea, lone}
    order(editor, goal, theme)
    assert {row.ref for row in coverage.listed(NOW).rows} == {lone}
    counted = {row.key: (row.total, row.answered) for row in coverage.cover(NOW)}
    assert counted == {"participation.theme": (1, 1), "participation.idea": (2, 1)}
    assert {row.ref for row in coverage.listed(NOW, answered=None).rows} == {theme, idea, lone}


def test_the_list_goes_on_where_it_ended_and_finds_words(db):
    refs = [builders.impulse(f"Baum {n}", happened_at=NOW - timedelta(days=n + 1)) for n in range(5)]
    builders.impulse("Bank", happened_at=NOW - timedelta(days=9))
    first = coverage.listed(NOW, words="baum", limit=3)
    rest = coverage.listed(NOW, words="baum", limit=3, after=first.next)
    assert [row.ref for row in (*first.rows, *rest.rows)] == refs
    assert not rest.next
    with pytest.raises(Invalid):
        coverage.listed(NOW, after="kaputt")


def test_what_is_still_to_come_is_no_impulse_yet(db):
    builders.impulse(kind="event", room="portal", happened_at=NOW + timedelta(days=3))
    assert not coverage.listed(NOW).rows


def test_goals_that_rest_on_nothing_are_named(editor):
    resting, bare, ended = builders.goal(), builders.goal(), builders.goal()
    order(editor, resting, builders.impulse())
    actions.end_goal(actor=editor, goal_id=ended.pk, reason="Erledigt.", at=NOW)
    assert coverage.resting_on_nothing() == [bare]


def test_a_place_that_changes_changes_the_codes_in_the_index(editor, deliver):
    field = builders.field(place=1)
    goal = builders.goal(field)
    deliver()
    actions.save_field(actor=editor, field_id=field.pk, title=field.title, summary=field.summary, place=7, at=NOW)
    deliver()
    assert Entry.objects.get(object_id=goal.pk).title("de").startswith("7.1 ")
    assert index_now(Goal.objects.get().ref).title("de").startswith("7.1 ")
