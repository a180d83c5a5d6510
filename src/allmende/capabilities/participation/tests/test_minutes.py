"""Minutes of a meeting: drafts, the chair's check, decisions that become tasks and edges; names by consent."""

from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, queries, tasks
from allmende.capabilities.participation.actions import There
from allmende.capabilities.participation.models import Attendance, Decision, Minutes, MinutesEdition, Task
from allmende.capabilities.participation.workflow import decisions
from allmende.core.actor import SYSTEM
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.engines.notify.models import Notice
from allmende.engines.trace.interface import Edge

NOW = timezone.now()
DAY = timedelta(days=1)
NOBODY = There(members={}, interests={})


@pytest.fixture
def group(db):
    return builders.group()


@pytest.fixture
def chair(group):
    return join(group, "Vorsitzende", "chair")


@pytest.fixture
def member(group):
    return join(group, "Ahorn 12", "member")


@pytest.fixture
def meeting(group):
    return builders.meeting(group, at=NOW - 9 * DAY)  # was two days ago


def join(group, name, function):
    person = people.person(display_name=name)
    actions.appoint_member(
        actor=people.actor(people.editor()),
        group_id=group.pk,
        person_id=person.pk,
        function=function,
        at=NOW - 20 * DAY,
    )
    return people.actor(person)


def item(lines="", title="Bänke", **more):
    return {"title": title, "said": "Es ging um Bänke.", "weighed": "", "decisions": lines, **more}


def write(actor, meeting, *items):
    minutes = queries.minutes_of(meeting.pk)
    revision = minutes.revision if minutes else 0
    return actions.save_minutes(actor=actor, meeting_id=meeting.pk, items=items, revision=revision, at=NOW)


def publish(chair, meeting, *items, correction=""):
    write(chair, meeting, *items)
    actions.submit_minutes(actor=chair, meeting_id=meeting.pk, at=NOW)
    return actions.publish_minutes(actor=chair, meeting_id=meeting.pk, correction=correction, at=NOW)


def told(actor):
    return list(Notice.objects.filter(person_id=actor.person_id).order_by("id").values_list("rule", flat=True))


def client(actor):
    browser = Client(headers={"host": "localhost"})
    browser.force_login(people.Person.objects.get(pk=actor.person_id))
    return browser


# Lines


KNOWN = decisions.Known(
    day=date(2026, 12, 1), members={"ahorn 12": ["a"], "elster": ["b", "c"]}, offices={"amt für umwelt": "umwelt"}
)


@pytest.mark.parametrize(
    ("line", "who", "due", "about"),
    [
        ("Bank aufstellen", None, None, None),
        ("Bank aufstellen | Ahorn 12 | 24.12.2026", "a", date(2026, 12, 24), None),
        ("Bank aufstellen | bis 24.12. | ahorn 12 | Idee 7", "a", date(2026, 12, 24), ("idea", 7)),
        ("Bank aufstellen | Gruppe | 15.1.", None, date(2027, 1, 15), None),
        ("Bank aufstellen | Amt für Umwelt | 2027-02-01 | Thema Nr. 3", None, date(2027, 2, 1), ("theme", 3)),
    ],
)
def test_a_line_says_what_who_until_when_and_about_what(line, who, due, about):
    read = decisions.understand(line, KNOWN)
    assert (read.text, read.person, read.due, read.about) == ("Bank aufstellen", who, due, about)
    assert not read.problems
    assert read.is_task == (due is not None)


@pytest.mark.parametrize(
    "line",
    ["| Ahorn 12 | 24.12.", "Bank | Unbekannt | 24.12.", "Bank | Elster | 24.12.", "Bank | Ahorn 12", "Bank | 24.12.",
     "Bank | Ahorn 12 | Amt für Umwelt | 24.12.", "Bank | Gruppe | 31.2.2027", "x" * 401],
)  # fmt: skip
def test_a_line_that_is_unclear_says_why(line):
    assert decisions.understand(line, KNOWN).problems


@given(st.text(max_size=300))
def test_any_line_is_read_without_breaking(line):
    read = decisions.understand(line, KNOWN)
    assert len(read.text) <= decisions.DECISION_LIMIT
    assert read.problems or read.is_task == (read.due is not None)


# Writing and checking


