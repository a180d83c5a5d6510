"""Anyone can stand at any thing and ask where it comes from and what became of it."""

import itertools
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.core.actor import Grant, Role, Viewer
from allmende.engines.search.builders import drop_thing, put_thing, ref_of
from allmende.engines.trace import interface
from allmende.engines.trace.builders import put_edge
from allmende.engines.trace.models import Edge
from allmende.engines.trace.queries import graph
from allmende.engines.trace.rules.choosing import of_each_kind

ANYBODY = Viewer()
START = datetime(2021, 1, 1, 12, tzinfo=UTC)
NOW = datetime(2022, 6, 1, 12, tzinfo=UTC)


def day(number):
    return START + timedelta(days=number)


def thing(title, number, **more):
    return put_thing(title, happened_at=day(number), **more)


def titles(stations):
    return [(station.title, station.state) for station in stations]


@pytest.fixture
def lamp(db):
    """The way of the mission: idea, proposal, decision, pilot, with an effect that is still to come."""
    refs = {
        "idea": thing("Idee", 0),
        "proposal": thing("Vorschlag", 30),
        "decision": thing("Beschluss", 60),
        "pilot": thing("Pilot", 100, next_step={"de": "Bericht", "en": "Report"}, due=NOW + timedelta(days=90)),
        "effect": put_thing("Wirkung", happened_at=NOW + timedelta(days=200), reached=False),
    }
    names = list(refs)
    for number, (one, other) in enumerate(itertools.pairwise(names)):
        put_edge(refs[one], refs[other], happened_at=day(30 * number + 30), reason=f"{one} → {other}")
    return refs


def test_both_questions_are_answered_in_the_order_of_dates(lamp):
    trace = interface.trace_of(lamp["decision"], ANYBODY, NOW)
    assert titles(trace.origins) == [("Idee", "reached"), ("Vorschlag", "reached")]
    assert (trace.here.title, trace.here.state, trace.here.here) == ("Beschluss", "reached", True)
    assert titles(trace.outcomes) == [("Pilot", "now"), ("Bericht", "open"), ("Wirkung", "open")]
    assert trace.outcomes[0].reason == "decision → pilot"
    assert trace.origins[0].reason == "idea → proposal"
    assert [link.reason for link in trace.links] == [
        "idea → proposal", "proposal → decision", "decision → pilot", "pilot → effect",
    ]  # fmt: skip


def test_it_is_told_in_the_readers_language(lamp):
    trace = interface.trace_of(lamp["pilot"], Viewer(language="en"), NOW)
    assert trace.outcomes[0].title == "Report"
    assert trace.here.url.startswith("/en/")
    assert trace.here.language == "de"  # the author's own words stay what they are, and are marked


def test_what_ended_has_no_present_station(db):
    idea, answer = thing("Idee", 0), thing("Antwort", 5)
    put_edge(idea, answer, happened_at=day(5))
    assert titles(interface.trace_of(idea, ANYBODY, NOW).onward) == [("Idee", "reached"), ("Antwort", "reached")]


def test_what_only_began_says_where_it_stands(db):
    idea = thing("Idee", 0, next_step={"de": "Die Gruppe berät"}, due=day(3), office={"de": "Amt für Umwelt"})
    trace = interface.trace_of(idea, ANYBODY, NOW)
    assert titles(trace.onward) == [("Idee", "now"), ("Die Gruppe berät", "open")]
    assert trace.outcomes[0].when == "überfällig seit 4. Januar 2021"
    assert trace.outcomes[0].office == "Amt für Umwelt"


def test_a_link_made_later_than_its_date_says_so(db):
    idea, goal, pilot = thing("Idee", 0), thing("Ziel", 10), thing("Pilot", 20)
    put_edge(idea, goal, happened_at=day(10), later=timedelta(hours=5))
    put_edge(goal, pilot, happened_at=day(20), later=timedelta(days=300))
    trace = interface.trace_of(idea, ANYBODY, NOW)
    assert [(s.title, s.later) for s in trace.outcomes] == [("Ziel", False), ("Pilot", True)]
    assert trace.links[1].linked_at == day(320)


def test_the_past_looks_as_it_was(lamp):
    """Stand at the day after the proposal: the decision is still to come."""
    trace = interface.trace_of(lamp["idea"], ANYBODY, day(31))
    assert titles(trace.onward)[:3] == [("Idee", "reached"), ("Vorschlag", "now"), ("Beschluss", "open")]


def test_a_link_that_was_taken_back_leads_nowhere(lamp):
    Edge.objects.filter(reason="proposal → decision").update(retracted_at=NOW, retract_reason="Irrtum")
    assert titles(interface.trace_of(lamp["idea"], ANYBODY, NOW).outcomes) == [("Vorschlag", "reached")]
    assert interface.trace_of(lamp["decision"], ANYBODY, NOW).origins == []


