"""Departments hear when it is their turn to sign, and what was sent back; of closed papers no mail says what about."""

from uuid import UUID

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.models import Draft
from allmende.capabilities.council.queries.drafts import may_see
from allmende.capabilities.council.rules.drafts import DraftData, Way
from allmende.core import city
from allmende.core.actor import Role, Viewer
from allmende.engines.notify.interface import Notice
from allmende.engines.notify.queries import path_of
from allmende.engines.search.models import Entry

SECRET = "Schwanenteich"


def offices() -> list[str]:
    return list(city.current().departments)


def sent(*, is_public: bool = True, in_order: bool = False) -> Draft:
    first, second, third = offices()[:3]
    way = (Way(UUID(builders.key("council")), "Entscheidung"),)
    data = DraftData(
        f"Ein Steg am {SECRET}", "Der Stadtrat beschließt.", "Viele möchten es.", "", first, is_public, in_order,
        (second, third), way,
    )  # fmt: skip
    one = actions.begin_draft(actor=builders.OFFICE, data=data, at=timezone.now())
    return actions.send_draft(actor=builders.OFFICE, number=one.number, version=one.version, at=timezone.now())


def sign(one: Draft, who) -> Draft:
    department = who.role_grants.get().scope.rpartition(":")[2]
    return actions.sign_draft(
        actor=accounts.actor(who), number=one.number, department=department, version=1, at=timezone.now()
    )


def refuse(one: Draft, who, reason: str) -> Draft:
    department = who.role_grants.get().scope.rpartition(":")[2]
    return actions.refuse_draft(
        actor=accounts.actor(who), number=one.number, department=department, version=1, reason=reason, at=timezone.now()
    )


@pytest.fixture
def staff(db):
    """A clerk of each of three departments, and the council's office."""
    call_command("start_city")
    builders.council()
    office = accounts.with_role(Role.COUNCIL_OFFICE)
    return [*(accounts.clerk(slug) for slug in offices()[:3]), office]


def heard(person) -> list[str]:
    rows = Notice.objects.filter(person=person).order_by("id")
    return [subject.partition(":")[0] for subject in rows.values_list("subjects__de", flat=True)]


def test_all_who_are_asked_at_once_hear_of_it_once_and_the_office_when_the_last_has_signed(staff, deliver):
    writer, second, third, office = staff
    one = sent()
    deliver()
    assert [heard(person) for person in staff] == [[], ["Bitte mitzeichnen"], ["Bitte mitzeichnen"], []]
    notice = Notice.objects.get(person=second)
    assert path_of(notice.ref, "en") == f"/en/stadtrat/entwuerfe/{one.number}/"
    sign(one, second)
    deliver()
    assert heard(third) == ["Bitte mitzeichnen"]
    assert heard(office) == []
    sign(one, third)
    deliver()
    assert heard(office) == ["Bereit zum Einbringen"]
    assert heard(writer) == []


def test_one_after_the_other_each_hears_when_it_is_their_turn(staff, deliver):
    _writer, second, third, office = staff
    one = sent(in_order=True)
    deliver()
    assert (heard(second), heard(third)) == (["Bitte mitzeichnen"], [])
    sign(one, second)
    deliver()
    assert (heard(second), heard(third)) == (["Bitte mitzeichnen"], ["Bitte mitzeichnen"])
    assert heard(office) == []


def test_who_has_signed_before_the_message_left_is_not_asked(staff, deliver):
    _writer, second, third, _office = staff
    sign(sent(), second)
    deliver()
    assert (heard(second), heard(third)) == ([], ["Bitte mitzeichnen"])


def test_a_paper_that_is_sent_back_says_who_wants_what(staff, deliver):
    writer = staff[0]
    one = sent()
    refuse(one, staff[1], "Der Preis fehlt.")
    deliver()
    assert heard(writer) == ["Zurückgegeben"]
    assert "Der Preis fehlt." in Notice.objects.get(person=writer).bodies["de"]


def test_of_a_closed_paper_a_message_holds_neither_title_nor_reason(staff, deliver):
    one = sent(is_public=False)
    deliver()
    refuse(one, staff[1], f"Nicht am {SECRET}.")
    deliver()
    said = str([(row.subjects, row.bodies) for row in Notice.objects.all()])
    assert len(heard(staff[0])) == 1
    assert SECRET not in said


def test_where_nobody_answers_for_a_department_the_office_hears_of_it(db, deliver):
    call_command("start_city")
    builders.council()
    office = accounts.with_role(Role.COUNCIL_OFFICE)
    sent()
    deliver()
    assert set(heard(office)) == {"Bitte mitzeichnen"}


def test_a_draft_has_an_address_for_those_who_work_on_it_and_no_entry_anywhere(staff, deliver):
    one = sent()
    deliver()
    assert not Entry.objects.filter(object_id=one.pk).exists()
    at = timezone.now()
    seen = [may_see(one.pk, accounts.actor(person).viewer, at) for person in staff]
    assert seen == [True] * 4
    assert not may_see(one.pk, accounts.actor(accounts.clerk(offices()[3])).viewer, at)
    assert not may_see(one.pk, Viewer(), at)
    assert Client().get(f"/r/council/draft/{one.pk}", follow=True).status_code != 200
    assert "Entwürfe von Vorlagen" not in Client().get("/suche/").content.decode()
    assert Draft.objects.count() == 1