def test_drafts_are_kept_and_two_who_write_at_once_lose_nothing(meeting, member, chair):
    draft = write(member, meeting, item("Halber Satz | Niemand Bekanntes"))
    assert draft.state == Minutes.State.WRITING
    with pytest.raises(Conflict):
        actions.save_minutes(actor=chair, meeting_id=meeting.pk, items=[item("anderes")], revision=0, at=NOW)
    assert queries.minutes_of(meeting.pk).items[0]["decisions"] == "Halber Satz | Niemand Bekanntes"
    with pytest.raises(Invalid, match="Niemand Bekanntes"):
        actions.submit_minutes(actor=member, meeting_id=meeting.pk, at=NOW)


def test_nobody_else_writes_and_only_who_leads_publishes(meeting, member, chair, deliver):
    with pytest.raises(NotAllowed):
        write(people.actor(people.person()), meeting, item())
    write(member, meeting, item("Bank aufstellen"))
    with pytest.raises(Conflict):
        actions.publish_minutes(actor=chair, meeting_id=meeting.pk, at=NOW)
    actions.submit_minutes(actor=member, meeting_id=meeting.pk, at=NOW)
    deliver()
    assert "participation.minutes_ready" in " ".join(told(chair))
    with pytest.raises(NotAllowed):
        actions.publish_minutes(actor=member, meeting_id=meeting.pk, at=NOW)
    assert Client().get(f"/mitmachen/termine/{meeting.number}/protokoll/").status_code == 404
    actions.publish_minutes(actor=chair, meeting_id=meeting.pk, at=NOW)
    page = Client().get(f"/mitmachen/termine/{meeting.number}/protokoll/").content.decode()
    assert "Bank aufstellen" in page


def test_a_decision_becomes_a_task_and_an_edge_and_its_author_is_told_once(meeting, member, chair, deliver):
    author = people.person()
    idea = builders.published(author=author, at=NOW - 5 * DAY)
    publish(chair, meeting, item(f"Zwei Bänke anbieten lassen | Ahorn 12 | 24.12.2026 | Idee {idea.number}"))
    deliver()
    deliver()
    decision, task = Decision.objects.get(), Task.objects.get()
    assert decision.about == idea.ref
    assert (task.person_id, task.decision, task.group) == (member.person_id, decision, meeting.group)
    edge = Edge.objects.get(target_kind="decision")
    assert (edge.source, edge.target) == (idea.ref, decision.ref)
    about = [row for row in Notice.objects.filter(person=author) if row.object_id == decision.pk]
    assert len(about) == 1
    assert about[0].body("de").startswith("Zwei Bänke anbieten lassen")
    assert any("task_given" in rule for rule in told(member))
    page = Client().get(f"/mitmachen/ideen/{idea.number}/").content.decode()
    assert "Zwei Bänke anbieten lassen" in page


def test_a_correction_is_a_new_edition_and_touches_only_what_changed(meeting, member, chair, deliver):
    idea = builders.published(at=NOW - 5 * DAY)
    lines = ["Bank aufstellen | Ahorn 12 | 24.12.2026", f"Baum pflanzen | Gruppe | 1.3.2027 | Idee {idea.number}"]
    publish(chair, meeting, item("\n".join(lines)))
    kept = Task.objects.get(text="Bank aufstellen")
    with pytest.raises(Invalid, match="berichtigt"):
        publish(chair, meeting, item(lines[0]))
    second = actions.publish_minutes(actor=chair, meeting_id=meeting.pk, correction="Der Baum steht schon.", at=NOW)
    assert second.edition == 2
    assert Task.objects.get(text="Bank aufstellen") == kept
    assert Task.objects.get(text="Baum pflanzen").dropped_at is not None
    assert not Edge.objects.filter(target_kind="decision", retracted_at=None).exists()
    first = Client().get(f"/mitmachen/termine/{meeting.number}/protokoll/?fassung=1").content.decode()
    assert "Baum pflanzen" in first
    assert "später berichtigt" in first
    last = Client().get(f"/mitmachen/termine/{meeting.number}/protokoll/").content.decode()
    assert "Baum pflanzen" not in last
    assert "Der Baum steht schon." in last
    assert MinutesEdition.objects.get(edition=1).items[0]["decisions"][1]["text"] == "Baum pflanzen"


