"""From the inbox to "it is really done": who may take which step, and who reads what."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders, rules, workflow
from allmende.capabilities.reports.actions.personal_data import erase_reports, expire_reports, export_reports
from allmende.capabilities.reports.builders import clerk, desk, move, public, report
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.queries import reports
from allmende.capabilities.reports.queries.figures import figures
from allmende.capabilities.reports.workflow import OPEN, STATES, STEPS, State, Who
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.engines.notify import interface as notify
from allmende.engines.notify.models import Notice
from allmende.engines.search.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.central]


def client_of(person=None):
    client = Client(headers={"host": "localhost"})
    if person is not None:
        client.force_login(person)
    return client


def mine(client, one, **fields):
    address = f"{reverse('reports:mine')}?schein={one.token}"
    return client.post(address, fields) if fields else client.get(address)


def test_a_report_is_private_until_it_was_checked(deliver):
    one = report(words="Die Bank ist kaputt.")
    visitor = client_of()
    address = reverse("reports:report", args=[one.number])
    assert visitor.get(address).status_code == 404
    move(one, "check", publish=True, public_words="Eine Bank ist kaputt.")
    deliver()
    shown = visitor.get(address).content.decode()
    assert "Eine Bank ist kaputt." in shown
    assert one.words not in shown
    assert Entry.objects.get(object_id=one.pk).visibility == "public"


def test_a_category_that_is_never_published_stays_private():
    one = report(kind=builders.category(publishes=False))
    assert not move(one, "check", publish=True).is_public


def test_only_the_office_it_lies_with_takes_steps():
    one = report()
    for actor, error in ((Actor(), NotSignedIn), (clerk("kultur"), NotFound)):
        with pytest.raises(error):
            move(one, "check", by=actor)
    move(one, "check", by=clerk(), publish=True)
    with pytest.raises(NotAllowed):
        move(one, "begin", by=clerk("kultur"))
    assert move(one, "begin", by=desk()).state == "in_work"


def test_steps_that_the_table_does_not_know_are_refused():
    one = report()
    with pytest.raises(NotFound):
        move(one, "vanish")
    with pytest.raises(NotFound):
        move(one, "confirm")  # the reporter's
    with pytest.raises(Conflict):
        move(one, "finish", words="Schon gemacht.")
    with pytest.raises(Invalid):
        move(one, "ask")


def test_passing_on_names_another_office_and_gives_it_the_report():
    one = report()
    with pytest.raises(Invalid):
        move(one, "forward", department="gibt-es-nicht")
    passed = move(one, "forward", by=clerk(), department="kultur")
    assert passed.department == "kultur"
    with pytest.raises(NotFound):
        move(one, "begin", by=clerk())
    assert [line.department for line in reports.history(one)] == ["", "umwelt"]


def test_the_clerks_question_is_answered_by_link_and_nobody_else_reads_it(deliver):
    contact = {"contact_kind": "email", "email": "ines@example.org"}
    one = move(report(contact=contact), "check", publish=True)
    one = move(one, "ask", words="Welche Hausnummer?")
    deliver()
    mails = [body for row in Notice.objects.filter(person=one.reporter) for body in row.bodies.values()]
    assert any("Welche Hausnummer?" in body and one.token in body for body in mails)
    visitor = client_of()
    assert "Welche Hausnummer?" in mine(visitor, one).content.decode()
    assert "Welche Hausnummer?" not in visitor.get(reverse("reports:report", args=[one.number])).content.decode()
    assert mine(visitor, one, words="Nummer 7").status_code == 302
    one.refresh_from_db()
    assert (one.state, one.resume) == ("checked", "")
    assert "Nummer 7" not in visitor.get(reverse("reports:report", args=[one.number])).content.decode()
    with pytest.raises(NotFound):
        actions.answer_question(actor=Actor(), report_id=one.pk, token="geraten", words="x", at=timezone.now())


def test_a_question_before_the_check_keeps_the_report_private():
    one = move(report(), "ask", words="Wo genau?")
    one = actions.answer_question(actor=Actor(), report_id=one.pk, token=one.token, words="Dort.", at=timezone.now())
    assert (one.state, one.is_public) == ("received", False)


def test_its_reporter_confirms_or_reopens_within_the_time():
    one = move(public(), "finish", words="Neue Lampe.")
    visitor = client_of()
    assert "Ist es wirklich erledigt?" in mine(visitor, one).content.decode()
    mine(visitor, one, say="yes")
    one.refresh_from_db()
    assert one.confirmed_at is not None
    assert mine(visitor, one, words="Sie flackert wieder.").status_code == 302
    one.refresh_from_db()
    assert (one.state, one.closed_at, one.confirmed_at) == ("reopened", None, None)
    again = move(one, "finish", words="Noch einmal.")
    with pytest.raises(Closed):
        actions.object_to_done(
            actor=Actor(), report_id=again.pk, token=again.token, words="Zu spät.",
            at=timezone.now() + rules.REOPEN_FOR + timedelta(days=1),
        )  # fmt: skip


def test_followers_read_every_public_step_and_no_private_link(deliver):
    one = public()
    deliver()
    follower = people.person()
    notify.follow(actor=people.actor(follower), ref=one.ref, at=timezone.now())
    move(one, "begin", words="Die Werkstatt ist da.", note="Nur für uns.")
    deliver()
    notice = Notice.objects.get(person=follower)
    said = " ".join(notice.bodies.values())
    assert "Die Werkstatt ist da." in said
    assert one.token not in said
    assert "Nur für uns." not in said


def test_every_state_can_be_left_or_is_an_end_and_every_step_has_words():
    for state in State:
        assert set(STATES[state].labels) == set(STATES[state].meaning) == {"de", "en"}
        leaves = [step for step in STEPS.values() if state in step.sources]
        assert leaves or state not in OPEN
    for step in STEPS.values():
        assert set(step.deed) == {"de", "en"}
        assert step.target is not None or step.who != Who.OFFICE
    assert workflow.label("done", "en") == "done"


def test_erasure_takes_words_and_person_and_the_fault_stays_known():
    contact = {"contact_kind": "email", "email": "ines@example.org"}
    one = move(report(contact=contact), "check", publish=True)
    assert [row["number"] for row in export_reports(one.reporter_id)] == [one.number]
    erase_reports(one.reporter_id, keep_texts=False)
    kept = Report.objects.get(pk=one.pk)
    assert (kept.reporter, kept.words, kept.public_words, kept.place) == (None, "", "", one.place)
    assert kept.token != one.token
    old = move(public(kind=builders.category(retention_days=10)), "finish", words="Fertig.")
    assert expire_reports(timezone.now() + timedelta(days=9)) == 0
    assert expire_reports(timezone.now() + timedelta(days=11)) == 1
    assert Report.objects.get(pk=old.pk).words == ""


def test_the_list_narrows_down_pages_on_and_never_shows_what_is_private():
    kind = builders.category()
    shown = [public(kind=kind, words=f"Meldung {number}") for number in range(22)]
    report(kind=kind, words="Noch geheim")
    visitor = client_of()
    first = visitor.get(reverse("reports:reports"), {"category": kind.slug}).content.decode()
    assert "22 öffentliche Meldungen" in first
    assert "Noch geheim" not in first
    cursor = first.split("after=")[1].split('"')[0]
    second = visitor.get(f"{reverse('reports:reports')}?category={kind.slug}&after={cursor}").content.decode()
    assert shown[0].title("de") in second
    assert shown[-1].title("de") not in second
    assert shown[-1].title("de") in visitor.get(reverse("reports:feed")).content.decode()


def test_figures_tell_how_much_waits_and_how_long_it_takes():
    now = timezone.now()
    kind, other = builders.category(), builders.category()
    done = move(public(kind=kind, at=now - timedelta(days=4)), "finish", words="Fertig.", at=now)
    public(kind=kind)
    report(kind=other, at=now - timedelta(days=100))
    move(report(kind=other), "refuse", words="Werbung.")
    found = {row.name: row for row in figures("art", now + timedelta(minutes=1))}
    assert (found[kind.slug].inflow, found[kind.slug].backlog, found[kind.slug].done) == (2, 1, 1)
    assert found[kind.slug].fixed == pytest.approx(4, abs=0.01)
    assert (found[other.slug].inflow, found[other.slug].backlog, found[other.slug].late) == (0, 1, 1)
    visitor = client_of()
    for group in ("art", "stadtteil", "amt"):
        address = reverse("reports:figures")
        assert "in der Frist" in visitor.get(f"{address}?nach={group}").content.decode()
        assert visitor.get(f"{reverse('reports:figures_csv')}?nach={group}").status_code == 200
    assert visitor.get(f"{reverse('reports:figures')}?nach=amtsleitung").status_code == 404
    assert done.state == "done"
