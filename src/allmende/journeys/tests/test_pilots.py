"""From a goal to the measured effect: every station is on the Trace, and whoever had the idea is told of every step."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from allmende.accounts import builders as people
from allmende.capabilities.council import actions as papers
from allmende.capabilities.council import builders as council
from allmende.capabilities.council.models import Paper, Part
from allmende.capabilities.council.rules.parts import PartData, Written
from allmende.capabilities.participation import builders as ideas
from allmende.capabilities.pilots import actions, builders
from allmende.capabilities.pilots.events import PilotSaved
from allmende.capabilities.pilots.models import Pilot
from allmende.capabilities.strategy import actions as strategy
from allmende.capabilities.strategy import builders as goals
from allmende.core import events
from allmende.core.actor import SYSTEM, Role, Viewer
from allmende.engines.notify.interface import Notice, follow
from allmende.engines.trace.interface import Edge, trace_of

pytestmark = pytest.mark.django_db


def part_about(about, *, paper=None):
    """A part of the council's paper that speaks of this thing."""
    paper = paper or (Paper.objects.filter(pk=council.key("paper")).first() or council.council().paper)
    return council.parts(paper, ("Ein Vorschlag", str(about) if about else ""))[-1]


def decide(about, decision, *, part=None):
    """As the council's office records it."""
    found = part or part_about(about)
    council.decide(found, decision)
    return found


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
    part = decide(pilot.ref, "accepted")
    deliver()
    assert Pilot.objects.get().state == "decided"
    assert Edge.objects.filter(source_id=part.pk, target_id=pilot.pk, retracted_at=None).count() == 1
    assert Edge.objects.filter(source_id=part.paper_id, target_id=part.pk, retracted_at=None).count() == 1
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


def reasons(part, pilot):
    """Why the part led to the pilot, as it stands now."""
    rows = Edge.objects.filter(source_id=part.pk, target_id=pilot.pk, retracted_at=None)
    return list(rows.values_list("reason", flat=True))


def test_a_decision_heard_twice_or_corrected(deliver):
    pilot = builders.pilot()
    deliver()
    part = decide(pilot.ref, "rejected")
    deliver()
    assert Pilot.objects.get().state == "declined"
    assert reasons(part, pilot) == ["Der Stadtrat hat den Vorschlag abgelehnt."]
    decide(pilot.ref, "accepted", part=part)
    decide(pilot.ref, "accepted", part=part)
    deliver()
    assert Pilot.objects.get().state == "decided"
    assert reasons(part, pilot) == ["Der Stadtrat hat beschlossen, den Vorschlag umzusetzen."]
    council.decide(part, "")
    deliver()
    assert Pilot.objects.get().state == "proposed"
    assert reasons(part, pilot) == []


@pytest.mark.parametrize("again", ["", "postponed"])
def test_a_decision_taken_back_or_put_off_makes_it_a_proposal_again_and_followers_hear_why(deliver, again):
    pilot, follower = builders.pilot(), people.person()
    deliver()
    follow(actor=people.actor(follower), ref=pilot.ref, at=timezone.now())
    part = decide(pilot.ref, "accepted")
    deliver()
    council.decide(part, again)
    council.decide(part, again)
    deliver()
    pilot.refresh_from_db()
    assert pilot.state == "proposed"
    assert pilot.reason["de"] == "Der Stadtrat hat seinen Beschluss zurückgenommen oder vertagt."
    subjects = Notice.objects.filter(person=follower).order_by("id").values_list("subjects__de", flat=True)
    assert [one for one in subjects if one.startswith("Noch nicht entschieden")] == [subjects[1]]
    council.decide(part, "accepted")
    deliver()
    assert Pilot.objects.get().state == "decided"


