"""The first station of every idea's way."""

from django.utils import timezone

from allmende.capabilities.participation import builders
from allmende.core.actor import Viewer
from allmende.engines.trace.interface import Edge, trace_of


def test_a_released_idea_stands_in_its_topic_store(db, deliver):
    idea = builders.published_idea()
    deliver()
    edge = Edge.objects.get()
    assert (edge.source, edge.target) == (idea.ref, idea.store.ref)
    trace = trace_of(idea.ref, Viewer(), timezone.now())
    assert [station.entry.ref for station in trace.outcomes if station.entry] == [idea.store.ref]


def test_the_same_event_twice_makes_one_edge(db, deliver):
    from allmende.core.events import Stored
    from allmende.core.models import Event
    from allmende.journeys import idea_into_store

    builders.published_idea()
    deliver()
    row = Event.objects.get(name="participation.idea_published")
    idea_into_store.run(Stored.of(row))
    assert Edge.objects.count() == 1
