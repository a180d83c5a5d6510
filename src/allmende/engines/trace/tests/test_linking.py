"""Links are made and taken back by those who may, with a reason, once, and followers hear of it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from allmende.core.actor import Actor, Grant, Role, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.events import Stored
from allmende.core.ids import uuid7
from allmende.core.models import AuditEntry, Event
from allmende.core.refs import Ref
from allmende.engines.search.builders import put_thing
from allmende.engines.trace import handlers, interface, rules
from allmende.engines.trace.builders import put_edge
from allmende.engines.trace.models import Edge

pytestmark = pytest.mark.central

NOW = datetime(2022, 6, 1, 12, tzinfo=UTC)
IDEA_DAY, PILOT_DAY = NOW - timedelta(days=500), NOW - timedelta(days=100)


def actor(*grants, signed_in=True):
    return Actor(viewer=Viewer(uuid7() if signed_in else None, frozenset(grants)), key=uuid7() if signed_in else None)


MODERATOR = Grant(Role.MODERATOR)
CLERK = Grant(Role.CLERK, "department:umwelt")


@pytest.fixture
def things(db):
    return put_thing("Idee", happened_at=IDEA_DAY), put_thing("Pilot", happened_at=PILOT_DAY)


def link(by, source, target, reason="Der Pilot tut, was die Idee wollte."):
    return interface.link_things(actor=by, source=source, target=target, reason=reason, at=NOW)


def test_a_link_says_who_in_which_office_why_and_since_when(things):
    edge = link(actor(CLERK), *things)
    assert (edge.source, edge.target) == things
    assert (edge.happened_at, edge.created_at, edge.was_linked_later) == (PILOT_DAY, NOW, True)
    assert (edge.role, edge.scope) == ("clerk", "department:umwelt")
    assert AuditEntry.objects.get().action == "trace.link_things"
    event = Event.objects.get(name="trace.edge_linked")
    assert (event.ref, event.payload["target"], event.payload["edge_id"]) == (things[0], str(things[1]), str(edge.id))


def test_the_office_is_shown_and_never_the_person(things):
    link(actor(CLERK), *things)
    department = interface.trace_of(things[0], Viewer(), NOW).links[0].by
    assert department
    Edge.objects.update(role="", scope="")
    assert interface.trace_of(things[0], Viewer(), NOW).links[0].by == ""
    Edge.objects.update(role="moderator")
    assert interface.trace_of(things[0], Viewer(), NOW).links[0].by == "Moderation"


@pytest.mark.parametrize(
    ("by", "error"),
    [
        (actor(signed_in=False), NotSignedIn),
        (actor(), NotAllowed),
        (actor(Grant(Role.ADMINISTRATOR)), NotAllowed),
        (actor(Grant(Role.COUNCIL_MEMBER)), NotAllowed),
        (actor(Grant(Role.MODERATOR, "market")), NotAllowed),
        (actor(Grant(Role.MODERATOR, "example")), None),
        (actor(Grant(Role.EDITOR)), None),
        (actor(CLERK), None),
    ],
)
def test_only_moderation_editing_and_offices_link_and_take_back(things, by, error):
    if error is None:
        edge = link(by, *things)
        interface.retract_edge(actor=by, edge_id=edge.id, reason="Irrtum", at=NOW)
        return
    with pytest.raises(error):
        link(by, *things)
    edge = link(actor(MODERATOR), *things)
    with pytest.raises(error):
        interface.retract_edge(actor=by, edge_id=edge.id, reason="Irrtum", at=NOW)
    assert Edge.objects.get().retracted_at is None


def test_nobody_links_what_they_cannot_see(things):
    secret = put_thing("Geheim", visibility="hidden")
    for ends in ((things[0], secret), (secret, things[0]), (things[0], Ref("example", "thing", uuid7()))):
        with pytest.raises(NotFound):
            link(actor(MODERATOR), *ends)


@pytest.mark.parametrize("reason", ["", "   \n ", "x" * 501])
def test_a_reason_is_one_sentence_that_people_can_read(things, reason):
    with pytest.raises(Invalid) as refused:
        link(actor(MODERATOR), *things, reason=reason)
    assert set(refused.value.fields) == {"reason"}
    assert not Edge.objects.exists()


def test_nothing_leads_to_itself(things):
    with pytest.raises(Invalid):
        link(actor(MODERATOR), things[0], things[0])
    edges = Edge.objects.filter(pk=link(actor(MODERATOR), *things).pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        edges.update(target_id=F("source_id"))


def test_an_equal_link_is_the_same_link(things):
    first = link(actor(MODERATOR), *things)
    again = link(actor(CLERK), *things, reason="Anders gesagt")
    assert (again.id, again.reason) == (first.id, first.reason)
    assert Event.objects.filter(name="trace.edge_linked").count() == 1
    assert AuditEntry.objects.count() == 1


def test_a_link_taken_back_stays_on_record_and_can_be_made_anew(things):
    first = link(actor(MODERATOR), *things)
    interface.retract_edge(actor=actor(CLERK), edge_id=first.id, reason="Falsche Idee", at=NOW)
    with pytest.raises(Conflict):
        interface.retract_edge(actor=actor(CLERK), edge_id=first.id, reason="Noch einmal", at=NOW)
    second = link(actor(MODERATOR), *things)
    assert second.id != first.id
    assert Edge.objects.count() == 2
    assert Edge.objects.get(pk=first.pk).retract_reason == "Falsche Idee"
    assert Event.objects.filter(name="trace.edge_retracted").count() == 1


def test_a_journey_ties_inside_the_change_that_it_belongs_to(things):
    class Failed(Exception):
        pass

    def change() -> None:
        with transaction.atomic():
            interface.tie(Actor(), *things, reason="Eingereicht", happened_at=IDEA_DAY, at=NOW)
            raise Failed

    with pytest.raises(Failed):
        change()
    assert not Edge.objects.exists()
    with transaction.atomic():
        one = interface.tie(Actor(), *things, reason="Eingereicht", happened_at=IDEA_DAY, at=NOW)
        assert interface.tie(Actor(), *things, reason="Noch einmal", happened_at=IDEA_DAY, at=NOW).id == one.id
    assert (one.role, one.actor_key) == ("", None)


def test_edges_of_the_builder_are_as_those_of_actions(things):
    """Tests and benchmarks fill the table past the actions; the rows must be the same."""
    made = put_edge(*things, happened_at=IDEA_DAY, reason="Eingereicht")
    first = {field.name: getattr(made, field.name) for field in Edge._meta.concrete_fields}
    Edge.objects.all().delete()
    with transaction.atomic():
        tied = interface.tie(Actor(), *things, reason="Eingereicht", happened_at=IDEA_DAY, at=IDEA_DAY)
    second = {field.name: getattr(tied, field.name) for field in Edge._meta.concrete_fields}
    assert {**first, "id": None} == {**second, "id": None}


@pytest.mark.django_db(transaction=True)
def test_two_equal_links_at_once_make_one():
    things = put_thing("Idee", happened_at=IDEA_DAY), put_thing("Pilot", happened_at=PILOT_DAY)
    barrier = threading.Barrier(6)
    made = []

    def work() -> None:
        try:
            barrier.wait()
            made.append(link(actor(MODERATOR), *things).id)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1
    assert Edge.objects.count() == 1
    assert Event.objects.filter(name="trace.edge_linked").count() == 1


def test_followers_of_both_ends_are_told_in_their_language(things):
    edge = link(actor(MODERATOR), *things)
    event = Stored.of(Event.objects.get(name="trace.edge_linked"))
    assert tuple(handlers.followed(event)) == things
    notice = handlers.linked(event, "de")
    assert notice.subject == "„Idee“ ist jetzt Teil von „Pilot“"
    assert edge.reason in notice.body
    assert notice.ref == things[0]
    interface.retract_edge(actor=actor(MODERATOR), edge_id=edge.id, reason="Irrtum", at=NOW)
    assert handlers.linked(event, "de") is None  # nobody is told late of what is no longer so
    taken_back = Stored.of(Event.objects.get(name="trace.edge_retracted"))
    assert "Irrtum" in handlers.retracted(taken_back, "de").body


def test_a_notice_never_names_what_is_not_public(things):
    link(actor(MODERATOR), *things)
    event = Stored.of(Event.objects.get(name="trace.edge_linked"))
    put_thing("Geheim", id_=things[1].id, visibility="hidden")
    assert handlers.linked(event, "de") is None


grants = st.frozensets(
    st.builds(Grant, st.sampled_from(list(Role)), st.sampled_from(["", "example", "market", "department:umwelt"])),
    max_size=4,
)


@given(given_=grants)
def test_more_grants_never_take_a_right_away(given_):
    ref = Ref("example", "thing", uuid7())
    allowed = rules.may_link(Viewer(uuid7(), given_), ref)
    assert allowed == any(rules.may_link(Viewer(uuid7(), frozenset({grant})), ref) for grant in given_)
