"""Comments in the name of a club, class or firm: the group is shown, the person stays in the audit."""

import json

import pytest
from django.test import Client

from allmende.accounts import builders as accounts
from allmende.accounts.interface import erase_person, key_of
from allmende.accounts.models import Membership
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotAllowed, NotSignedIn
from allmende.core.models import AuditEntry
from allmende.engines.discussion import actions, interface
from allmende.engines.discussion.models import Case, Comment
from allmende.engines.discussion.tests.conftest import NOW


@pytest.fixture
def anna(db):
    return accounts.person(display_name="Linde 1")


@pytest.fixture
def club(anna):
    return accounts.club(anna, accounts.person(display_name="Eiche 2"))


def say(actor, ref, **more):
    return actions.add_comment(actor=actor, ref=ref, body="Wir helfen beim Gießen.", at=NOW, **more)


def test_the_form_offers_the_groups_and_shows_the_chosen_one_only(room, anna, club):
    ref = room.bed(state="published")
    client = accounts.login(Client(), anna)
    url = f"/diskussion/garden/bed/{ref.id}/neu/"
    page = client.get(url).content.decode()
    assert "In wessen Namen schreiben Sie?" in page
    assert "in meinem Namen: Linde 1" in page
    client.post(url, {"body": "Wir helfen beim Gießen.", "post_as": str(club.pk)})
    made = Comment.objects.get()
    assert (made.public_name, made.organisation_id, made.author_id) == ("Nachtwanderer", club.pk, anna.pk)
    public = Client().get(f"/diskussion/kommentar/{made.pk}/").content.decode()
    assert "Nachtwanderer" in public
    assert "Verein" in public
    assert "Linde 1" not in public
    assert AuditEntry.objects.get(action="discussion.add_comment").actor_key == key_of(anna.pk)


def test_nobody_else_writes_for_a_group(room, anna, club, resident):
    ref = room.bed(state="published")
    with pytest.raises(NotAllowed):
        say(resident, ref, organisation_id=club.pk)
    with pytest.raises(NotSignedIn):
        say(Actor(), ref, organisation_id=club.pk)
    Membership.objects.filter(person=anna).update(may_post=False)
    with pytest.raises(NotAllowed):
        say(accounts.actor(anna), ref, organisation_id=club.pk)
    other = accounts.login(Client(), anna)
    page = other.get(f"/diskussion/garden/bed/{ref.id}/neu/").content.decode()
    assert "In wessen Namen" not in page
    sent = other.post(f"/diskussion/garden/bed/{ref.id}/neu/", {"body": "Trotzdem.", "post_as": str(club.pk)})
    assert sent.status_code == 302
    assert Comment.objects.get().organisation_id is None, "a field that was not offered is passed over"


def test_one_alone_does_not_write_for_it_and_an_office_is_no_club(room, anna, club):
    ref = room.bed(state="published")
    clerk = accounts.clerk()
    accounts.club(clerk, anna, name="Zweiter")
    second = Membership.objects.get(person=clerk).organisation_id
    with pytest.raises(Invalid):
        say(accounts.actor(clerk), ref, organisation_id=second, department="umwelt")
    Membership.objects.filter(organisation=club).exclude(person=anna).update(until=NOW)
    with pytest.raises(NotAllowed):
        say(accounts.actor(anna), ref, organisation_id=club.pk)


def test_members_do_not_decide_on_a_post_of_their_group(room, anna, club):
    ref = room.bed(state="published")
    member, other = accounts.moderator(), accounts.moderator()
    Membership.objects.create(organisation=club, person=member)
    made = say(accounts.actor(anna), ref, organisation_id=club.pk, proved=False)
    case = Case.objects.get()
    assert case.group_scopes == [f"organisation:{club.pk}"]
    assert accounts.login(Client(), member).get("/moderation/").content.decode().count(str(case.pk)) == 0
    with pytest.raises(NotAllowed):
        interface.decide_case(actor=accounts.actor(member), case_id=case.pk, decision="released", at=NOW)
    interface.decide_case(actor=accounts.actor(other), case_id=case.pk, decision="released", at=NOW)
    made.refresh_from_db()
    assert made.state == "published"


def test_the_groups_name_outlives_the_person_the_tie_to_the_person_does_not(room, anna, club):
    made = say(accounts.actor(anna), room.bed(state="published"), organisation_id=club.pk)
    erase_person(anna.pk, keep_texts=True)
    made.refresh_from_db()
    assert (made.public_name, made.author_id, made.state) == ("Nachtwanderer", None, "published")


def test_programs_write_for_a_group_too(room, anna, club):
    ref = room.bed(state="published")
    client = accounts.login(Client(headers={"host": "localhost"}), anna)
    me = client.get("/api/v1/accounts/me").json()
    assert me["writes_for"] == [{"id": str(club.pk), "name": "Nachtwanderer"}]
    body = json.dumps({"text": "Wir sind dabei.", "organisation": str(club.pk)})
    answer = client.post(f"/api/v1/discussion/comments/{ref}", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert (answer.json()["author"], answer.json()["group"]) == ("Nachtwanderer", "club")
    Membership.objects.filter(person=anna).update(may_post=False)
    again = client.post(f"/api/v1/discussion/comments/{ref}", body, content_type="application/json")
    assert again.status_code == 403
