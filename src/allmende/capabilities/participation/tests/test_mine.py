"""One's own page: what became of each idea, and what one said about others."""

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders
from allmende.engines.discussion import builders as talk

pytestmark = pytest.mark.django_db
PATH = "/mitmachen/meine/"


@pytest.fixture
def resident():
    return people.person()


def page_of(person):
    return people.login(Client(headers={"host": "localhost"}), person).get(PATH).content.decode()


def test_each_idea_says_what_it_became_part_of(resident, deliver):
    store = builders.store()
    idea = builders.published(store, author=resident)
    deliver()
    assert "Das wurde daraus" not in page_of(resident)  # the collection itself is no news
    actions.order_ideas(
        actor=people.actor(people.moderator("participation")), store_id=store.pk, idea_ids=[idea.pk],
        new_title={"de": "Sitzen und warten"}, at=timezone.now(),
    )  # fmt: skip
    deliver()
    page = page_of(resident)
    assert "Das wurde daraus:" in page
    assert "Sitzen und warten" in page


def test_ones_comments_stand_there_with_their_state_and_nobody_elses(resident, deliver):
    idea = builders.published()
    deliver()
    talk.comment(idea.ref, "Mit Lehne, bitte.", author=resident)
    talk.comment(idea.ref, "Ohne Lehne.", author=people.person())
    talk.comment(idea.ref, "Das nehme ich zurück.", author=resident, state="withdrawn")
    page = page_of(resident)
    assert "Mit Lehne, bitte." in page
    assert idea.version.title in page
    assert "Ohne Lehne." not in page
    assert "Das nehme ich zurück." not in page


def test_the_page_asks_as_often_for_thirty_ideas_as_for_two(resident, deliver, django_assert_max_num_queries):
    store = builders.store()
    for _number in range(30):
        builders.published(store, author=resident)
    deliver()
    client = people.login(Client(headers={"host": "localhost"}), resident)
    with django_assert_max_num_queries(15):
        assert client.get(PATH).status_code == 200
