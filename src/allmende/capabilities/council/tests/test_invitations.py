"""Members are invited in time, with all points; nobody else reads those behind closed doors."""

import threading
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.models import Invitation, Invited, Meeting, Person
from allmende.capabilities.council.rules.agendas import MeetingData
from allmende.capabilities.council.rules.invitations import faults, full_days, is_in_time, last_day
from allmende.core.actor import Role
from allmende.core.errors import Conflict, Invalid
from allmende.core.models import AuditEntry, Event
from allmende.engines.notify import interface as notify

SECRET = "Grundstück am Mühlgraben"
BERLIN = ZoneInfo("Europe/Berlin")
days = st.dates(date(2020, 1, 1), date(2045, 12, 31))


@given(days, st.integers(-30, 60))
def test_full_days_are_those_that_lie_wholly_between(held, before):
    sent = held - timedelta(days=before)
    between = [one for one in range(before) if sent < sent + timedelta(days=one) < held]
    assert max(0, full_days(sent, held)) == len(between)
    assert is_in_time(sent, held) == (len(between) >= 4)
    assert is_in_time(sent, held) == (sent <= last_day(held))
    assert bool(faults(sent, held, "")) != is_in_time(sent, held)
    assert not faults(sent, held, "Das Dach ist undicht.")


@given(days, st.times(), st.times(), st.integers(0, 10))
def test_hours_months_and_summer_time_change_nothing(held, sent_at, held_at, before):
    """Instants of the city, also of days with 23 or 25 hours: only the calendar counts."""
    start = datetime.combine(held, held_at, BERLIN)
    sent = datetime.combine(held - timedelta(days=before), sent_at, BERLIN)
    assert full_days(timezone.localtime(sent, BERLIN).date(), timezone.localtime(start, BERLIN).date()) == before - 1


@pytest.mark.parametrize(
    ("sent", "held", "days"),
    [
        ((2026, 2, 24), (2026, 3, 1), 4),
        ((2028, 2, 24), (2028, 2, 29), 4),
        ((2028, 2, 25), (2028, 3, 1), 4),
        ((2026, 12, 28), (2027, 1, 1), 3),
        ((2026, 3, 27), (2026, 4, 1), 4),
        ((2026, 10, 24), (2026, 10, 26), 1),
    ],
)
def test_at_the_ends_of_months_and_years_and_when_clocks_change(sent, held, days):
    assert full_days(date(*sent), date(*held)) == days


@pytest.fixture
def council(begun_city):
    return builders.council()


def key(name: str) -> UUID:
    return UUID(builders.key(name))


def in_days(number: int, hour: int = 17) -> datetime:
    return datetime.combine(timezone.localdate() + timedelta(days=number), time(hour), timezone.get_current_timezone())


def made(days: int = 20) -> Meeting:
    data = MeetingData("Sondersitzung", key("council"), in_days(days), in_days(days, 20), "Rathaus")
    meeting = actions.make_meeting(actor=builders.OFFICE, data=data, at=timezone.now())
    for name, is_public in (("Ein offener Punkt", True), (SECRET, False)):
        actions.add_point(
            actor=builders.OFFICE, number=meeting.number, name=name, is_public=is_public, at=timezone.now()
        )
    return meeting


def invite(meeting: Meeting, urgency: str = "") -> Invitation:
    return actions.invite_members(actor=builders.OFFICE, number=meeting.number, urgency=urgency, at=timezone.now())


def member():
    someone = accounts.person()
    Person.objects.filter(pk=builders.key("one")).update(account=someone)
    return someone


def office() -> Client:
    return accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))


def test_members_of_that_day_are_invited_and_nobody_else(council):
    sent = invite(made())
    assert [one.person.name for one in sent.invited.all()] == ["Mitglied Eins"]
    assert sent.full_days == 19
    assert AuditEntry.objects.filter(action="council.invite_members").count() == 1
    stored = Event.objects.get(name="council.members_invited")
    assert stored.ref == sent.ref


def test_who_is_invited_reads_all_of_it_and_nobody_else_does(council, deliver):
    someone = member()
    sent = invite(made())
    deliver()
    address = f"/stadtrat/einladungen/{sent.number}/"
    own = accounts.login(Client(), someone)
    response = own.get(address)
    assert SECRET in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    letter = own.get(f"{address}brief.pdf")
    assert letter.content[:5] == b"%PDF-"
    assert SECRET not in letter["Content-Disposition"]
    assert "Ihre Einladung" in own.get(sent.meeting.path).content.decode()
    for other in (accounts.person(), accounts.clerk(), accounts.editor(), accounts.administrator()):
        client = accounts.login(Client(), other)
        for page in (address, f"{address}brief.pdf"):
            assert client.get(page).status_code == 404
        assert "Ihre Einladung" not in client.get(sent.meeting.path).content.decode()
    assert Client().get(address).status_code in {302, 401, 404}
    shown = Client().get(sent.meeting.path).content.decode()
    assert "Ein offener Punkt" in shown
    assert SECRET not in shown
    assert Client().get(f"/oparl/1.1/invitation/{sent.pk}").status_code == 404