def test_a_correction_is_possible_after_who_has_the_task_has_left(meeting, member, chair):
    line = "Bank aufstellen | Ahorn 12 | 24.12.2026"
    publish(chair, meeting, item(line))
    actions.leave_group(actor=member, group_id=meeting.group_id, at=NOW)
    publish(chair, meeting, item(line, said="Es ging um zwei Bänke."), correction="Es waren zwei.")
    assert Task.objects.get().person_id == member.person_id


# Who was there


def test_names_stand_only_with_consent_and_go_when_it_goes(meeting, member, chair):
    there = There(
        members={member.person_id: ("online", True), chair.person_id: ("place", False)},
        guests=[("Frau Linde", "place")],
        uncounted=3,
        offline=2,
        interests={"residents": "there", "young": "missing", "made-up": "there"},
        heard_later="Wir fragen in der Schule.",
    )
    actions.record_attendance(actor=chair, meeting_id=meeting.pk, there=there, at=NOW)
    publish(chair, meeting, item("Bank aufstellen"))
    address = f"/mitmachen/termine/{meeting.number}/protokoll/"
    page = Client().get(address).content.decode()
    assert "Ahorn 12" in page
    assert "Frau Linde" in page
    assert "Vorsitzende" not in page
    assert "3 weitere Gäste" in page
    assert "davon 2 ohne Internet" in page
    assert "Schülerinnen" in page
    row = Attendance.objects.get(person_id=member.person_id)
    answer = client(member).post("/mitmachen/meine/mitarbeit/name/", {"attendance": str(row.pk), "named": "0"})
    assert answer.status_code == 302
    assert "Ahorn 12" not in Client().get(address).content.decode()
    actions.record_attendance(actor=chair, meeting_id=meeting.pk, there=there, at=NOW)  # an older form says yes
    assert "Ahorn 12" not in Client().get(address).content.decode()
    stranger = There(members={people.person().pk: ("place", True)}, interests={})
    with pytest.raises(NotFound):
        actions.record_attendance(actor=chair, meeting_id=meeting.pk, there=stranger, at=NOW)
    many = There(members={}, uncounted=1, offline=2, interests={})
    with pytest.raises(Invalid):
        actions.record_attendance(actor=chair, meeting_id=meeting.pk, there=many, at=NOW)


def test_nobody_names_somebody_else(meeting, member, chair):
    there = There(members={member.person_id: ("place", False)}, interests={})
    actions.record_attendance(actor=chair, meeting_id=meeting.pk, there=there, at=NOW)
    row = Attendance.objects.get()
    with pytest.raises(NotFound):
        actions.name_oneself(actor=chair, attendance_id=row.pk, named=True)


# Tasks


def test_late_tasks_are_remembered_by_who_has_them_and_a_week_later_by_the_chair(group, member, chair, deliver):
    task = actions.add_task(
        actor=chair,
        group_id=group.pk,
        text="Bank streichen",
        due_on=timezone.localdate(NOW) - DAY,
        person_id=member.person_id,
        at=NOW,
    )
    for _again in range(2):
        tasks.remind_offices(task.due_at + timedelta(hours=1))
    deliver()
    assert sum("task_overdue" in rule for rule in told(member)) == 1
    assert not any("task_overdue" in rule for rule in told(chair))
    for _again in range(2):
        tasks.remind_offices(task.due_at + 8 * DAY)
    task.refresh_from_db()
    assert task.chair_reminded_at is not None
    with pytest.raises(NotAllowed):
        actions.remind_of_task(actor=chair, task_id=task.pk, at=NOW)


def test_who_has_a_task_says_it_is_done_and_strangers_see_no_name(group, member, chair):
    task = actions.add_task(
        actor=chair,
        group_id=group.pk,
        text="Bank streichen",
        due_on=timezone.localdate(NOW),
        person_id=member.person_id,
        at=NOW,
    )
    with pytest.raises(NotAllowed):
        actions.finish_task(actor=people.actor(people.person()), task_id=task.pk, at=NOW)
    public = Client().get(f"/mitmachen/gruppen/{group.slug}/aufgaben/").content.decode()
    assert "Bank streichen" in public
    assert "Ahorn 12" not in public
    assert "Ahorn 12" in client(chair).get(f"/mitmachen/gruppen/{group.slug}/aufgaben/").content.decode()
    browser = client(member)
    assert "Bank streichen" in browser.get("/mitmachen/meine/mitarbeit/").content.decode()
    answer = browser.post(f"/mitmachen/aufgaben/{task.number}/erledigt/", {"result": "Blau."})
    assert answer.status_code == 302
    task.refresh_from_db()
    assert task.result == "Blau."
    assert actions.remind_of_task(actor=SYSTEM, task_id=task.pk, at=task.due_at + DAY).reminded_at is None


