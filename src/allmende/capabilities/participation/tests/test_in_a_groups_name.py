"""Ideas in the name of a club, class or firm: the group is shown, the person stays in the audit."""

import json
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.interface import erase_person, key_of
from allmende.accounts.models import Membership
from allmende.capabilities.participation import builders
from allmende.capabilities.participation.models import Idea
from allmende.core.errors import NotAllowed
from allmende.core.models import AuditEntry
from allmende.engines.discussion.interface import case_of, decide_case

NEW = "/mitmachen/ideen/neu/"


@pytest.fixture
def anna(db):
    return people.person(display_name="Linde 1")


@pytest.fixture
def club(anna):
    return people.club(anna, people.person(), name="Freundeskreis Stadtpark")


def client(person=None) -> Client:
    browser = Client(headers={"host": "localhost"})
    return people.login(browser, person) if person else browser


def words(store, **more):
    return {"store": store.number, "title": "Eine Bank", "body": "Im Schatten.", "_once": uuid4().hex, **more}


def test_the_form_asks_only_who_may_and_the_idea_stands_in_the_groups_name(anna, club):
    store = builders.store()
    assert "In wessen Namen" not in client(people.person()).get(f"{NEW}?speicher={store.number}").content.decode()
    browser = client(anna)
    assert "Freundeskreis Stadtpark" in browser.get(f"{NEW}?speicher={store.number}").content.decode()
    sent = browser.post(NEW, words(store, post_as=str(club.pk)))
    assert sent.status_code == 302, sent.content.decode()
    idea = Idea.objects.get()
    assert (idea.author_name, idea.organisation_id, idea.author_id) == ("Freundeskreis Stadtpark", club.pk, anna.pk)
    assert AuditEntry.objects.get(action="participation.submit_idea").actor_key == key_of(anna.pk)
    moderator = people.moderator()
    decide_case(actor=people.actor(moderator), case_id=case_of(idea.ref).pk, decision="released", at=timezone.now())
    page = client().get(f"/mitmachen/ideen/{idea.number}/").content.decode()
    assert "Freundeskreis Stadtpark (Verein)" in page
    assert "Linde 1" not in page
    shown = client().get(f"/api/v1/participation/ideas/{idea.number}").json()
    assert (shown["author"], shown["group"]) == ("Freundeskreis Stadtpark", "club")
    erase_person(anna.pk, keep_texts=True)
    idea.refresh_from_db()
    assert (idea.author_name, idea.author_id) == ("Freundeskreis Stadtpark", None)


def test_nobody_signs_for_a_group_without_the_right(anna, club):
    store = builders.store()
    sent = client(people.person()).post(NEW, words(store, post_as=str(club.pk)))
    assert sent.status_code == 302
    assert Idea.objects.get().organisation_id is None
    body = json.dumps({"store": store.number, "title": "Noch eine", "text": "Auch gut.", "organisation": str(club.pk)})
    for who, status in ((None, 401), (people.person(), 403), (anna, 201)):
        answer = client(who).post("/api/v1/participation/ideas", body, content_type="application/json")
        assert answer.status_code == status, answer.content


def test_a_member_does_not_decide_on_the_groups_idea(anna, club):
    moderator = people.moderator()
    Membership.objects.create(organisation=club, person=moderator)
    store = builders.store()
    client(anna).post(NEW, words(store, post_as=str(club.pk)))
    case = case_of(Idea.objects.get().ref)
    with pytest.raises(NotAllowed):
        decide_case(actor=people.actor(moderator), case_id=case.pk, decision="released", at=timezone.now())


def test_a_name_of_120_signs_too_and_the_choice_survives_an_error(anna):
    club = people.club(anna, people.person(), name="W" * 120)
    browser, store = client(anna), builders.store()
    page = browser.post(NEW, words(store, title="", post_as=str(club.pk)))
    assert page.status_code == 422
    assert f'value="{club.pk}"' in page.content.decode().split("checked")[0].rsplit("<input", 1)[1]
    browser.post(NEW, words(store, post_as=str(club.pk)))
    assert Idea.objects.get().author_name == "W" * 120
