"""Who was there, who had to stay out of a point, and what that leaves of a vote."""

import json
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.models import Attendance, Meeting, Presence, Recusal, Vote
from allmende.capabilities.council.rules.attendance import QUORA, AttendanceData, Stay, eligible
from allmende.capabilities.council.rules.records import Record
from allmende.capabilities.council.rules.votes import Count, VoteData
from allmende.core.actor import Role
from allmende.core.errors import Invalid, NotAllowed, NotFound

SIX = [f"sitting-{number}" for number in range(1, 7)]
numbers = st.integers(0, 80)


@given(numbers, numbers)
def test_a_council_may_decide_with_more_than_half_of_its_seats(present, seats):
    assert QUORA["majority"].reached(present, seats) == (2 * present > seats)


@pytest.fixture
def council(begun_city):
    """A council of seven, one of whom has left since; its meeting was a month ago."""
    made = builders.council()
    body = {"body": builders.key("body")}
    people = [Record("person", builders.key(name), {"name": f"Mitglied {name}"}, body) for name in SIX]
    seats = [
        Record(
            "membership",
            builders.key(f"seat-{name}"),
            {"role": "Mitglied"},
            {"person": builders.key(name), "organization": builders.key("council")},
        )
        for name in SIX
    ]
    builders.take([*people, *seats])
    held = timezone.now() - timedelta(days=30)
    Meeting.objects.filter(pk=made.meeting.pk).update(start=held, end=held + timedelta(hours=2))
    left = builders.changed(made, "seat-2", end_date=timezone.localdate(held) - timedelta(days=40))
    builders.take([left])
    made.meeting.refresh_from_db()
    made.item.meeting.refresh_from_db()
    return made


def who(*names: str) -> dict[UUID, Stay]:
    return {UUID(builders.key(name)): Stay() for name in names}


def attend(council: builders.Council, present: dict[UUID, Stay], quorum: str = "majority") -> Attendance:
    data = AttendanceData(present, quorum)
    return actions.record_attendance(actor=builders.OFFICE, meeting_id=council.meeting.pk, data=data, at=timezone.now())


def vote(council: builders.Council, count: Count, **more: object) -> Vote:
    values = {"kind": "open", "majority": "simple", "seats": 7, "channel": "minutes", "groups": {}, "names": {}, **more}
    data = VoteData(count=count, **values)  # type: ignore[arg-type]
    return actions.record_vote(actor=builders.OFFICE, item_id=council.item.pk, data=data, at=timezone.now())


def page(path: str, client: Client | None = None) -> str:
    response = (client or Client()).get(path)
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", response.content.decode())


def test_everybody_reads_how_many_were_there_and_nobody_reads_who(council):
    attend(council, who(*SIX[:5]))
    shown = page(council.meeting.path)
    assert "5 von 7 Mitgliedern mit Stimme waren da." in shown
    assert "Der Rat durfte beschließen." in shown
    assert "ThürKO § 36" in shown
    assert "Mitglied sitting-1" not in shown
    attend(council, who(*SIX[:3]))
    assert "zu wenige" in page(council.meeting.path)
    attend(council, who(*SIX[:3]), "second_call")
    assert "Der Rat durfte beschließen." in page(council.meeting.path)
    assert Attendance.objects.get().corrections == 2
    assert "participant" not in json.loads(Client().get(council.meeting.oparl_path).content)


def test_who_has_left_before_the_meeting_cannot_have_been_there(council):
    with pytest.raises(Invalid) as refused:
        attend(council, who("sitting-1", "two"))
    assert "Mitglied Zwei war nur bis" in str(refused.value.message)
    assert not Presence.objects.exists()


def test_nobody_is_there_before_the_meeting_has_begun_or_leaves_before_coming(council):
    start = council.meeting.start
    odd = {UUID(builders.key("one")): Stay(start + timedelta(hours=1), start)}
    with pytest.raises(Invalid):
        attend(council, odd)
    Meeting.objects.filter(pk=council.meeting.pk).update(start=timezone.now() + timedelta(days=1), end=None)
    with pytest.raises(Invalid):
        attend(council, who("one"))


def test_no_more_vote_than_were_there_and_were_not_involved(council):
    attend(council, who("one", *SIX[:4]))
    with pytest.raises(Invalid) as refused:
        vote(council, Count(6))
    assert refused.value.fields.keys() == {"yes"}
    involved = frozenset({UUID(builders.key("one"))})
    with pytest.raises(Invalid) as refused:
        vote(council, Count(5), recused=involved)
    assert "5 Stimmen, aber nur 4 Mitglieder" in str(refused.value.message)
    made = vote(council, Count(3, 1), recused=involved)
    assert made.passed
    assert "1 Mitglied war persönlich beteiligt" in page(council.meeting.path)
    said = json.loads(Client().get(council.item.oparl_path).content)["allmende:vote"]
    assert said["recused"] == 1
    assert "Mitglied Eins" not in page(council.meeting.path)


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_who_could_vote_was_there_and_not_involved(present, involved):
    stays = {UUID(int=one): Stay() for one in present}
    could = eligible(stays, None, {UUID(int=one) for one in involved})
    assert could == {UUID(int=one) for one in present - involved}


def test_who_came_late_or_left_early_counts_while_they_were_there(council):
    start = council.meeting.start
    stay = Stay(start, start + timedelta(minutes=30))
    assert stay.covers(start)
    assert not stay.covers(start + timedelta(minutes=30))
    assert Stay(since=start).covers(None)
    assert not Stay(since=start + timedelta(minutes=1)).covers(start)


