"""From a goal to the measured effect: every station is on the Trace, and whoever had the idea is told of every step."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation

from allmende.accounts import builders as people
from allmende.capabilities.council.events import PartDecided
from allmende.capabilities.participation import builders as ideas
from allmende.capabilities.pilots import actions, builders
from allmende.capabilities.pilots.models import Pilot
from allmende.capabilities.strategy import actions as strategy
from allmende.capabilities.strategy import builders as goals
from allmende.core import events
from allmende.core.actor import SYSTEM, Viewer
from allmende.core.ids import uuid7
from allmende.core.refs import Ref
from allmende.engines.notify.interface import Notice
from allmende.engines.trace.interface import Edge, trace_of

pytestmark = pytest.mark.django_db


def decide(pilot, decision, *, part=None, about=None):
    """As the council tells it."""
    ref = part or Ref("council", "part", uuid7())
    with transaction.atomic():
        events.publish(
            SYSTEM,
            PartDecided(
                ref=ref, paper=uuid7(), decision=decision, accepted=decision == "accepted",
                decided_on=f"{timezone.localdate()}", about=str(pilot.ref) if about is None else about,
            ),
        )  # fmt: skip
    return ref


def told(person):
    rows = Notice.objects.filter(person=person).order_by("id").values_list("rule", flat=True)
    return [rule.partition("#")[0] for rule in rows]


def test_from_goal_to_effect_and_the_author_of_the_idea_hears_of_every_step(deliver):
    author, now = people.person(), timezone.now()
    idea = ideas.published(author=author, at=now - timedelta(days=2))
    deliver()
    goal = goals.goal()
    deliver()
    strategy.order_impulses(
        actor=goals.editor(), refs=[idea.ref], goal_id=goal.pk, reason="Genau das.", at=timezone.now()
    )
    pilot, team = builders.pilot("draft"), builders.editor()
    actions.add_origins(
        actor=team, pilot_id=pilot.pk, refs=[goal.ref], reason="Der Pilot probiert es aus.", at=timezone.now()
    )
    actions.move_pilot(actor=team, pilot_id=pilot.pk, verb="publish", at=now)
    deliver()
    part = decide(pilot, "accepted")
    deliver()
    assert Pilot.objects.get().state == "decided"
    assert Edge.objects.filter(source_id=part.id, target_id=pilot.pk, retracted_at=None).count() == 1
    actions.move_pilot(actor=team, pilot_id=pilot.pk, verb="start", at=now)
    builders.milestone(pilot, reached=True)
    indicator = builders.indicator(pilot, goals=(goal.ref,))
    deliver()
    builders.value(indicator, "75")
    deliver()
    assert Edge.objects.filter(source_id=pilot.pk, target_id=indicator.pk).count() == 1
    assert Edge.objects.filter(source_id=indicator.pk, target_id=goal.pk).count() == 1
    onward = trace_of(idea.ref, Viewer(), timezone.now())
    assert {goal.ref, pilot.ref, indicator.ref} <= {one.entry.ref for one in onward.outcomes if one.entry}
    back = trace_of(indicator.ref, Viewer(), timezone.now())
    assert {idea.ref, pilot.ref} <= {one.entry.ref for one in back.origins if one.entry}
    heard = [name for name in told(author) if name.startswith("pilots.")]
    assert heard.count("pilots.milestone_saved") == 1
    assert heard.count("pilots.value_recorded") == 1
    assert heard.count("pilots.pilot_moved") == 3


def test_a_decision_heard_twice_or_corrected(deliver):
    pilot = builders.pilot()
    part = decide(pilot, "rejected")
    deliver()
    assert Pilot.objects.get().state == "declined"
    decide(pilot, "accepted", part=part)
    decide(pilot, "accepted", part=part)
    deliver()
    assert Pilot.objects.get().state == "decided"
    assert Edge.objects.filter(target_id=pilot.pk, retracted_at=None).count() == 1


@pytest.mark.parametrize("about", ["", "kaputt", "strategy/goal/0190b3a0-0000-7000-8000-000000000000"])
def test_what_speaks_of_no_pilot_or_was_put_off_moves_nothing(deliver, about):
    pilot = builders.pilot()
    decide(pilot, "accepted", about=about)
    decide(pilot, "postponed")
    deliver()
    assert Pilot.objects.get().state == "proposed"
    assert not Edge.objects.exists()


def test_the_council_says_in_each_language_what_it_decided(deliver):
    pilot = builders.pilot()
    decide(pilot, "rejected")
    deliver()
    reason = Pilot.objects.get().reason
    with translation.override("en"):
        assert set(reason) == {"de", "en"}
