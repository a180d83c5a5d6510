"""The first station of every idea's way."""

import pytest
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders
from allmende.core.actor import Viewer
from allmende.engines.trace.interface import Edge, trace_of

pytestmark = pytest.mark.central


def test_a_released_idea_stands_in_its_topic_store(db, deliver):
    idea = builders.published()
    deliver()
    edge = Edge.objects.get()
    assert (edge.source, edge.target) == (idea.ref, idea.store.ref)
    trace = trace_of(idea.ref, Viewer(), timezone.now())
    assert [station.entry.ref for station in trace.outcomes if station.entry] == [idea.store.ref]


def test_the_same_event_twice_makes_one_edge(db, deliver):
    from allmende.core.events import Stored
    from allmende.core.models import Event
    from allmende.journeys import idea_into_store

    builders.published()
    deliver()
    row = Event.objects.get(name="participation.idea_published")
    idea_into_store.run(Stored.of(row))
    assert Edge.objects.count() == 1


def test_the_citys_answer_is_a_station_with_the_next_step(db, deliver):
    idea = builders.published()
    clerk = people.actor(people.clerk(idea.department))
    actions.answer_idea(actor=clerk, idea_id=idea.pk, outcome="accepted", text="Ja, gern.", at=timezone.now())
    deliver()
    trace = trace_of(idea.ref, Viewer(), timezone.now())
    labels = [(station.entry.ref.kind if station.entry else "next") for station in trace.outcomes]
    assert labels == ["store", "answer", "next"]
    assert trace.outcomes[1].state == "now"
    days = [station.when for station in trace.outcomes[:2]]
    assert days == sorted(days), "a collection counts from when the idea came into it"
