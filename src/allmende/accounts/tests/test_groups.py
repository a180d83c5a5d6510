"""Groups: two people answer for each, nobody shares a password, rights are given and handed over; and the young."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import actions, builders, groups, interface, queries, retention
from allmende.accounts.models import Consent, Invitation, Membership, Organisation
from allmende.core.actor import SYSTEM, Viewer
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.models import AuditEntry

NOW = timezone.now()


@pytest.fixture
def anna(db):
    return builders.person(email="anna@example.org", display_name="Linde 1")


@pytest.fixture
def bernd(db):
    return builders.person(email="bernd@example.org", display_name="Eiche 2")


@pytest.fixture
def club(anna):
    return groups.found_organisation(actor=builders.actor(anna), name="Nachtwanderer", kind="club", at=NOW)


def invite(by, group, email: str, *, responsible: bool = False, may_post: bool = False, secret: str = "s") -> str:
    groups.invite_member(
        actor=builders.actor(by), organisation_id=group.pk, email=email, responsible=responsible, may_post=may_post,
        secret=secret, at=NOW,
    )  # fmt: skip
    return secret


def join(person, secret: str = "s", at=NOW) -> Membership:
    return groups.accept_invitation(actor=builders.actor(person), secret=secret, at=at)


def test_a_group_is_founded_invites_by_mail_and_writes_once_two_answer_for_it(anna, bernd, outbox):
    client = builders.login(Client(), anna)
    answer = client.post("/konto/gruppen/", {"name": "Nachtwanderer", "kind": "club"})
    page = client.get(answer["Location"]).content.decode()
    assert "Noch kann die Gruppe nicht im eigenen Namen schreiben" in page
    club = Organisation.objects.get()
    assert queries.posting_choices(anna.pk) == []
    with pytest.raises(NotAllowed):
        interface.require_may_post_as(Viewer(anna.pk), club.pk)
    client.post(answer["Location"], {"email": "Bernd@example.org", "responsible": "on"})
    letter = next(one for one in outbox() if "bernd@example.org" in one.to)
    link = re.search(r"/konto/gruppen/einladung/\S+", letter.body).group()
    assert Client().get(link).status_code == 401
    other = builders.login(Client(), bernd)
    assert "Anzeigenamen" in other.get(link).content.decode()
    assert other.post(link)["Location"] == f"/konto/gruppen/{club.pk}/"
    for person in (anna, bernd):
        assert interface.posting_choices(person.pk) == [(club.pk, "Nachtwanderer")]
        interface.require_may_post_as(Viewer(person.pk), club.pk)
    assert "Noch kann die Gruppe" not in client.get(answer["Location"]).content.decode()
    assert interface.group_names([club.pk]) == {club.pk: "Nachtwanderer"}
    assert interface.posting_choices(None) == []
    with pytest.raises(NotSignedIn):
        interface.require_may_post_as(Viewer(), club.pk)


def test_rights_are_delegated_and_taken_back(anna, bernd, club):
    carla = builders.person()
    invite(anna, club, "bernd@example.org", responsible=True)
    join(bernd)
    invite(anna, club, carla.email, secret="t")
    member = join(carla, "t")
    assert queries.posting_choices(carla.pk) == []
    client = builders.login(Client(), bernd)
    url = f"/konto/gruppen/{club.pk}/{member.pk}/"
    client.post(url, {"verb": "may_post"})
    assert queries.posting_choices(carla.pk) == [(club.pk, "Nachtwanderer")]
    client.post(url, {"verb": "may_post"})
    assert queries.posting_choices(carla.pk) == []
    own = builders.login(Client(), carla)
    assert own.post(url, {"verb": "responsible"}).status_code == 403, "nobody gives themselves rights"
    assert own.post(f"/konto/gruppen/{club.pk}/", {"email": "x@example.org"}).status_code == 200
    assert not Invitation.objects.filter(email="x@example.org").exists()
    client.post(url, {"verb": "remove"})
    assert own.get(f"/konto/gruppen/{club.pk}/").status_code == 404
    assert AuditEntry.objects.filter(action="accounts.change_member").count() == 3


def test_a_stranger_sees_and_changes_nothing(anna, bernd, club):
    client = builders.login(Client(), bernd)
    mine = Membership.objects.get()
    for answer in (
        client.get(f"/konto/gruppen/{club.pk}/"),
        client.get(f"/konto/gruppen/{club.pk}/verlassen/"),
        client.post(f"/konto/gruppen/{club.pk}/{mine.pk}/", {"verb": "remove"}),
    ):
        assert answer.status_code == 404
    with pytest.raises(NotAllowed):
        invite(bernd, club, "x@example.org")
    with pytest.raises(NotFound):
        groups.leave_organisation(actor=builders.actor(bernd), organisation_id=club.pk, at=NOW)


def test_an_invitation_works_once_and_ends(anna, bernd, club):
    invite(anna, club, "bernd@example.org")
    with pytest.raises(Closed):
        join(bernd, at=NOW + timedelta(days=15))
    join(bernd)
    with pytest.raises(Closed):
        join(builders.person())
    invite(anna, club, "bernd@example.org", secret="again")
    with pytest.raises(Conflict):
        join(bernd, "again")
    first = invite(anna, club, "c@example.org", secret="first")
    invite(anna, club, "c@example.org", secret="second")
    with pytest.raises(Closed):
        join(builders.person(), first)


def test_whoever_alone_answers_hands_over_before_leaving(anna, bernd, club):
    invite(anna, club, "bernd@example.org")
    member = join(bernd)
    with pytest.raises(Conflict):
        groups.leave_organisation(actor=builders.actor(anna), organisation_id=club.pk, at=NOW)
    mine = Membership.objects.get(person=anna)
    with pytest.raises(Conflict):
        groups.change_member(
            actor=builders.actor(anna), membership_id=mine.pk, responsible=False, may_post=True, at=NOW
        )
    groups.change_member(actor=builders.actor(anna), membership_id=member.pk, responsible=True, may_post=True, at=NOW)
    client = builders.login(Client(), anna)
    assert client.post(f"/konto/gruppen/{club.pk}/verlassen/")["Location"] == "/konto/gruppen/"
    assert queries.posting_choices(bernd.pk) == [], "one alone does not write for the group"
    groups.leave_organisation(actor=builders.actor(bernd), organisation_id=club.pk, at=NOW)
    club.refresh_from_db()
    assert club.ended_at is not None
    assert interface.group_names([club.pk]) == {club.pk: "Nachtwanderer"}, "its posts keep their name"


def test_erasure_takes_a_person_out_of_groups_and_invitations(anna, bernd, club):
    invite(anna, club, "bernd@example.org")
    actions.erase_person(actor=SYSTEM, person_id=bernd.pk, keep_texts=True)
    assert not Invitation.objects.exists()
    actions.erase_person(actor=SYSTEM, person_id=anna.pk, keep_texts=True)
    club.refresh_from_db()
    assert club.ended_at is not None


def test_the_young_found_no_groups_and_answer_for_none(anna, club):
    young = builders.person(is_under_16=True, display_name="Max")
    with pytest.raises(Invalid):
        groups.found_organisation(actor=builders.actor(young), name="Bande", kind="club", at=NOW)
    invite(anna, club, young.email, responsible=True, may_post=True)
    member = join(young)
    assert (member.is_responsible, member.may_post) == (False, False)
    page = builders.login(Client(), anna).get(f"/konto/gruppen/{club.pk}/").content.decode()
    assert "Max" not in page


def test_the_young_name_an_adult_and_a_band_of_years_and_nothing_more(client, anna):
    builders.login(client, anna)
    year = timezone.localdate().year
    band = year - year % 3 - 12
    data = {"display_name": "Max", "language": "de", "contact_kind": "email", "is_under_16": "on", "birth_band": band}
    assert client.post("/konto/angaben/", data).status_code == 422
    assert client.post("/konto/angaben/", {**data, "adult_name": "Eine Tante"}).status_code == 302
    anna.refresh_from_db()
    assert (anna.is_under_16, anna.birth_band, anna.adult_name) == (True, band, "Eine Tante")
    assert anna.public_name == ""
    assert interface.recipients([anna.pk])[anna.pk].name == "Eine Tante"


def test_staff_note_the_paper_of_an_adult_and_its_end(anna):
    young = builders.person(is_under_16=True, email="max@example.org")
    day = timezone.localdate()
    staff = builders.login(Client(), builders.clerk())
    data = {"email": "max@example.org", "signed_on": (day - timedelta(days=3)).isoformat(), "adult_name": "Eine Tante"}
    late = {**data, "signed_on": (day + timedelta(days=3)).isoformat()}
    assert staff.post("/verwaltung/einwilligungen/", late).status_code == 422
    assert staff.post("/verwaltung/einwilligungen/", {**data, "email": anna.email}).status_code == 422
    assert staff.post("/verwaltung/einwilligungen/", data).status_code == 302
    assert "Eine Tante" in staff.get("/verwaltung/einwilligungen/").content.decode()
    consent = interface.consent_of(young.pk, day)
    assert consent is not None
    assert interface.consent_of(young.pk, day - timedelta(days=4)) is None
    assert builders.login(Client(), anna).get("/verwaltung/einwilligungen/").status_code == 403
    with pytest.raises(NotAllowed):
        groups.withdraw_consent(actor=builders.actor(anna), consent_id=consent.pk, on=day)
    staff.post("/verwaltung/einwilligungen/", {"withdraw": str(consent.pk)})
    assert interface.consent_of(young.pk, day) is None


def test_who_has_turned_16_is_protected_no_more_and_no_adult_is_kept(db):
    year = timezone.localdate(NOW).year
    grown = builders.person(is_under_16=True, birth_band=year - 19, adult_name="Eine Tante")
    young = builders.person(is_under_16=True, birth_band=year - 18, adult_name="Ein Onkel")
    Consent.objects.create(person=grown, signed_on=date(year - 1, 1, 1), adult_name="Eine Tante")
    assert retention.run(at=NOW)["accounts.consent"] == 2
    for person in (grown, young):
        person.refresh_from_db()
    assert (grown.is_under_16, grown.adult_name, grown.birth_band) == (False, "", None)
    assert (young.is_under_16, young.adult_name) == (True, "Ein Onkel")


def test_the_plan_of_retention_shows_what_would_go_and_takes_nothing(db):
    old = builders.person(is_guest=True, email="alt@example.org", created_at=NOW - timedelta(days=9))
    boss = builders.login(Client(), builders.administrator())
    assert "Probe rechnen" in boss.get("/verwaltung/aufbewahrung/").content.decode()
    page = boss.post("/verwaltung/aufbewahrung/").content.decode()
    assert "Heute Nacht wird 1 Eintrag gelöscht" in page
    assert "Name und Kontakt" in page
    old.refresh_from_db()
    assert builders.login(Client(), builders.moderator()).get("/verwaltung/aufbewahrung/").status_code == 403
