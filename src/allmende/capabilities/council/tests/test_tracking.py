"""What follows from a resolution: assigned, reported on, late by the day alone, told to everybody or to nobody."""

import json
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.models import AgendaItem, Meeting, Report, Task
from allmende.capabilities.council.rules.tracking import ReportData, TaskData, state_of
from allmende.capabilities.council.workflow import TaskState
from allmende.core import city
from allmende.core.actor import Role
from allmende.core.errors import Invalid, NotAllowed, NotFound
from allmende.core.models import AuditEntry, Event

days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(days, st.none() | days, days)
def test_where_a_task_stands_follows_from_its_days(due, done_on, today):
    state = state_of(due, done_on, today)
    assert (state == TaskState.DONE) == (done_on is not None)
    assert (state == TaskState.OVERDUE) == (done_on is None and today > due)


@pytest.fixture
def council(begun_city):
    made = builders.council()
    builders.take([builders.decided(made)])
    held = timezone.now() - timedelta(days=30)
    Meeting.objects.filter(pk=made.meeting.pk).update(start=held, end=held + timedelta(hours=2))
    return made


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def office_slug() -> str:
    return next(iter(city.current().departments))


def assign(council: builders.Council, text: str = "Den Weg bauen", due: int = 20, *, is_public: bool = True) -> Task:
    data = TaskData(text, office_slug(), in_days(due), is_public)
    return actions.assign_task(actor=builders.OFFICE, item_id=council.item.pk, data=data, at=timezone.now())


def report(task: Task, text: str, day: int = 0, *, is_done: bool = False, is_public: bool = True) -> Report:
    data = ReportData(in_days(day), text, is_done, is_public)
    return actions.report_on_task(actor=builders.OFFICE, number=task.number, data=data, at=timezone.now())


def page(path: str, client: Client | None = None) -> str:
    response = (client or Client()).get(path)
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_task_and_its_reports_stand_on_paper_meeting_and_list_and_for_programs(council):
    task = assign(council)
    report(task, "Die Planung ist fertig.", -3)
    report(task, "Der Weg ist gebaut.", is_done=True)
    for path in (council.paper.path, council.meeting.path, "/stadtrat/beschluesse/"):
        shown = page(path)
        assert "Den Weg bauen" in shown
        assert "Der Weg ist gebaut." in shown
        assert "erledigt am" in shown
    assert "Die Planung ist fertig." in page(council.paper.path)
    said = json.loads(Client().get(council.item.oparl_path).content)["allmende:tracking"]
    assert said == [
        {
            "number": task.number,
            "text": "Den Weg bauen",
            "department": city.current().departments[office_slug()].name("de"),
            "due": in_days(20).isoformat(),
            "done": in_days(0).isoformat(),
            "report": [
                {"date": in_days(-3).isoformat(), "text": "Die Planung ist fertig.", "done": False},
                {"date": in_days(0).isoformat(), "text": "Der Weg ist gebaut.", "done": True},
            ],
        }
    ]
    meeting = json.loads(Client().get(council.meeting.oparl_path).content)
    assert [one.get("allmende:tracking") for one in meeting["agendaItem"]] == [said]
    assert AuditEntry.objects.filter(action__in=["council.assign_task", "council.report_on_task"]).count() == 3


def test_what_is_late_stands_first_with_the_office_and_says_so_to_everybody(council):
    assign(council, "Später dran", 30)
    assign(council, "Schon zu spät", -1)
    assign(council, "Nur für uns", -5, is_public=False)
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    shown = page("/stadtrat/auftraege/", office)
    assert shown.index("Nur für uns") < shown.index("Schon zu spät") < shown.index("Später dran")
    assert "überfällig seit" in page(council.paper.path)
    late = page("/stadtrat/beschluesse/?stand=ueberfaellig")
    assert "Schon zu spät" in late
    assert "Später dran" not in late


def test_what_is_internal_is_told_to_nobody(council):
    hidden, shown = assign(council, "Nur für uns", is_public=False), assign(council)
    report(hidden, "Das liest niemand")
    report(shown, "Auch das liest niemand", is_public=False)
    for path in (council.paper.path, council.meeting.path, "/stadtrat/beschluesse/", council.item.oparl_path):
        told = page(path)
        assert "Den Weg bauen" in told
        assert "Nur für uns" not in told
        assert "liest niemand" not in told
    actions.withdraw_thing(actor=builders.OFFICE, kind="agenda_item", thing_id=council.item.pk, reason="Irrtum")
    for path in (council.paper.path, council.meeting.path, "/stadtrat/beschluesse/", council.meeting.oparl_path):
        assert "Den Weg bauen" not in page(path)
    with pytest.raises(NotFound):
        report(shown, "Zu einem Punkt, den es nicht mehr gibt")


def test_an_internal_task_moves_no_date_that_programs_see(council):
    before = AgendaItem.objects.get(pk=council.item.pk).modified
    report(assign(council, is_public=False), "Getan")
    assert AgendaItem.objects.get(pk=council.item.pk).modified == before
    assign(council)
    assert AgendaItem.objects.get(pk=council.item.pk).modified > before


