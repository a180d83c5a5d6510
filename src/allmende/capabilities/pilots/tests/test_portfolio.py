"""Pilots, steps, milestones, origins: what the actions let happen and whom they let do it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.pilots import actions, builders, index
from allmende.capabilities.pilots.builders import facts, milestone, pilot, today
from allmende.capabilities.pilots.models import Milestone, Pilot
from allmende.capabilities.strategy import builders as strategy
from allmende.core.actor import SYSTEM, Actor
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.models import AuditEntry
from allmende.core.refs import Ref
from allmende.engines.trace.interface import Edge

pytestmark = pytest.mark.central

NOW = timezone.now()


@pytest.fixture
def team(db):
    return builders.editor()


def move(actor, one, verb, reason=None):
    return actions.move_pilot(actor=actor, pilot_id=one.pk, verb=verb, reason=reason, at=NOW)


def test_a_pilot_goes_its_way_step_by_step(team):
    one = pilot("draft")
    assert (one.published_at, index.pilot_entry(one.pk).visibility) == (None, "hidden")
    for verb, state in (("publish", "proposed"), ("decide", "decided"), ("start", "running")):
        assert move(team, one, verb).state == state
    assert index.pilot_entry(one.pk).visibility == "public"
    with pytest.raises(Conflict):
        move(team, one, "publish")
    with pytest.raises(Invalid):
        move(team, one, "finish", {"de": "  "})
    with pytest.raises(NotFound):
        move(team, one, "vanish")
    done = move(team, one, "finish", {"de": "Weniger Strom."})
    assert (done.state, done.reason) == ("finished", {"de": "Weniger Strom."})
    assert AuditEntry.objects.filter(action="pilots.move_pilot").count() == 4


def test_what_is_not_carried_out_says_why_and_can_be_decided_after_all(team):
    one = move(team, pilot(), "decline", {"de": "Zu teuer."})
    assert one.reason == {"de": "Zu teuer."}
    again = move(team, one, "decide")
    assert (again.state, again.reason) == ("decided", {})
    with pytest.raises(IntegrityError), transaction.atomic():
        Pilot.objects.filter(pk=one.pk).update(state="declined")


def test_only_the_team_takes_steps_and_the_leading_office_keeps_the_facts(db):
    one = pilot()
    own, other = people.actor(people.clerk(builders.OFFICE)), people.actor(people.clerk("kultur"))
    saved = actions.save_pilot(actor=own, pilot_id=one.pk, data=facts(title={"de": "Neuer Name"}), at=NOW)
    assert str(saved) == "Neuer Name"
    with pytest.raises(NotAllowed):
        actions.save_pilot(actor=own, pilot_id=one.pk, data=facts(department="kultur"), at=NOW)
    for actor, error in (
        (own, NotAllowed), (other, NotAllowed), (people.actor(people.person()), NotAllowed), (Actor(), NotSignedIn),
    ):  # fmt: skip
        with pytest.raises(error):
            move(actor, one, "decide")
        if actor is not own:
            with pytest.raises(error):
                actions.save_milestone(actor=actor, pilot_id=one.pk, title={"de": "M"}, planned_on=today(), at=NOW)
    with pytest.raises(NotAllowed):
        actions.save_pilot(actor=own, data=facts(), at=NOW)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"title": {"en": "Only English"}}, "title"), ({"department": "gibtsnicht"}, "department"),
     ({"summary": {"de": "x" * 601}}, "summary"), ({"where": actions.Where("Dort", "", (0.0, 0.0))}, "place")],
)  # fmt: skip
def test_facts_that_cannot_be_are_refused_beside_their_field(team, fields, wrong):
    with pytest.raises(Invalid) as refused:
        actions.save_pilot(actor=team, data=facts(**fields), at=NOW)
    assert wrong in refused.value.fields


def test_moving_a_milestone_needs_a_reason_once_the_pilot_is_decided(team):
    one = pilot()
    first = milestone(one, days=10)

    def plan(days, reason=None):
        return actions.save_milestone(
            actor=team, pilot_id=one.pk, place=first.place, title={"de": "Erste Leuchten"},
            planned_on=today() + timedelta(days=days), reason=reason, at=NOW,
        )  # fmt: skip

    assert plan(20).first_planned_on == today() + timedelta(days=20), "until then a plan is only a plan"
    move(team, one, "decide")
    with pytest.raises(Invalid) as refused:
        plan(50)
    assert "reason" in refused.value.fields
    moved = plan(50, {"de": "Die Zähler fehlen."})
    assert (moved.planned_on, moved.first_planned_on) == (today() + timedelta(days=50), today() + timedelta(days=20))
    with pytest.raises(Invalid):
        plan(60)
    assert plan(50).move_reason == {"de": "Die Zähler fehlen."}, "saved again, it keeps its reason"
    assert plan(20).move_reason == {}
    with pytest.raises(Conflict):
        actions.save_milestone(
            actor=team, pilot_id=one.pk, place=1, title={"de": "M"}, planned_on=today(), remove=True, at=NOW
        )


def test_a_place_is_given_once_and_nothing_is_reached_tomorrow(team):
    one = pilot()
    milestone(one)
    second = milestone(one, title="Zweites")
    assert second.place == 2
    with pytest.raises(Invalid):
        actions.save_milestone(
            actor=team, pilot_id=one.pk, place=2, title={"de": "Z"}, planned_on=today(),
            reached_on=today() + timedelta(days=2), at=NOW,
        )  # fmt: skip
    gone = actions.save_milestone(
        actor=team, pilot_id=one.pk, place=2, title={"de": "Z"}, planned_on=today(), remove=True, at=NOW
    )
    assert gone is None
    assert Milestone.objects.filter(pilot=one).count() == 1
    with pytest.raises(NotFound):
        actions.save_milestone(actor=team, pilot_id=one.pk, place=9, title={"de": "Z"}, planned_on=today(), at=NOW)


def test_what_a_pilot_answers_to_is_an_edge_with_a_reason(team):
    one, refs = pilot(), [strategy.impulse(), strategy.impulse(kind="idea")]
    actions.add_origins(actor=team, pilot_id=one.pk, refs=refs, reason="Genau das war gewünscht.", at=timezone.now())
    assert {edge.source for edge in Edge.objects.filter(target_id=one.pk)} == set(refs)
    for wrong in (
        strategy.impulse(titles={}, visibility="hidden"), strategy.impulse(kind="notice", room="portal"),
        Ref("strategy", "goal", one.pk),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            actions.add_origins(actor=team, pilot_id=one.pk, refs=[wrong], reason="Grund", at=timezone.now())
    with pytest.raises(Invalid):
        actions.add_origins(actor=team, pilot_id=one.pk, refs=refs, reason=" ", at=timezone.now())
    actions.take_out(actor=team, pilot_id=one.pk, refs=refs[:1], reason="Doch nicht.", at=timezone.now())
    with pytest.raises(Conflict):
        actions.take_out(actor=team, pilot_id=one.pk, refs=refs[:1], reason="Doch nicht.", at=timezone.now())


def test_a_councils_decision_moves_what_has_not_begun(db):
    waiting, running, draft = pilot(), pilot("running"), pilot("draft")

    def decide(one, *, accepted):
        return actions.take_decision(actor=SYSTEM, pilot_id=one.pk, accepted=accepted, decided_on=today(), at=NOW).state

    assert decide(waiting, accepted=False) == "declined"
    assert Pilot.objects.get(pk=waiting.pk).reason["en"]
    assert decide(waiting, accepted=True) == "decided", "the minutes were corrected"
    assert decide(waiting, accepted=True) == "decided"
    assert decide(running, accepted=False) == "running"
    assert decide(draft, accepted=True) == "draft"


def test_a_pilot_is_found_where_it_is(team):
    one = pilot("running", where=actions.Where("", "stadtmitte"))
    found = index.pilot_entry(one.pk)
    assert found.district == "stadtmitte"
    milestone(one, title="Die erste Straße")
    assert index.pilot_entry(one.pk).next_step == {"de": "Die erste Straße"}
    assert index.pilot_url(one.pk) == f"/pilotprojekte/{one.number}/"
    assert index.pilot_entry(Ref("pilots", "pilot", one.milestones.get().pk).id) is None
