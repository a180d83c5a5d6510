"""Council systems that are broken, mean harm or stop in the middle; and what command, clock and office do with them."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions
from allmende.capabilities.council.adapters.web import WebReader
from allmende.capabilities.council.models import AgendaItem, Meeting, Mirror, MirroredList, MirrorRun, Paper
from allmende.capabilities.council.tasks.mirror import Reading, read_due
from allmende.capabilities.council.tests.peer import AT, SCHEMA, listed, mirrored, problems, read, thing
from allmende.core.actor import SYSTEM, Role
from allmende.core.errors import Conflict, Invalid, NotAllowed
from allmende.core.models import AuditEntry


def paper_bytes(name: bytes) -> bytes:
    return b'{"data":[{"id":"here:/p/1","type":"' + SCHEMA.encode() + b'Paper","name":"' + name + b'"}]}'


# Systems that are broken, or mean harm. What can be read is read, and what cannot is named.


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (500, "refused"),
        (404, "refused"),
        (410, "gone"),
        (b"<html>Wartung</html>", "json"),
        (b'{"data": [{"id": "here:/p/1", "type"', "json"),
        (b"[" * 100_000, "json"),
        (b"{}", "oparl"),
        (b"12", "oparl"),
        (listed(["text", 7, None, [], {"id": 12}]), "wrong"),
        (listed([thing("Ufo", "p/1", name="x")]), "type"),
        (listed([{"id": "https://other.example/p/1", "type": f"{SCHEMA}Paper", "name": "x"}]), "foreign"),
        (listed([], "https://other.example/p?page=2"), "foreign"),
        (listed([], "here:/paper"), "circle"),
        (paper_bytes("Brücke".encode("latin-1")), "encoding"),
        (listed([thing("Paper", "p/1", name="Viel", note="x" * 30_000)]), "much"),
        (listed([thing("Membership", "p/1", role="Mitglied")]), "missing"),
    ],
)
def test_whatever_a_list_is_it_is_named_and_the_others_are_read(db, system, answer, problem):
    system.lists(meeting=[thing("Meeting", "meeting/1", name="Sitzung")])
    system.answers["/paper"] = answer
    run = read(mirrored(system))
    assert problem in problems(run)
    assert Meeting.objects.public().count() == 1
    if problem == "encoding":
        assert Paper.objects.get().name == "Brücke"


WRONG = (
    None, "", 12, -1, 1e999, True, [], {}, [[]], {"id": 5}, "\x00", "\ud800", "2026-99-99", "0000-00-00T00:00:00Z",
    "javascript:alert(1)", "x" * 200_000, 10**30, [{"id": "here:/x"}], "9999-12-31T23:59:59-23:59", "http://[",
)  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_wrong_values_in_every_property_stop_nothing(db, system, wrong):
    from allmende.capabilities.council.rules.types import KINDS as TYPES
    from allmende.capabilities.council.rules.types import LISTS

    lists = {}
    for name, kind in LISTS.items():
        known = TYPES[kind]
        spoilt = {there: wrong for there, _read in known.fields.values()}
        spoilt |= dict.fromkeys((*known.links.values(), *known.many.values(), *known.inside, "odd", "keyword"), wrong)
        lists[name] = [thing(kind, f"{name}/spoilt", **spoilt), thing(kind, f"{name}/fine", name="Gut")]
    system.lists(**lists)
    run = read(mirrored(system))
    assert run.state == "done"
    assert Paper.objects.public().filter(name="Gut").exists()
    assert Meeting.objects.public().filter(name="Gut").exists()
    assert Client().get("/stadtrat/").status_code == 200


def test_an_answer_without_end_is_cut_off(db, system):
    system.lists()
    system.answers["/paper"] = b" " * 300_000
    mirror = mirrored(system)
    run = actions.begin_reading(actor=SYSTEM, mirror_id=mirror.pk, at=AT)
    done = Reading(run, WebReader(allow_private=True, most_bytes=200_000), pauses=()).go()
    assert problems(done) == {"huge"}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [(500, "refused"), (b"<html>", "json"), (b"[]", ""), (b"{}", "oparl"), ({"type": "System", "body": 7}, "oparl")],
)
def test_an_address_that_is_no_system_says_so_and_is_asked_less_often(db, system, answer, problem):
    system.answers["/system"] = answer
    mirror = mirrored(system)
    run = read(mirror)
    assert run.problem == problem
    mirror.refresh_from_db()
    if problem:
        assert run.state == "failed"
        waits = []
        for _n in range(6):
            before = timezone.now()
            read(mirror, before)
            mirror.refresh_from_db()
            waits.append((mirror.next_check_at - before) // timedelta(hours=1))
        assert waits == sorted(waits)
        assert waits[-1] == 24


def test_private_addresses_and_this_portal_itself_are_refused(db, system, settings):
    settings.FEEDS_FROM_PRIVATE_NETWORK = False
    system.lists()
    run = read(mirrored(system))
    assert (run.state, run.problem) == ("failed", "private")
    assert not system.asked
    for url in (
        "",
        "file:///etc/passwd",
        "demo:council",
        "http://me:secret@rat.example/",
        f"{settings.PUBLIC_URL}/oparl",
    ):
        settings.DEMO = False
        with pytest.raises(Invalid):
            actions.save_mirror(actor=SYSTEM, url=url, at=AT)


# Cut off in the middle.


def test_a_reading_that_is_cut_off_goes_on_where_it_was(db, system):
    system.lists()
    for number in range(5):
        following = f"here:/paper?page={number + 1}" if number < 4 else ""
        system.answers[f"/paper?page={number}"] = listed([thing("Paper", f"p/{number}", name=f"{number}")], following)
    system.answers["/paper"] = system.answers["/paper?page=0"]
    mirror = mirrored(system)
    run = MirrorRun.objects.select_related("mirror").get(
        pk=actions.begin_reading(actor=SYSTEM, mirror_id=mirror.pk, at=AT).pk
    )
    reading = Reading(run, WebReader(allow_private=True), pauses=())

    def stop(told: MirrorRun) -> None:
        if Paper.objects.count() == 2:
            reading.ends = 0.0

    reading.tell = stop
    assert reading.go().state == "paused"
    system.asked.clear()
    again = read(mirror, AT + timedelta(minutes=10))
    assert again.state == "done"
    assert [one for one in system.asked if "paper" in one] == [f"/paper?page={number}" for number in (2, 3, 4)]
    assert Paper.objects.count() == 5
    mirror.refresh_from_db()
    assert mirror.full_since is not None
    assert not MirroredList.objects.exclude(begun_at=None).exists()


def test_two_readings_of_one_system_are_never_at_once_and_a_dead_one_is_replaced(db, system):
    system.lists()
    mirror = mirrored(system)
    dead = actions.begin_reading(actor=SYSTEM, mirror_id=mirror.pk, at=AT)
    with pytest.raises(Conflict):
        actions.begin_reading(actor=SYSTEM, mirror_id=mirror.pk, at=AT + timedelta(minutes=5))
    assert read(mirror, AT + timedelta(hours=1)).state == "done"
    dead.refresh_from_db()
    assert (dead.state, dead.problem) == ("failed", "stopped")


def test_the_clock_reads_what_is_due_and_one_page_is_one_audit_entry(db, system):
    system.lists(paper=[thing("Paper", f"p/{n}", name=f"{n}") for n in range(50)])
    mirrored(system)
    assert read_due(AT - timedelta(days=1)) == 0
    assert read_due(AT) == 1
    assert Paper.objects.count() == 50
    assert AuditEntry.objects.filter(action="council.take_page").count() == 2  # the body, the papers
    assert read_due(AT) == 0


# The command and the page of the office.


def test_the_command_reads_tells_what_it_could_not_and_reads_again(db, system):
    system.lists(paper=[thing("Paper", "p/1", name="Eine"), thing("Ufo", "p/2")])
    out, err = StringIO(), StringIO()
    call_command("council_import", f"{system.address}/system", stdout=out, stderr=err)
    assert "2 new, 0 changed, 0 unchanged, 0 gone, 1 not readable." in out.getvalue()
    assert f"{system.address}/p/2: " in err.getvalue()
    system.answers["/system"] = b"<html>"
    with pytest.raises(CommandError):
        call_command("council_import", f"{system.address}/system", "--full", stdout=out, stderr=err)
    with pytest.raises(CommandError):
        call_command("council_import", "nonsense", stdout=out, stderr=err)


def test_the_office_enters_a_system_sees_its_last_reading_and_nobody_else_does(begun_city, system):
    system.lists(paper=[thing("Paper", "p/1", name="Eine"), thing("Ufo", "p/2")])
    assert Client().get("/stadtrat/spiegel/").status_code in {302, 401}
    assert accounts.login(Client(), accounts.editor()).get("/stadtrat/spiegel/").status_code == 403
    with pytest.raises(NotAllowed):
        actions.save_mirror(actor=accounts.actor(accounts.editor()), url=f"{system.address}/system", at=AT)
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    assert office.post("/stadtrat/spiegel/", {"url": "nonsense"}).status_code == 422
    assert office.post("/stadtrat/spiegel/", {"url": f"{system.address}/system"}).status_code == 302
    assert "noch nicht gelesen" in office.get("/stadtrat/spiegel/").content.decode()
    mirror = Mirror.objects.get()
    run = read(mirror, timezone.now())
    assert run.state == "done"
    page = office.get("/stadtrat/spiegel/").content.decode()
    assert "Rat der Nachbarn" in page
    assert "Diesen Typ gibt es in OParl nicht." in page
    for wish, active in (("full", True), ("stop", False), ("start", True), ("read", True)):
        assert office.post("/stadtrat/spiegel/", {"mirror": str(mirror.pk), "wish": wish}).status_code == 302
        mirror.refresh_from_db()
        assert mirror.is_active == active
    assert mirror.wants_full
    assert office.post("/stadtrat/spiegel/", {"mirror": "nonsense", "wish": "read"}).status_code == 404


def test_the_system_of_the_demonstration_can_be_read(db, settings):
    settings.DEMO = True
    run = read(actions.save_mirror(actor=SYSTEM, url="demo:council", at=AT))
    assert (run.state, run.faults) == ("done", [])
    assert Paper.objects.public().get().consultations.get().agenda_item == AgendaItem.objects.get()
