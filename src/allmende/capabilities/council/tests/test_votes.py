"""How the council voted: counted by rule, entered by the office, told to everybody and to programs."""

import json
import re
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.models import AgendaItem, Vote
from allmende.capabilities.council.rules.records import Record
from allmende.capabilities.council.rules.votes import Count, VoteData, counted, passed
from allmende.core.actor import Role
from allmende.core.errors import Invalid, NotAllowed, NotFound
from allmende.core.models import AuditEntry
from allmende.engines.search.interface import Entry

numbers = st.integers(0, 80)


@given(numbers, numbers, numbers, numbers)
def test_majorities_are_what_the_law_says(yes, no, abstention, seats):
    count = Count(yes, no, abstention)
    assert passed("simple", count, None) == (yes > no)
    assert passed("absolute", count, seats) == (seats > 0 and 2 * yes > seats)
    assert passed("two_thirds", count, seats) == (seats > 0 and 3 * yes >= 2 * seats)


def test_names_are_counted_and_a_tie_is_a_no():
    assert counted(["yes", "no", "yes", "absent", "abstention"]) == Count(2, 1, 1, 1)
    assert not passed("simple", Count(7, 7, 3), None)


@pytest.fixture
def council(begun_city):
    made = builders.council()
    group = Record(
        "organization",
        builders.key("group"),
        {"name": "Gruppe Linde", "organization_type": "Fraktion"},
        {"body": builders.key("body")},
    )
    builders.take([group])
    return made


def data(**changes: object) -> VoteData:
    values = {
        "kind": "open", "majority": "simple", "count": Count(31, 8, 2, 1), "seats": 42, "channel": "minutes",
        "groups": {}, "names": {},
    }  # fmt: skip
    return VoteData(**{**values, **changes})  # type: ignore[arg-type]


def record(council: builders.Council, told: VoteData) -> Vote:
    return actions.record_vote(actor=builders.OFFICE, item_id=council.item.pk, data=told, at=timezone.now())


def page(path: str, client: Client | None = None) -> str:
    response = (client or Client()).get(path)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_vote_stands_on_paper_and_meeting_in_the_index_and_for_programs(council, deliver):
    group = builders.key("group")
    vote = record(council, data(groups={UUID(group): Count(31, 8, 2, 1)}))
    deliver()
    assert vote.passed
    for path in (council.paper.path, council.meeting.path):
        shown = page(path)
        assert "31 Ja, 8 Nein, 2 Enthaltungen, 1 nicht da" in shown
        assert "Gruppe Linde" in shown
        assert "ThürKO § 39 Abs. 1" in shown
    entry = Entry.objects.get(object_id=council.paper.pk, removed_at=None)
    assert entry.state_labels["de"] == "Vorlage · angenommen: 31 Ja, 8 Nein"
    said = json.loads(Client().get(council.item.oparl_path).content)["allmende:vote"]
    assert said["group"] == [
        {"organization": said["group"][0]["organization"], "yes": 31, "no": 8, "abstention": 2, "absent": 1}
    ]
    assert (said["yes"], said["no"], said["passed"], said["majority"]) == (31, 8, True, "simple")
    meeting = json.loads(Client().get(council.meeting.oparl_path).content)
    assert [one.get("allmende:vote") for one in meeting["agendaItem"]] == [said]


def test_a_named_vote_tells_who_gave_what_and_only_of_members_of_that_day(council):
    one, left = UUID(builders.key("one")), UUID(builders.key("two"))
    vote = record(council, data(kind="named", count=Count(1), names={one: "yes"}))
    assert vote.passed
    shown = page(council.paper.path)
    assert "Mitglied Eins" in shown
    with pytest.raises(Invalid):
        record(council, data(kind="named", count=Count(1), names={left: "yes"}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"seats": 41},  # more votes than members
        {"majority": "absolute", "seats": None},
        {"majority": "odd"},
        {"count": Count(0, 0, 0, 9)},
        {"kind": "named"},
        {"kind": "secret", "names": {UUID(int=1): "yes"}},
        {"groups": {UUID(int=1): Count(1, 1)}},  # another sum
    ],
)
def test_what_cannot_be_is_not_recorded(council, wrong):
    with pytest.raises(Invalid):
        record(council, data(**wrong))
    assert not Vote.objects.exists()


def test_a_correction_is_counted_told_and_audited(council):
    record(council, data())
    vote = record(council, data(count=Count(20, 21, 0, 1)))
    assert (vote.passed, vote.corrections) == (False, 1)
    assert "berichtigt" in page(council.meeting.path)
    assert AuditEntry.objects.filter(action="council.record_vote").count() == 2


def test_what_is_not_public_has_no_vote_anywhere(council):
    hidden = AgendaItem.objects.get(pk=builders.key("hidden"))
    with pytest.raises(NotFound):
        actions.record_vote(actor=builders.OFFICE, item_id=hidden.pk, data=data(), at=timezone.now())
    actor = accounts.actor(accounts.editor())
    with pytest.raises(NotAllowed):
        actions.record_vote(actor=actor, item_id=council.item.pk, data=data(), at=timezone.now())
    record(council, data())
    actions.withdraw_thing(actor=builders.OFFICE, kind="agenda_item", thing_id=council.item.pk, reason="Irrtum")
    assert "31 Ja" not in page(council.meeting.path)
    assert "31 Ja" not in page(council.paper.path)
    assert "allmende:vote" not in Client().get(council.meeting.oparl_path).content.decode()


def test_the_office_enters_a_vote_by_form(council):
    address = f"{council.meeting.path}abstimmung/{council.item.pk}/"
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    assert Client().get(address).status_code in {302, 401}
    assert accounts.login(Client(), accounts.editor()).get(address).status_code == 403
    assert "Abstimmung eintragen" in page(council.meeting.path, office)
    assert "Abstimmung eintragen" not in page(council.meeting.path)
    told = {"kind": "open", "majority": "absolute", "seats": "42", "channel": "meeting", "yes": "31", "no": "8"}
    wrong = office.post(address, {**told, "seats": "30"})
    assert wrong.status_code == 422
    assert 'value="31"' in wrong.content.decode()
    assert office.post(address, {**told, "yes": "x" * 99}).status_code == 422
    assert office.post(address, told)["Location"] == council.meeting.path
    assert "31 Ja, 8 Nein" in page(council.paper.path)
    person = council.person
    named = {"kind": "named", "majority": "simple", "channel": "minutes", f"p-{person.number}": "no"}
    assert office.post(address, named).status_code == 302
    vote = Vote.objects.get()
    assert (vote.no, vote.passed, vote.names.get().person) == (1, False, person)
    assert '<option value="no" selected' in page(address, office)
    assert office.get(f"{council.meeting.path}abstimmung/{builders.key('hidden')}/").status_code == 404


def test_a_vote_costs_a_page_no_more_questions_than_any(council, django_assert_max_num_queries):
    record(council, data(kind="named", count=Count(1), names={UUID(builders.key("one")): "yes"}))
    for path in (council.paper.path, council.meeting.path, council.meeting.oparl_path):
        with django_assert_max_num_queries(20):
            Client().get(path)