def test_a_named_vote_of_somebody_absent_or_involved_is_refused(council):
    attend(council, who("one", "sitting-1"))
    one, absent = UUID(builders.key("one")), UUID(builders.key("sitting-2"))
    with pytest.raises(Invalid):
        vote(council, Count(1), kind="named", names={absent: "yes"})
    with pytest.raises(Invalid):
        vote(council, Count(1), kind="named", names={one: "yes"}, recused=frozenset({one}))
    assert vote(council, Count(1, 0, 0, 1), kind="named", names={one: "yes", absent: "absent"}).passed


def test_a_list_of_those_present_must_fit_the_votes_that_are_there(council):
    vote(council, Count(4, 2))
    with pytest.raises(Invalid) as refused:
        attend(council, who(*SIX[:5]))
    assert "Neue Wege" in str(refused.value.message)
    attend(council, who(*SIX))


def test_motions_to_change_a_point_are_voted_on_before_it_and_leave_it_open(council, deliver):
    amended = vote(council, Count(2, 4), order=1, subject="Kies statt Asphalt (Gruppe Linde)")
    assert not amended.passed
    council.item.refresh_from_db()
    assert council.item.result == ""
    vote(council, Count(5, 1), order=2, subject="Zwei Bänke mehr")
    vote(council, Count(6))
    shown = page(council.meeting.path)
    agenda = shown[shown.index("Tagesordnung") :]
    assert agenda.index("Kies statt Asphalt") < agenda.index("Zwei Bänke mehr") < agenda.index("6 Ja, 0 Nein")
    told = json.loads(Client().get(council.item.oparl_path).content)
    assert [one["subject"] for one in told["allmende:amendmentVote"]] == [
        "Kies statt Asphalt (Gruppe Linde)",
        "Zwei Bänke mehr",
    ]
    assert told["allmende:vote"]["yes"] == 6
    assert "Zwei Bänke mehr" in page(council.paper.path)
    attend(council, who("one", *SIX[:5]))
    with pytest.raises(Invalid):
        vote(council, Count(5), recused=frozenset({UUID(builders.key("one"))}))
    with pytest.raises(Invalid) as refused:
        vote(council, Count(1), order=3)
    assert refused.value.fields.keys() == {"subject"}


def test_a_secret_vote_is_counted_by_hand_and_never_by_name(council):
    attend(council, who("one", *SIX))
    with pytest.raises(Invalid):
        vote(council, Count(1), kind="secret", names={UUID(builders.key("one")): "yes"})
    vote(council, Count(4, 3), kind="secret")
    assert "Wer wie gestimmt hat" not in page(council.meeting.path)


def test_the_office_writes_down_who_was_there_by_form_and_nobody_else_does(council):
    address = f"{council.meeting.path}anwesenheit/"
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    assert Client().get(address).status_code in {302, 401}
    assert accounts.login(Client(), accounts.editor()).get(address).status_code == 403
    assert f'href="{address}"' in page(council.meeting.path, office)
    assert address not in page(council.meeting.path)
    number = council.person.number
    told = {"quorum": "second_call", f"here-{number}": "1", f"since-{number}": "9 Uhr"}
    wrong = office.post(address, told)
    assert wrong.status_code == 422
    assert 'value="9 Uhr"' in wrong.content.decode()
    begun = timezone.localtime(council.meeting.start)
    since = f"{begun + timedelta(minutes=1):%H:%M}"
    assert office.post(address, {**told, f"since-{number}": since})["Location"] == council.meeting.path
    assert f'value="{since}"' in page(address, office)
    assert Presence.objects.get().person == council.person
    gone = {"quorum": "majority", f"here-{builders.Person.objects.get(name='Mitglied Zwei').number}": "1"}
    refused = office.post(address, gone)
    assert refused.status_code == 422
    assert "Mitglied Zwei war nur bis" in refused.content.decode()


def test_the_office_enters_a_motion_and_who_was_involved_by_form(council):
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    address = f"{council.meeting.path}abstimmung/{council.item.pk}/"
    told = {"kind": "open", "majority": "simple", "channel": "minutes", "yes": "4", "no": "1"}
    involved = {f"r-{council.person.number}": "1"}
    assert "Änderungsantrag" in page(address, office)
    assert office.post(f"{address}?antrag=1", told).status_code == 422
    assert office.post(f"{address}?antrag=1", {**told, "subject": "Mehr Bänke", **involved}).status_code == 302
    assert office.post(address, {**told, **involved}).status_code == 302
    assert sorted(Vote.objects.values_list("order", "subject")) == [(0, ""), (1, "Mehr Bänke")]
    assert Recusal.objects.get().person == council.person
    assert office.post(address, told).status_code == 302
    assert not Recusal.objects.exists()


def test_what_is_not_public_has_no_list_and_only_the_office_writes_one(council):
    data = AttendanceData(who("one"))
    actor = accounts.actor(accounts.editor())
    with pytest.raises(NotAllowed):
        actions.record_attendance(actor=actor, meeting_id=council.meeting.pk, data=data, at=timezone.now())
    attend(council, who("one"))
    actions.withdraw_thing(actor=builders.OFFICE, kind="meeting", thing_id=council.meeting.pk, reason="Irrtum")
    with pytest.raises(NotFound):
        attend(council, who("one"))
    assert Client().get(council.meeting.path).status_code == 404
