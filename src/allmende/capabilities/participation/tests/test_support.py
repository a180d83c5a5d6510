"""Supports are counted once per person, whoever presses at the same time."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders
from allmende.capabilities.participation.models import Idea, Support
from allmende.core.actor import Actor
from allmende.core.errors import Closed, NotFound, NotSignedIn


def test_one_person_counts_once(db):
    idea = builders.published()
    someone = people.actor(people.person())
    for _ in range(3):
        actions.support_idea(actor=someone, idea_id=idea.pk, at=timezone.now())
    idea.refresh_from_db()
    assert idea.support_count == Support.objects.count() == 1
    for _ in range(2):
        actions.unsupport_idea(actor=someone, idea_id=idea.pk, at=timezone.now())
    idea.refresh_from_db()
    assert idea.support_count == Support.objects.count() == 0


def test_visitors_sign_in_first_and_what_is_not_public_is_not_there(db):
    someone = people.actor(people.person())
    with pytest.raises(NotSignedIn):
        actions.support_idea(actor=Actor(), idea_id=builders.published().pk, at=timezone.now())
    with pytest.raises(NotFound):
        actions.support_idea(actor=someone, idea_id=builders.idea().pk, at=timezone.now())


def test_answers_to_a_future_question_are_never_counted(db):
    answer = builders.published(builders.store(kind="future_question"))
    with pytest.raises(Closed):
        actions.support_idea(actor=people.actor(people.person()), idea_id=answer.pk, at=timezone.now())


def test_after_the_answer_nothing_is_counted_any_more(db):
    idea = builders.published()
    clerk = people.actor(people.clerk("umwelt"))
    actions.answer_idea(actor=clerk, idea_id=idea.pk, outcome="accepted", text="Ja.", at=timezone.now())
    with pytest.raises(Closed):
        actions.support_idea(actor=people.actor(people.person()), idea_id=idea.pk, at=timezone.now())


def together(jobs) -> None:
    barrier = threading.Barrier(len(jobs))

    def run(job) -> None:
        try:
            barrier.wait()
            job()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_eight_and_without_the_lock_some_would_be_lost():
    idea = builders.published()
    read = threading.Barrier(8)

    def careless() -> None:
        count = Idea.objects.values_list("support_count", flat=True).get(pk=idea.pk)
        read.wait()
        Idea.objects.filter(pk=idea.pk).update(support_count=count + 1)

    together([careless] * 8)
    idea.refresh_from_db()
    assert idea.support_count < 8  # the protection off: the race is there
    Idea.objects.filter(pk=idea.pk).update(support_count=0)

    crowd = [people.actor(people.person()) for _ in range(8)]
    together(
        [lambda actor=actor: actions.support_idea(actor=actor, idea_id=idea.pk, at=timezone.now()) for actor in crowd]
    )
    idea.refresh_from_db()
    assert idea.support_count == Support.objects.filter(idea=idea).count() == 8


@pytest.mark.django_db(transaction=True)
def test_one_person_pressing_eight_times_at_once_counts_once():
    idea = builders.published()
    someone = people.actor(people.person())
    together([lambda: actions.support_idea(actor=someone, idea_id=idea.pk, at=timezone.now())] * 8)
    idea.refresh_from_db()
    assert idea.support_count == Support.objects.filter(idea=idea).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_moderators_who_release_at_once_count_the_idea_once():
    store = builders.store()
    idea = builders.idea(store)
    moderators = [people.actor(people.moderator("participation")) for _ in range(4)]
    refused = []

    def release(actor) -> None:
        try:
            actions.release_idea(actor=actor, object_id=idea.pk, at=timezone.now())
        except Exception as error:  # noqa: BLE001 - all but one are told that somebody was quicker
            refused.append(type(error).__name__)

    together([lambda actor=actor: release(actor) for actor in moderators])
    store.refresh_from_db()
    assert store.idea_count == 1
    assert refused == ["Conflict"] * 3
