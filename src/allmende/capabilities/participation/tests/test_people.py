"""Handing over the chair; certificates that only their person keeps."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, queries
from allmende.capabilities.participation.models import Certificate, GroupMember, Handover
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.core.models import AuditEntry
from allmende.engines.notify.models import Notice

NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture
def group(db):
    return builders.group()


@pytest.fixture
def chair(group):
    return join(group, "Vorsitzende", "chair")


@pytest.fixture
def member(group):
    return join(group, "Ahorn 12", "member")


def join(group, name, function):
    person, at = people.person(display_name=name), NOW - 20 * DAY
    editor = people.actor(people.editor())
    actions.appoint_member(actor=editor, group_id=group.pk, person_id=person.pk, function=function, at=at)
    return people.actor(person)


def client(actor):
    browser = Client(headers={"host": "localhost"})
    browser.force_login(people.Person.objects.get(pk=actor.person_id))
    return browser


def rules_told(actor):
    return " ".join(Notice.objects.filter(person_id=actor.person_id).values_list("rule", flat=True))


def test_a_chair_proposes_and_the_one_who_is_asked_accepts(group, chair, member, deliver):
    address = f"/mitmachen/gruppen/{group.slug}/uebergabe/"
    assert client(member).get(address).status_code == 404
    answer = client(chair).post(address, {"successor": str(member.person_id), "note": "Der Schlüssel hängt im Flur."})
    assert answer.status_code == 302
    deliver()
    assert "handover_proposed" in rules_told(member)
    page = client(member).get(address).content.decode()
    assert "Der Schlüssel hängt im Flur." in page
    assert "offene Aufgaben" in page
    assert client(member).post(address, {"do": "accept"}).status_code == 302
    deliver()
    assert "handover_ended" in rules_told(chair)
    held = dict(GroupMember.objects.filter(group=group, until=None).values_list("person_id", "function"))
    assert held == {chair.person_id: "member", member.person_id: "chair"}
    assert "Vorsitz übergeben" in Client().get(f"/mitmachen/gruppen/{group.slug}/").content.decode()
    assert AuditEntry.objects.filter(action="participation.end_handover").exists()


def test_nobody_takes_the_chair_unasked(group, chair, member):
    with pytest.raises(NotAllowed):
        actions.propose_handover(actor=member, group_id=group.pk, successor_id=member.person_id, at=NOW)
    with pytest.raises(NotFound):
        actions.end_handover(actor=member, group_id=group.pk, accept=True, at=NOW)
    actions.propose_handover(actor=chair, group_id=group.pk, successor_id=member.person_id, at=NOW)
    with pytest.raises(Conflict):
        actions.propose_handover(actor=chair, group_id=group.pk, successor_id=member.person_id, at=NOW)
    with pytest.raises(NotAllowed):
        actions.end_handover(actor=chair, group_id=group.pk, accept=True, at=NOW)
    with pytest.raises(NotAllowed):
        actions.end_handover(actor=people.actor(people.person()), group_id=group.pk, accept=False, at=NOW)
    actions.end_handover(actor=chair, group_id=group.pk, accept=False, at=NOW)
    assert Handover.objects.get().state == "declined"
    assert queries.function_in(chair.viewer, group.pk) == "chair"


def test_only_a_member_can_be_asked_and_an_editor_may_decide(group, chair, member):
    with pytest.raises(Invalid):
        actions.propose_handover(actor=chair, group_id=group.pk, successor_id=people.person().pk, at=NOW)
    with pytest.raises(Invalid):
        actions.propose_handover(actor=chair, group_id=group.pk, successor_id=chair.person_id, at=NOW)
    actions.propose_handover(actor=chair, group_id=group.pk, successor_id=member.person_id, at=NOW)
    actions.end_handover(actor=people.actor(people.editor()), group_id=group.pk, accept=True, at=NOW)
    assert queries.function_in(member.viewer, group.pk) == "chair"


def test_a_certificate_is_given_by_another_and_kept_by_its_person_alone(group, chair, member, deliver):
    browser = client(member)
    ask = f"/mitmachen/gruppen/{group.slug}/bescheinigung/"
    assert browser.post(ask, {"name": "Linde Beispiel", "hours": "14"}).status_code == 302
    assert browser.post(ask, {"name": "Linde Beispiel"}).status_code == 302
    row = Certificate.objects.get()
    deliver()
    assert "certificate_requested" in rules_told(chair)
    pdf = f"/mitmachen/meine/bescheinigung/{row.number}.pdf"
    assert browser.get(pdf).status_code == 404
    give = f"/mitmachen/bescheinigungen/{row.number}/"
    assert browser.get(give).status_code == 404
    meeting = builders.meeting(group, at=NOW - 9 * DAY)
    there = actions.There(members={member.person_id: ("place", False)}, interests={})
    actions.record_attendance(actor=chair, meeting_id=meeting.pk, there=there, at=NOW)
    assert client(chair).post(give, {"what": "issue", "hours": "14", "thanks": "Schön war es."}).status_code == 302
    deliver()
    assert "certificate_decided" in rules_told(member)
    row.refresh_from_db()
    assert (row.content["meetings"], row.content["periods"][0]["function"], row.hours) == (1, "member", 14)
    made = browser.get(pdf)
    with pikepdf.open(BytesIO(made.content)) as paper:
        assert paper.Root.MarkInfo.Marked
        assert paper.Root.Lang == "de"
    assert client(chair).get(pdf).status_code == 404
    assert Client().get(pdf).status_code in {302, 401, 403, 404}
    assert "Linde Beispiel" not in Client().get(f"/mitmachen/gruppen/{group.slug}/").content.decode()
    with pytest.raises(Conflict):
        actions.issue_certificate(actor=chair, certificate_id=row.pk, at=NOW)


def test_nobody_certifies_themselves_and_strangers_ask_in_vain(group, chair):
    own = actions.request_certificate(actor=chair, group_id=group.pk, name="Ich", at=NOW)
    with pytest.raises(NotAllowed):
        actions.issue_certificate(actor=chair, certificate_id=own.pk, at=NOW)
    stranger, editor = people.actor(people.person()), people.actor(people.editor())
    with pytest.raises(NotAllowed):
        actions.request_certificate(actor=stranger, group_id=group.pk, name="Ich", at=NOW)
    with pytest.raises(Invalid):
        actions.decline_certificate(actor=editor, certificate_id=own.pk, reason=" ", at=NOW)


def test_a_declined_certificate_says_why(group, chair, member):
    row = actions.request_certificate(actor=member, group_id=group.pk, name="Linde", at=NOW)
    actions.decline_certificate(actor=chair, certificate_id=row.pk, reason="Wir kennen uns noch nicht.", at=NOW)
    assert "Wir kennen uns noch nicht." in client(member).get("/mitmachen/meine/mitarbeit/").content.decode()