def test_a_task_cannot_go_to_who_is_not_in_the_group(group, chair):
    with pytest.raises(Invalid):
        actions.add_task(
            actor=chair,
            group_id=group.pk,
            text="Bank",
            due_on=timezone.localdate(NOW),
            person_id=people.person().pk,
            at=NOW,
        )


# Pages


def test_the_whole_evening_by_forms(group, meeting, member, chair):
    browser = client(chair)
    base = f"/mitmachen/termine/{meeting.number}"
    assert browser.post(f"{base}/tagesordnung/", {"agenda": "Bänke\nBäume"}).status_code == 302
    assert "Bäume" in Client().get(f"{base}/").content.decode()
    form = {"way_0": "place", "named_0": "on", "guests": "Frau Linde", "uncounted": "2", "offline": "1",
            "interest_old": "there", "heard_later": ""}  # fmt: skip
    assert browser.post(f"{base}/anwesenheit/", form).status_code == 302
    page = browser.get(f"{base}/protokoll/schreiben/")
    assert page.status_code == 200
    typed = {
        "revision": page.context["form"].initial["revision"],
        "title_0": "Bänke", "said_0": "Viele wollen sitzen.", "weighed_0": "Sitzen und Durchkommen",
        "decisions_0": "Bank aufstellen | Ahorn 12 | 24.12.2026\nUnklar | Wer?", "title_1": "Bäume", "do": "save",
    }  # fmt: skip
    assert browser.post(f"{base}/protokoll/schreiben/", typed).status_code == 302
    again = browser.get(f"{base}/protokoll/schreiben/").content.decode()
    assert "Aufgabe: Ahorn 12, bis 24. Dezember 2026" in again
    assert "Bitte ansehen" in again
    stale = browser.post(f"{base}/protokoll/schreiben/", typed)
    assert stale.status_code == 422
    assert "Viele wollen sitzen." in stale.content.decode()
    typed |= {"revision": queries.minutes_of(meeting.pk).revision, "do": "submit"}
    typed["decisions_0"] = "Bank aufstellen | Ahorn 12 | 24.12.2026"
    assert browser.post(f"{base}/protokoll/schreiben/", typed).status_code == 302
    assert browser.post(f"{base}/protokoll/pruefen/").status_code == 302
    assert browser.post(f"{base}/protokoll/pruefen/", {}).status_code == 422  # nobody has read it yet
    assert browser.post(f"{base}/protokoll/pruefen/", {"checked": "on"}).status_code == 302
    made = Client().get(f"{base}/protokoll.pdf")
    with pikepdf.open(BytesIO(made.content)) as paper:
        assert paper.Root.MarkInfo.Marked
        assert paper.Root.Lang == "de"
        assert "Protokoll" in str(paper.docinfo.Title)
    assert "Sitzen und Durchkommen" in Client().get(f"{base}/protokoll/").content.decode()


def test_a_title_under_which_something_stands_stays_on_the_agenda(meeting, chair):
    write(chair, meeting, item("Bank aufstellen"))
    with pytest.raises(Invalid):
        actions.save_agenda(actor=chair, meeting_id=meeting.pk, titles=["Bäume"], at=NOW)


def test_an_erased_member_is_neither_named_nor_tasked(meeting, member, chair):
    from allmende.capabilities.participation.actions import personal_data

    there = There(members={member.person_id: ("place", True)}, interests={})
    actions.record_attendance(actor=chair, meeting_id=meeting.pk, there=there, at=NOW)
    publish(chair, meeting, item("Bank aufstellen | Ahorn 12 | 24.12.2026"))
    assert list(personal_data.export_attendance(member.person_id))
    assert list(personal_data.export_tasks(member.person_id))
    keep_texts = True
    personal_data.erase_attendance(member.person_id, keep_texts)
    personal_data.erase_tasks(member.person_id, keep_texts)
    assert Task.objects.get().person is None
    page = Client().get(f"/mitmachen/termine/{meeting.number}/protokoll/").content.decode()
    assert "Ahorn 12" not in page
    assert "1 vor Ort" in page
