"""The page of an idea asks the database little, whoever reads it and however much was said."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.models import Person
from allmende.capabilities.participation import actions, builders, queries
from allmende.core.actor import Viewer
from allmende.engines.discussion import builders as talk
from allmende.engines.discussion import interface as discussion
from allmende.engines.notify import interface as notify

LIMIT = 11
"""The most that any state of the page asks; the issue allows twelve."""
NOW = timezone.now()


def signed_in(person) -> Client:
    return people.login(Client(headers={"host": "localhost"}), person)


@pytest.fixture
def idea(db, deliver):
    """Answered twice, with more comments than a page holds."""
    clerk, author = people.actor(people.clerk("umwelt")), people.person()
    begun = timezone.now()
    found = builders.published(builders.store(), author=author, category="licht", district="lusan", at=begun)
    fan = people.actor(people.person(email="fan@example.org"))
    actions.support_idea(actor=fan, idea_id=found.pk, at=timezone.now())
    notify.follow(actor=fan, ref=found.ref, at=timezone.now())
    actions.take_up_idea(actor=clerk, idea_id=found.pk, at=timezone.now())
    for text in ("Ja, im Herbst.", "Ja, im Sommer schon."):
        actions.answer_idea(actor=clerk, idea_id=found.pk, outcome="accepted", text=text, at=timezone.now())
    for number in range(25):
        talk.comment(found.ref, f"Das ist der {number}. Kommentar.")
    deliver()
    found.refresh_from_db()
    return found


def asked(client, idea):
    address = f"/mitmachen/ideen/{idea.number}/"
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        response = client.get(address)
    assert response.status_code == 200
    page = response.content.decode()
    assert "Ja, im Sommer schon." in page
    assert "Das ist der 3. Kommentar." in page
    return [query["sql"] for query in found.captured_queries]


def reader(kind, idea):
    if kind == "author":
        return idea.author
    if kind == "moderator":
        return people.moderator("participation")
    if kind == "clerk":
        return people.clerk("umwelt")
    if kind == "supporter":
        return Person.objects.get(email="fan@example.org")
    person = people.person()
    if kind == "member":
        actions.join_group(actor=people.actor(person), group_id=idea.store.group_id, at=NOW)
    return person


@pytest.mark.parametrize("kind", ["resident", "author", "supporter", "member", "moderator", "clerk"])
def test_whoever_reads_it_the_page_asks_at_most_eleven_times(idea, kind):
    found = asked(signed_in(reader(kind, idea)), idea)
    assert len(found) <= LIMIT, found


def test_a_visitor_asks_less(idea):
    found = asked(Client(headers={"host": "localhost"}), idea)
    assert len(found) <= LIMIT - 3, found


def test_all_that_hangs_on_an_idea_is_read_with_it(idea, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = queries.idea_by_number(idea.number, Viewer(), timezone.now())
        spans = page.idea.store.module.spans()
    assert [row.text for row in page.answers] == ["Ja, im Sommer schon.", "Ja, im Herbst."]
    assert list(page.answers) == list(idea.answers.all())
    assert [row.at for row in page.history] == [row.at for row in idea.history.all()]
    assert [row.verb for row in page.history][:2] == ["submit", "release"]
    assert spans == type(idea.store.module).objects.get(store=idea.store).spans()


def test_the_phases_read_with_an_idea_are_those_of_its_project(db):
    project = builders.budget_project(people.editor())
    idea = builders.idea(project.modules.get(kind="ideas").store, at=builders.an_hour_ago() - timedelta(days=40))
    module = queries.idea_by_number(idea.number, people.actor(people.moderator("participation")).viewer, NOW).idea
    module = module.store.module
    assert module.spans() == type(module).objects.get(pk=module.pk).spans()


def test_a_thread_and_how_many_there_are_take_one_query(idea, django_assert_num_queries):
    for options in ({}, {"order": "neu"}, {"limit": 100}):
        with django_assert_num_queries(1):
            found = discussion.thread(idea.ref, Viewer(), NOW, **options)
        assert found.total == 25
    second = discussion.thread(idea.ref, Viewer(), NOW, after=discussion.thread(idea.ref, Viewer(), NOW).next)
    assert (second.total, second.count) == (25, 5)
    assert discussion.thread(idea.ref, Viewer(), NOW, only="pro").total == 25
    other = builders.published()
    with django_assert_num_queries(1):
        assert discussion.thread(other.ref, Viewer(), NOW).total == 0