def test_a_report_that_takes_it_back_opens_the_task_again(council):
    task = assign(council, due=-1)
    report(task, "Fertig", -2, is_done=True)
    assert Task.objects.get().done_on == in_days(-2)
    report(task, "Doch nicht: Es fehlt ein Geländer")
    assert Task.objects.get().done_on is None
    report(task, "Ein älterer Bericht, später eingetragen", -5, is_done=True)
    assert Task.objects.get().done_on is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"text": " "}, "text"), ({"department": "mondamt"}, "department"), ({"due": date(2001, 1, 1)}, "due")],
)
def test_a_task_that_cannot_be_is_refused_at_its_field(council, wrong, field):
    data = TaskData(**{"text": "Bauen", "department": office_slug(), "due": in_days(5), **wrong})
    with pytest.raises(Invalid) as refused:
        actions.assign_task(actor=builders.OFFICE, item_id=council.item.pk, data=data, at=timezone.now())
    assert set(refused.value.fields) == {field}
    assert not Task.objects.exists()


@pytest.mark.parametrize("day", [1, -300])
def test_a_report_from_tomorrow_or_from_before_the_resolution_is_refused(council, day):
    task = assign(council)
    with pytest.raises(Invalid) as refused:
        report(task, "Getan", day)
    assert set(refused.value.fields) == {"day"}


def test_a_department_reports_on_its_own_tasks_and_on_no_others(council):
    task = assign(council)
    own = accounts.login(Client(), accounts.clerk(office_slug()))
    other = accounts.login(Client(), accounts.clerk("elsewhere"))
    address = f"/stadtrat/auftraege/{task.number}/"
    assert "Den Weg bauen" in page("/stadtrat/auftraege/", own)
    assert "Den Weg bauen" not in page("/stadtrat/auftraege/", other)
    assert other.get(address).status_code == 403
    assert accounts.login(Client(), accounts.editor()).get("/stadtrat/auftraege/").status_code == 403
    assert Client().get(address).status_code in {302, 401}
    told = {"text": "Die Bagger sind da.", "day": in_days(0).isoformat(), "is_public": "on"}
    wrong = own.post(address, {**told, "day": in_days(2).isoformat()})
    assert wrong.status_code == 422
    assert "Die Bagger sind da." in wrong.content.decode()
    assert own.post(address, told)["Location"] == address
    assert "Die Bagger sind da." in page(council.paper.path)
    assert own.get(f"{address}aendern/").status_code == 403
    data = ReportData(in_days(0), "Nicht meins", is_done=False)
    actor = accounts.actor(accounts.clerk("elsewhere"))
    with pytest.raises(NotAllowed):
        actions.report_on_task(actor=actor, number=task.number, data=data, at=timezone.now())


def test_the_office_assigns_and_changes_by_form(council):
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    address = f"{council.meeting.path}auftrag/{council.item.pk}/"
    assert f'href="{address}"' in page(council.meeting.path, office)
    assert address not in page(council.meeting.path)
    told = {"text": "Bänke bestellen", "department": office_slug(), "due": in_days(9).isoformat(), "is_public": "on"}
    assert office.post(address, {**told, "department": ""}).status_code == 422
    assert office.post(address, told)["Location"] == council.meeting.path
    task = Task.objects.get()
    changed = f"/stadtrat/auftraege/{task.number}/aendern/"
    assert "Bänke bestellen" in page(changed, office)
    assert office.post(changed, {**told, "text": "Zwölf Bänke bestellen"}).status_code == 302
    assert "Zwölf Bänke bestellen" in page(council.paper.path)
    assert AuditEntry.objects.get(action="council.change_task").fields == ["text"]
    hidden = f"{council.meeting.path}auftrag/{builders.key('hidden')}/"
    assert office.get(hidden).status_code == 404
    assert accounts.login(Client(), accounts.editor()).get(address).status_code == 403


def test_the_public_list_goes_on_page_by_page_and_costs_the_same_however_long(council, django_assert_max_num_queries):
    for number in range(35):
        assign(council, f"Auftrag Nr. {number:02}")
    first = page("/stadtrat/beschluesse/")
    following = re.search(r'href="(/stadtrat/beschluesse/\?before=\d+)"', first)
    assert following
    with django_assert_max_num_queries(15):
        second = page(following[1])
    names = re.findall(r"Auftrag Nr\. \d\d", first + second)
    assert sorted(set(names)) == [f"Auftrag Nr. {number:02}" for number in range(35)]


def test_followers_of_the_paper_are_told_what_follows_and_nothing_internal(council, deliver):
    from allmende.engines.notify import interface as notify

    reader = accounts.person()
    notify.follow(actor=accounts.actor(reader), ref=council.paper.ref, at=timezone.now())
    deliver()
    before = notify.Notice.objects.filter(person=reader).count()
    task = assign(council)
    report(task, "Der Weg ist gebaut.", is_done=True)
    report(assign(council, "Nur für uns", is_public=False), "Das liest niemand")
    report(task, "Das auch nicht", is_public=False)
    deliver()
    told = notify.Notice.objects.filter(person=reader)
    assert told.count() == before + 2
    assert {one.object_id for one in told} == {council.paper.pk}
    assert not Event.objects.filter(payload__icontains="Weg").exists()