# What is not public


def test_a_hidden_step_is_a_neutral_gap_and_the_way_goes_on_behind_it(db):
    idea, secret, other, pilot = (
        thing("Idee", 0), thing("GEHEIM", 10, visibility="hidden"), thing("GEHEIM 2", 11, visibility="hidden"),
        thing("Pilot", 20),
    )  # fmt: skip
    put_edge(idea, secret, happened_at=day(10), reason="wegen GEHEIM")
    put_edge(secret, other, happened_at=day(11), reason="GEHEIM zu GEHEIM 2")
    put_edge(other, pilot, happened_at=day(20), reason="GEHEIM 2 führte dazu")
    for trace in (interface.trace_of(idea, ANYBODY, NOW), interface.trace_of(pilot, ANYBODY, NOW)):
        assert "GEHEIM" not in repr(trace)
        assert [station.hidden for station in trace.stations].count(True) == 1
        assert [s.title for s in trace.stations if not s.hidden] == ["Idee", "Pilot"]
    assert [s.hidden for s in interface.trace_of(idea, ANYBODY, NOW).stations] == [False, True, False]


def test_a_hidden_end_is_not_even_a_gap(db):
    idea, secret = thing("Idee", 0), thing("GEHEIM", 10, visibility="hidden")
    put_edge(idea, secret, happened_at=day(10), reason="wegen GEHEIM")
    trace = interface.trace_of(idea, ANYBODY, NOW)
    assert (trace.outcomes, trace.links) == ([], [])


@pytest.mark.parametrize("how", ["embargoed", "deleted", "for staff"])
def test_whatever_keeps_a_step_from_being_seen_keeps_its_words(db, how):
    more = {"embargoed": {"visible_from": NOW + timedelta(minutes=1)}, "for staff": {"visibility": "role:moderator:"}}
    idea, secret, pilot = thing("Idee", 0), thing("GEHEIM", 10, **more.get(how, {})), thing("Pilot", 20)
    put_edge(idea, secret, happened_at=day(10), reason="wegen GEHEIM")
    put_edge(secret, pilot, happened_at=day(20), reason="GEHEIM führte dazu")
    if how == "deleted":
        drop_thing(secret)
    trace = interface.trace_of(idea, ANYBODY, NOW)
    assert "GEHEIM" not in repr(trace)
    assert [s.hidden for s in trace.outcomes] == [True, False]
    staff = Viewer(grants=frozenset({Grant(Role.MODERATOR)}))
    assert ("GEHEIM" in repr(interface.trace_of(idea, staff, NOW))) is (how == "for staff")
    after = interface.trace_of(idea, ANYBODY, NOW + timedelta(minutes=1))
    assert ("GEHEIM" in repr(after)) is (how == "embargoed")


def test_one_may_stand_where_the_index_has_nothing_yet(db):
    pilot = thing("Pilot", 20)
    unseen = ref_of(UUID(int=5))
    put_edge(unseen, pilot, happened_at=day(20))
    trace = interface.trace_of(unseen, ANYBODY, NOW)
    assert trace.here is None
    assert titles(trace.outcomes) == [("Pilot", "reached")]


# Any graph


graphs = st.integers(2, 12).flatmap(
    lambda size: st.lists(
        st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda pair: pair[0] != pair[1]),
        unique=True,
        max_size=40,
    ).map(lambda edges: (size, edges))
)


def reachable(start, edges):
    following = defaultdict(set)
    for one, other in edges:
        following[one].add(other)
    seen, waiting = set(), [start]
    while waiting:
        for node in following[waiting.pop()] - seen:
            seen.add(node)
            waiting.append(node)
    return seen


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph_=graphs, data=st.data())
def test_any_graph_with_any_circles_gives_exactly_what_can_be_reached_in_two_queries(db, graph_, data):
    size, edges = graph_
    Edge.objects.all().delete()
    refs = [put_thing(str(n), id_=UUID(int=n + 1), happened_at=day(n)) for n in range(size)]
    for one, other in edges:
        put_edge(refs[one], refs[other], happened_at=day(other))
    start = data.draw(st.integers(0, size - 1))
    with CaptureQueriesContext(connection) as queries:
        trace = interface.trace_of(refs[start], ANYBODY, NOW)
    assert len(queries) <= 3
    assert {int(s.title) for s in trace.outcomes} == reachable(start, edges) - {start}
    assert {int(s.title) for s in trace.origins} == reachable(start, [(b, a) for a, b in edges]) - {start}
    assert trace.outcomes == sorted(trace.outcomes, key=lambda s: s.when)
    together = interface.traces_of(refs, ANYBODY, NOW)
    assert {s.title for s in together[refs[start]].outcomes} == {s.title for s in trace.outcomes}


