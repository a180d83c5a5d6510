"""A guest counts once on a device, and once altogether as soon as there is an account. What is not guarded is said."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.surveys.actions import opinion as actions
from allmende.capabilities.surveys.actions.opinion_joining import join_voices
from allmende.capabilities.surveys.models import Voice
from allmende.capabilities.surveys.rules.opinion import access
from allmende.capabilities.surveys.tests.test_opinion import data, say
from allmende.core.actor import Actor
from allmende.core.errors import Closed, NotFound, NotSignedIn
from allmende.core.models import AuditEntry, Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk():
    at = timezone.now() - timedelta(days=2)
    made = actions.save_conversation(actor=people.actor(people.editor()), data=data(), at=at)
    return actions.open_conversation(actor=people.actor(people.editor()), conversation_id=made.pk, at=at)


def start(talk):
    return f"/umfragen/meinungen/{talk.number}/mitmachen/"


def test_whoever_comes_back_on_the_same_device_goes_on(talk, client):
    here = client.post(start(talk))["Location"]
    client.post(here, {"number": "1", "choice": "agree"})
    for path in (start(talk), f"/en{start(talk)}"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].removeprefix("/en") == here
    assert Voice.objects.count() == 1
    assert Client().get(start(talk)).status_code == 200, "another device begins anew"


def test_the_device_remembers_where_one_takes_part_only_and_until_the_end(talk, client):
    answer = client.post(start(talk))
    kept = [one for one in answer.cookies.values() if "opinion" in one.key]
    assert {one["path"] for one in kept} == {start(talk), f"/en{start(talk)}"}
    for one in kept:
        assert one["httponly"]
        assert one["samesite"] == "Lax"
        assert one["expires"]
    assert Client(headers={"cookie": f"{kept[0].key}=made-up"}).get(start(talk)).status_code == 200


def test_somebody_else_at_the_same_device_counts_too_and_a_kiosk_remembers_nobody(talk, client):
    first = client.post(start(talk))["Location"]
    page = client.get(first).content.decode()
    assert f'href="{start(talk)}?neu=1"' in page
    assert client.get(f"{start(talk)}?neu=1").status_code == 200
    second = client.post(f"{start(talk)}?neu=1")["Location"]
    assert second != first
    assert client.get(start(talk))["Location"] == second
    client.cookies["gera_kiosk"] = "1"
    assert client.get(start(talk)).status_code == 200
    third = client.post(start(talk))
    assert not [one for one in third.cookies if "opinion" in one]


def test_what_was_said_as_a_guest_joins_the_account_with_one_answer_to_each_statement(talk, client):
    person = people.person()
    for number, choice in ((1, 1), (2, -1)):
        say(talk, number, choice, actor=people.actor(person))
    here = client.post(start(talk))["Location"]
    for number, choice in ((2, "agree"), (3, "pass")):
        client.post(here, {"number": str(number), "choice": choice})
    assert Voice.objects.count() == 2
    client.force_login(person)
    assert client.get(here)["Location"].startswith(start(talk)), "asked before anything is moved"
    assert "Zusammenlegen und weitermachen" in client.get(start(talk)).content.decode()
    assert client.post(start(talk))["Location"] == f"{start(talk)}konto/"
    (voice,) = Voice.objects.all()
    assert voice.choices == {"1": 1, "2": 1, "3": 0}
    assert voice.casts == 4
    assert "Zusammenlegen" not in client.get(start(talk)).content.decode()
    assert client.get(here).status_code == 200, "the guest's way in has nothing left to bring"


def test_an_address_from_elsewhere_brings_its_answers_too(talk, client):
    token = access.new_token(talk)
    say(talk, 1, 1, token=token)
    client.force_login(people.person())
    asked = client.get(f"{start(talk)}{token}/")
    assert client.post(asked["Location"]).status_code == 302
    assert [voice.choices for voice in Voice.objects.all()] == [{"1": 1}]


def test_moving_twice_changes_nothing_and_tells_nobody_whose_it_was(talk):
    person = people.actor(people.person())
    token = access.new_token(talk)
    say(talk, 1, 1, token=token)
    for _each in range(2):
        join_voices(actor=person, conversation_id=talk.pk, token=token, at=timezone.now())
    (voice,) = Voice.objects.all()
    assert (voice.choices, voice.casts) == ({"1": 1}, 1)
    (entry,) = AuditEntry.objects.filter(action="surveys.join_voices")
    assert entry.actor_key is None
    assert not Event.objects.filter(actor_key=person.key, name="surveys.opinion_given").exists()


def test_only_a_person_with_a_way_in_of_this_conversation_moves_answers_while_it_runs(talk):
    token, person, now = access.new_token(talk), people.actor(people.person()), timezone.now()
    for actor, named, at, error in (
        (Actor(), token, now, NotSignedIn),
        (person, "x" * 28, now, NotFound),
        (person, token, talk.closes_at, Closed),
    ):
        with pytest.raises(error):
            join_voices(actor=actor, conversation_id=talk.pk, token=named, at=at)


def test_the_page_says_what_is_guarded_and_what_is_not(talk, client):
    page = client.get(start(talk)).content.decode()
    assert "Dieses Gerät merkt sich Ihren Zugang" in page
    assert "Auf einem anderen Gerät könnte man ohne Konto noch einmal anfangen." in page
    client.force_login(people.person())
    assert "Mit Ihrem Konto zählen Sie einmal, auf jedem Gerät." in client.get(start(talk)).content.decode()