def test_the_mail_holds_the_public_points_and_leads_to_the_others(council, deliver):
    someone = member()
    reader = accounts.person()
    notify.follow(actor=accounts.actor(reader), ref=council.organization.ref, at=timezone.now())
    meeting = made(days=3)
    sent = invite(meeting, "Das Dach ist undicht.")
    deliver()
    notice = notify.Notice.objects.get(person=someone, rule__startswith="council.members_invited")
    body = notice.body("de")
    assert "Ein offener Punkt" in body
    assert "Das Dach ist undicht." in body
    assert f"/stadtrat/einladungen/{sent.number}/" in body
    assert SECRET not in body
    assert "Invitation" in notice.subject("en")
    assert not notify.Notice.objects.filter(person=reader, rule__startswith="council.members_invited").exists()
    assert all(SECRET not in one.body for one in mail.outbox)


def test_less_than_four_full_days_need_a_reason_that_the_invitation_names(council):
    meeting = made(days=4)
    client, address = office(), f"{meeting.path}einladen/"
    page = client.get(address).content.decode()
    assert "Nur mit Begründung." in page
    refused = client.post(address, {"urgency": " "})
    assert refused.status_code == 422
    assert "nur 3 volle Tage" in refused.content.decode()
    assert not Meeting.objects.get(pk=meeting.pk).public
    assert not Invitation.objects.exists()
    answer = client.post(address, {"urgency": "Das Dach der Schule ist undicht."}, follow=True)
    shown = answer.content.decode()
    assert "Die Ladungsfrist ist verkürzt" in shown
    assert "Das Dach der Schule ist undicht." in shown
    in_time = made(days=5)
    assert "Nur mit Begründung." not in client.get(f"{in_time.path}einladen/").content.decode()
    assert invite(in_time, "egal").urgency == ""


def test_after_a_change_a_supplement_goes_out_and_the_first_stays_as_it_was(council):
    meeting = made()
    first = invite(meeting)
    with pytest.raises(Conflict):
        invite(meeting)
    assert "hat sich nichts geändert" in office().get(f"{meeting.path}einladen/").content.decode()
    actions.add_point(
        actor=builders.OFFICE, number=meeting.number, name="Nachgereicht", is_public=True, at=timezone.now()
    )
    second = invite(meeting)
    assert second.issue == 1
    shown = office().get(f"/stadtrat/einladungen/{second.number}/").content.decode()
    assert "Nachtrag zur Einladung" in shown
    assert "Nachgereicht" in shown
    assert "Nachgereicht" not in office().get(f"/stadtrat/einladungen/{first.number}/").content.decode()


def test_letters_are_printed_for_those_without_an_account(council):
    sent = invite(made())
    assert Invited.objects.get().by_post
    client = office()
    shown = client.get(f"/stadtrat/einladungen/{sent.number}/").content.decode()
    assert "1 Brief als PDF" in shown
    letters = client.get(f"/stadtrat/einladungen/{sent.number}/brief.pdf")
    assert letters.content[:5] == b"%PDF-"
    assert letters["Content-Disposition"].endswith(f'einladung-{sent.number}.pdf"')
    assert "no-store" in letters["Cache-Control"]


def test_nothing_is_sent_that_makes_no_sense(council):
    data = MeetingData("Leer", key("council"), in_days(20), None, "")
    empty = actions.make_meeting(actor=builders.OFFICE, data=data, at=timezone.now())
    with pytest.raises(Invalid):
        invite(empty)
    assert not Meeting.objects.get(pk=empty.pk).public
    nobody = MeetingData("Ohne", key("committee"), in_days(20), None, "")
    alone = actions.make_meeting(actor=builders.OFFICE, data=nobody, at=timezone.now())
    actions.add_point(actor=builders.OFFICE, number=alone.number, name="Punkt", is_public=True, at=timezone.now())
    with pytest.raises(Invalid):
        invite(alone)
    off = made()
    Meeting.objects.filter(pk=off.pk).update(cancelled=True)
    with pytest.raises(Conflict):
        invite(off)
    assert accounts.login(Client(), accounts.clerk()).get(f"{off.path}einladen/").status_code == 403
    assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_the_same_instant_invite_once():
    call_command("start_city")
    builders.council()
    meeting = made()
    barrier, done, refused = threading.Barrier(4), [], []

    def run() -> None:
        try:
            barrier.wait(timeout=60)
            done.append(invite(meeting))
        except Conflict as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert len(refused) == 3
    assert Invitation.objects.count() == 1