def test_parallel_ways_do_not_multiply(db):
    """Twenty times two ways: a million paths to forty things. Following paths (`CYCLE`) would take minutes."""
    refs = [put_thing(str(n), id_=UUID(int=n + 1), happened_at=day(n)) for n in range(60)]
    for step in range(0, 57, 3):
        for one, other in ((0, 1), (0, 2), (1, 3), (2, 3)):
            put_edge(refs[step + one], refs[step + other], happened_at=day(step))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '30s'")
    found = graph.reached_from([refs[0]], steps=60)[refs[0]]
    assert len(found.onward) == 76


def test_the_long_trace_of_one_thing_takes_nothing_from_the_others(db):
    crowd, alone, end = (thing(word, 1) for word in ("Crowd", "Alone", "End"))
    for number in range(30):
        put_edge(crowd, thing(str(number), 2), happened_at=day(2))
    put_edge(alone, end, happened_at=day(3))
    found = graph.reached_from([crowd, alone], links=20)
    assert (len(found[crowd].onward), found[crowd].cut) == (20, True)
    assert ([link.edge.target for link in found[alone].onward], found[alone].cut) == ([end], False)


def test_the_depth_has_a_limit_and_says_when_it_was_met(db):
    refs = [put_thing(str(n), id_=UUID(int=n + 1), happened_at=day(n)) for n in range(10)]
    for one, other in itertools.pairwise(refs):
        put_edge(one, other, happened_at=day(1))
    found = graph.reached_from([refs[0]], steps=4)[refs[0]]
    assert [link.edge.target for link in found.onward] == refs[1:5]
    assert found.cut
    assert not graph.reached_from([refs[0]], steps=20)[refs[0]].cut
    few = graph.reached_from([refs[0]], links=3)[refs[0]]
    assert [link.edge.target for link in few.onward] == refs[1:4]
    assert few.cut


# All ways


def test_all_ways_lists_what_began_something_last_moved_first_or_longest_first(lamp):
    note, answer = thing("Notiz", 200), thing("Antwort", 210)
    put_edge(note, answer, happened_at=day(210))
    secret = thing("GEHEIM", 0, visibility="hidden")
    put_edge(secret, answer, happened_at=day(220))
    recent = interface.ways(ANYBODY, NOW)
    assert [trace.here.title for trace in recent.traces] == ["Notiz", "Idee"]
    assert [trace.here.title for trace in interface.ways(ANYBODY, NOW, order="longest").traces] == ["Idee", "Notiz"]


@pytest.mark.parametrize("order", ["recent", "longest"])
def test_all_ways_can_be_read_in_parts(db, order):
    for number in range(7):
        one, other = thing(f"Idee {number}", number), thing(f"Ergebnis {number}", number + 1)
        put_edge(one, other, happened_at=day(number // 3))
    seen, after = [], ""
    while True:
        part = interface.ways(ANYBODY, NOW, order=order, after=after, limit=3)
        seen += [trace.here.title for trace in part.traces]
        after = part.next
        if not after:
            break
    assert sorted(seen) == [f"Idee {number}" for number in range(7)]


def test_all_ways_take_few_queries_however_many_there_are(db, django_assert_max_num_queries):
    for number in range(15):
        put_edge(thing(f"Idee {number}", number), thing(f"Ergebnis {number}", number + 1), happened_at=day(number))
    with django_assert_max_num_queries(3):
        assert len(interface.ways(ANYBODY, NOW).traces) == 10


# The short form


@given(st.lists(st.sampled_from(["", "part", "pilot", "effect"]), max_size=30), st.integers(1, 8))
def test_a_short_form_is_as_long_as_it_may_be_and_has_the_last_of_each_kind(kinds, most):
    shown = of_each_kind(kinds, most)
    assert shown == sorted(set(shown))
    assert len(shown) == min(most, len(kinds))
    last = {kind: place for place, kind in enumerate(kinds) if kind}
    wanted = sorted(last.values())[-most:]
    assert set(wanted) <= set(shown)


def test_a_pilot_is_not_hidden_behind_many_decisions_of_one_day(db):
    paper = thing("Vorlage", 0)
    for title, number in (("Pilot", 10), *((f"Teil {one}", 20) for one in range(14))):
        put_edge(paper, thing(title, number), happened_at=day(number))
    trace = interface.trace_of(paper, ANYBODY, NOW)
    pilot, *parts = trace.outcomes
    assert pilot.title == "Pilot"
    assert [part.entry.kind for part in parts] == ["thing"] * 14
    pilot.entry.kind = "pilot"
    near = [station.title for station in trace.near_onward]
    assert near[:2] == ["Vorlage", "Pilot"]
    assert len(near) == 6
    assert trace.left_out == 10
    assert "Pilot" not in [station.title for station in trace.row], "a list shows the last ones and says so"