def test_what_has_begun_stays_and_its_office_hears_that_the_decision_no_longer_stands(deliver):
    pilot, team = builders.pilot(), builders.editor()
    office = people.clerk(pilot.department)
    deliver()
    part = decide(pilot.ref, "accepted")
    deliver()
    actions.move_pilot(actor=team, pilot_id=pilot.pk, verb="start", at=timezone.now())
    council.decide(part, "postponed")
    deliver()
    pilot.refresh_from_db()
    assert pilot.state == "running"
    assert told(office) == ["pilots.decision_taken_back"]
    assert reasons(part, pilot) == []


def test_of_two_papers_that_decided_on_a_pilot_one_may_take_it_back(deliver):
    pilot = builders.pilot()
    deliver()
    first, second = decide(pilot.ref, "accepted"), decide(pilot.ref, "accepted")
    assert first.pk != second.pk
    deliver()
    council.decide(first, "")
    deliver()
    assert Pilot.objects.get().state == "decided"
    council.decide(second, "")
    deliver()
    assert Pilot.objects.get().state == "proposed"


def test_a_part_that_spoke_of_the_wrong_pilot_leads_to_the_right_one(deliver):
    wrong, right = builders.pilot(), builders.pilot()
    deliver()
    part = decide(wrong.ref, "accepted")
    deliver()
    row = PartData(part.title, about=str(right.ref))
    data = Written([(part.pk, part.edition, row)])
    papers.write_parts(actor=council.OFFICE, paper_id=part.paper_id, data=data, at=timezone.now())
    deliver()
    right.refresh_from_db()
    wrong.refresh_from_db()
    assert (right.state, wrong.state) == ("decided", "proposed")
    assert (len(reasons(part, wrong)), len(reasons(part, right))) == (0, 1)


def test_what_speaks_of_no_pilot_or_was_put_off_moves_nothing(deliver):
    pilot = builders.pilot()
    deliver()
    decide("", "accepted")
    decide(pilot.ref, "postponed")
    deliver()
    assert Pilot.objects.get().state == "proposed"
    assert not Edge.objects.filter(target_id=pilot.pk).exists()


def test_what_was_decided_behind_closed_doors_moves_the_pilot_only_when_it_is_public(deliver):
    pilot = builders.pilot()
    made = council.council()
    deliver()
    part = part_about(pilot.ref, paper=Paper.objects.get(pk=council.key("hidden-paper")))
    decide(pilot.ref, "accepted", part=part)
    deliver()
    assert Pilot.objects.get().state == "proposed"
    assert not Edge.objects.filter(source_id=part.pk).exists()
    council.take([council.published(made, "hidden-paper")])
    deliver()
    assert Pilot.objects.get().state == "decided"
    assert len(reasons(part, pilot)) == 1


def test_the_office_chooses_the_pilot_by_its_title_and_everybody_finds_it_from_the_paper(client, deliver):
    pilot, made = builders.pilot(), council.council()
    deliver()
    clerk = people.login(client, people.with_role(Role.COUNCIL_OFFICE))
    path, title = f"{made.paper.path}teile/", pilot.title["de"]
    assert clerk.post(path, {"new": f"1. {title}\n2. Etwas anderes"}).status_code == 302
    first, second = Part.objects.order_by("place")
    assert (first.about, second.about) == (str(pilot.ref), "")
    assert f'<option value="{pilot.ref}" selected' in clerk.get(path).content.decode()
    assert f'href="/pilotprojekte/{pilot.number}/"' in Client().get(made.paper.path).content.decode()
    Pilot.objects.update(state="draft", published_at=None)
    with transaction.atomic():
        events.publish(SYSTEM, PilotSaved(ref=pilot.ref))
    deliver()
    for shown in (Client().get(made.paper.path), Client().get(made.paper.oparl_path)):
        assert str(pilot.pk) not in shown.content.decode()
        assert f"/pilotprojekte/{pilot.number}/" not in shown.content.decode()


def test_the_council_says_in_each_language_what_it_decided(deliver):
    pilot = builders.pilot()
    deliver()
    decide(pilot.ref, "rejected")
    deliver()
    reason = Pilot.objects.get().reason
    with translation.override("en"):
        assert set(reason) == {"de", "en"}
