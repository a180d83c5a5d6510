"""Another council system is mirrored over the web: whole, again, broken, hostile, and cut off in the middle."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.adapters.web import WebReader
from allmende.capabilities.council.models import (
    KINDS,
    AgendaItem,
    Body,
    Consultation,
    File,
    LooseEnd,
    Meeting,
    Membership,
    Mirror,
    MirroredList,
    MirrorRun,
    Organization,
    Paper,
    Person,
)
from allmende.capabilities.council.tasks.mirror import Reading, read_due, read_mirror
from allmende.core.actor import SYSTEM, Role
from allmende.core.errors import Conflict, Invalid, NotAllowed
from allmende.core.models import AuditEntry

SCHEMA = "https://schema.oparl.org/1.1/"
OLD_SCHEMA = "https://schema.oparl.org/1.0/"
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


class System:
    """A council system on this machine: what stands at a path, and what was asked. `here` stands for its address."""

    def __init__(self) -> None:
        self.answers: dict[str, object] = {}
        self.asked: list[str] = []
        self.address = ""

    def answer(self, target: str) -> tuple[int, bytes]:
        self.asked.append(target)
        found = self.answers.get(target, self.answers.get(urlsplit(target).path))
        if callable(found):
            found = found(target)
        if found is None:
            return 404, b"{}"
        if isinstance(found, int):
            return found, b"<html>500</html>"
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        return 200, body.replace(b"here:", self.address.encode())

    def lists(self, **lists: list[dict[str, object]]) -> None:
        """A system with one body and these lists; without a page each."""
        names = {name: f"here:/{name}" for name in ("organization", "person", "meeting", "paper")}
        names |= {name: f"here:/{name}" for name in lists}
        self.answers["/system"] = {
            "id": "here:/system",
            "type": f"{SCHEMA}System",
            "oparlVersion": SCHEMA,
            "body": "here:/bodies",
            "name": "Rat der Nachbarn",
        }
        self.answers["/bodies"] = listed([thing("Body", "body", name="Nachbarstadt", **names)])
        for name in names:
            if name != "legislativeTerm":
                self.answers[f"/{name}"] = listed(lists.get(name, []))


def listed(things: list[dict[str, object]], following: str = "") -> dict[str, object]:
    return {"data": things, "pagination": {}, "links": {"next": following} if following else {}}


def thing(kind: str, key: str, **values: object) -> dict[str, object]:
    return {"id": f"here:/{key}", "type": f"{SCHEMA}{kind}", **values}


@pytest.fixture
def system(settings) -> Iterator[System]:
    settings.FEEDS_FROM_PRIVATE_NETWORK = True
    made = System()

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = made.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    made.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def mirrored(system: System, path: str = "/system") -> Mirror:
    return actions.save_mirror(actor=SYSTEM, url=system.address + path, at=AT)


def read(mirror: Mirror, at: datetime = AT) -> MirrorRun:
    mirror.refresh_from_db()
    return read_mirror(mirror, at, pauses=(0.0,))


def problems(run: MirrorRun) -> set[str]:
    return {problem for _address, problem in run.faults}


# A system as it should be: our own of another city.


def whole_server() -> dict[str, bytes]:
    """Everything that a client of our own server can reach: path with query → answer."""
    found: dict[str, bytes] = {}
    waiting = ["/oparl/1.1/system"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        response = Client().get(path)
        if response.status_code != 200 or response["Content-Type"] != "application/json":
            continue
        found[path] = response.content
        waiting += [
            one.removeprefix(settings.PUBLIC_URL) for one in strings(json.loads(response.content)) if "/oparl/" in one
        ]
    return found


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, str) and value.startswith(settings.PUBLIC_URL):
        yield value


def objects(pages: dict[str, bytes]) -> dict[str, dict[str, object]]:
    """Every object at its own address."""
    found = {path: json.loads(body) for path, body in pages.items()}
    return {path: one for path, one in found.items() if "data" not in one and not path.endswith("system")}


def empty_council() -> None:
    for model in (File, Consultation, Paper, AgendaItem, Meeting, Membership, Person):
        model.objects.all().delete()
    KINDS["term"].objects.all().delete()
    Organization.objects.all().delete()
    Body.objects.update(location=None)
    KINDS["location"].objects.all().delete()
    Body.objects.all().delete()


def test_what_our_own_server_tells_comes_back_the_same(db, system):
    builders.council()
    there = whole_server()
    before = objects(there)
    assert len(before) >= 15
    empty_council()
    for path, body in there.items():
        system.answers[path] = body.replace(settings.PUBLIC_URL.encode(), b"here:")
    mirror = mirrored(system, "/oparl/1.1/system")
    run = read(mirror)
    assert (run.state, run.faults, run.unread) == ("done", [], 0)
    rows = {str(row.source_url): row for model in KINDS.values() for row in model.objects.public()}
    assert {f"{system.address}{path}" for path in before} == rows.keys()
    ours = {row.oparl_id: f"{settings.PUBLIC_URL}{urlsplit(url).path}" for url, row in rows.items()}
    after = objects(whole_server())
    volatile = {"created", "modified", "web", "allmende:source", "allmende:plain", "accessUrl", "license"}
    for url, row in rows.items():
        said = json.dumps(after[row.oparl_path])
        for mine, theirs in ours.items():
            said = said.replace(mine, theirs)
        assert without(json.loads(said), volatile) == without(before[urlsplit(url).path], volatile), url
    again = read(mirror, AT + timedelta(days=8))
    assert (again.is_full, again.new, again.different, again.gone) == (True, 0, 0, 0)


def without(value: object, names: set[str]) -> object:
    if isinstance(value, dict):
        return {key: without(one, names) for key, one in value.items() if key not in names}
    if isinstance(value, list):
        return sorted((without(one, names) for one in value), key=str)
    return value


# What changes, and what goes.


def test_the_next_reading_asks_for_what_has_changed_and_takes_tombstones(db, system):
    system.lists(paper=[thing("Paper", "paper/1", name="Erste"), thing("Paper", "paper/2", name="Zweite")])
    mirror = mirrored(system)
    assert read(mirror).new == 3
    changed = [thing("Paper", "paper/1", name="Erste, geändert"), thing("Paper", "paper/2", deleted=True)]
    system.answers["/paper"] = listed(changed)
    system.asked.clear()
    run = read(mirror, AT + timedelta(hours=2))
    asked = [one for one in system.asked if one.startswith("/paper?")]
    assert parse_qs(urlsplit(asked[0]).query) == {"modified_since": ["2026-05-04T11:00:00+00:00"]}
    assert (run.is_full, run.new, run.different, run.gone) == (False, 0, 1, 1)
    assert Paper.objects.public().get().name == "Erste, geändert"
    assert Paper.objects.get(deleted=True).was_public


def test_a_system_that_does_not_know_changed_since_is_read_as_a_whole(db, system):
    system.lists(paper=[thing("Paper", "paper/1", name="Erste")])
    mirror = mirrored(system)
    read(mirror)
    things = listed([thing("Paper", "paper/1", name="Neuer Name")])
    system.answers["/paper"] = lambda target: 400 if "modified_since" in target else things
    read(mirror, AT + timedelta(hours=2))
    assert Paper.objects.get().name == "Neuer Name"


def test_what_a_meeting_no_longer_holds_is_gone_and_what_is_not_public_is_nowhere(db, system, client):
    items = [
        thing("AgendaItem", "item/1", name="Neue Wege", order=0, public=True),
        thing("AgendaItem", "item/2", name="Geheimer Punkt", order=1, public=False),
        thing("AgendaItem", "item/3", name="Verschoben", order=2),
    ]
    meeting = thing("Meeting", "meeting/1", name="Sitzung", start="2026-05-05T17:00:00+02:00", agendaItem=items)
    system.lists(meeting=[meeting])
    mirror = mirrored(system)
    read(mirror)
    page = client.get(Meeting.objects.get().path).content.decode()
    assert "Neue Wege" in page
    assert "Geheim" not in page
    system.answers["/meeting"] = listed([{**meeting, "agendaItem": items[:1]}])
    run = read(mirror, AT + timedelta(hours=2))
    assert run.gone == 2
    assert [one.name for one in AgendaItem.objects.public()] == ["Neue Wege"]


def test_what_vanishes_without_a_tombstone_is_asked_for_and_then_gone(db, system):
    papers = [thing("Paper", f"paper/{n}", name=f"Vorlage {n}") for n in range(4)]
    system.lists(paper=papers)
    mirror = mirrored(system)
    read(mirror)
    system.answers["/paper"] = listed(papers[:2])
    system.answers["/paper/2"] = papers[2]  # only the list forgot it
    run = read(mirror, AT + timedelta(days=8))
    assert run.is_full
    assert sorted(Paper.objects.public().values_list("name", flat=True)) == ["Vorlage 0", "Vorlage 1", "Vorlage 2"]


def test_a_system_that_suddenly_lacks_most_of_it_loses_nothing_here(db, system):
    system.lists(paper=[thing("Paper", f"paper/{n}", name=f"Vorlage {n}") for n in range(30)])
    mirror = mirrored(system)
    read(mirror)
    system.answers["/paper"] = listed([])
    run = read(mirror, AT + timedelta(days=8))
    assert "many_gone" in problems(run)
    assert Paper.objects.public().count() == 30


def test_ids_that_are_told_now_with_http_and_now_with_https_are_one(db, system):
    secure = system.address.replace("http:", "https:")
    first = {"id": f"{secure}/paper/1", "type": f"{SCHEMA}Paper", "name": "Eine"}
    system.lists(paper=[first, thing("Paper", "paper/1", name="Eine")])
    read(mirrored(system))
    assert Paper.objects.count() == 1


def test_what_comes_later_is_tied_to_what_named_it_first(db, system):
    first = thing("Paper", "paper/1", name="Eins", relatedPaper=["here:/paper/2"], superordinatedPaper="here:/paper/3")
    system.lists(
        paper=[first], organization=[thing("Organization", "o/2", name="Unten", subOrganizationOf="here:/o/1")]
    )
    system.answers["/o/1"] = thing("Organization", "o/1", name="Oben")
    mirror = mirrored(system)
    run = read(mirror)
    assert Organization.objects.get(name="Unten").sub_organization_of == Organization.objects.get(name="Oben")
    assert LooseEnd.objects.count() == 2
    assert run.unread == 2
    system.answers["/paper"] = listed([thing("Paper", f"paper/{n}", name=f"Nr. {n}") for n in (2, 3)])
    read(mirror, AT + timedelta(hours=2))
    paper = Paper.objects.get(name="Eins")
    assert paper.related.get().name == "Nr. 2"
    assert paper.superordinated.get().name == "Nr. 3"
    assert not LooseEnd.objects.exists()


# Systems as they are: 1.0, and what real servers send.


def test_oparl_1_0_with_objects_inside_and_its_own_fields_is_read(db, system):
    def old(kind: str, key: str, **values: object) -> dict[str, object]:
        return {"id": f"here:/{key}", "type": f"{OLD_SCHEMA}{kind}", **values}

    file = old(
        "File", "f/1", name="Vorlage", mimeType="application/pdf", size="12", accessUrl="here:/f/1.pdf", text="x"
    )
    way = old(
        "Consultation", "c/1", agendaItem="here:/i/1", meeting="here:/m/1", role="Entscheidung", authoritative=True
    )
    seat = old("Membership", "s/1", organization="here:/o/1", role="Mitglied", startDate="2024-07-01")
    place = old("Location", "l/1", description="Rathaus", geojson={"type": "Point", "coordinates": [12.1, 50.9]})
    system.lists(
        organization=[old("Organization", "o/1", name="Rat", membership=["here:/s/1"])],
        person=[old("Person", "p/1", name="Mitglied Eins", email=["geheim@rat.example"], membership=[seat])],
        meeting=[
            old(
                "Meeting", "m/1", name="Sitzung", organization=["here:/o/1"], location=place,
                start="2026-05-05T17:00:00+02:00", end="2026-05-05T16:00:00+02:00",
                agendaItem=[old("AgendaItem", "i/1", name="Punkt", consultation="here:/c/1", resolutionFile=file)],
            )
        ],
        paper=[
            old(
                "Paper", "v/1", name="Vorlage", mainFile={**file, "id": "here:/f/2"}, consultation=[way],
                **{"firma:aktenzeichen": "10-24"},
            )
        ],
    )  # fmt: skip
    run = read(mirrored(system))
    assert (run.state, run.faults) == ("done", [])
    consultation = Consultation.objects.public().get()
    assert consultation.agenda_item == AgendaItem.objects.get()
    assert consultation.meeting is not None
    assert consultation.meeting.end is None  # it would end before it began
    assert consultation.meeting.location is not None
    assert consultation.meeting.location.latitude == pytest.approx(50.9)
    seated = Membership.objects.get()
    assert (seated.person.name, seated.organization.name) == ("Mitglied Eins", "Rat")
    assert {one.role: bool(one.paper_id) for one in File.objects.public()} == {"main": True, "resolution": False}
    paper = Paper.objects.get()
    assert paper.extra == {"firma:aktenzeichen": "10-24"}
    assert paper.source_url == f"{system.address}/v/1"
    assert "geheim@" not in json.dumps([row.extra for row in Person.objects.all()])


@pytest.mark.parametrize(
    ("answers", "names"),
    [
        ({"/paper": [thing("Paper", "p/1", name="Bar")]}, ["Bar"]),  # a bare list
        ({"/paper": listed([thing("paper", "p/1", name=" Raum ")])}, ["Raum"]),  # type in small letters
        ({"/paper": listed([{"id": "here:/p/1", "name": "Typlos"}])}, ["Typlos"]),
        ({"/paper": listed([{"id": "here:/p/1", "type": "oparl:Paper", "reference": "12/26"}])}, ["12/26"]),
        ({"/paper": listed([thing("Paper", "p/1", name=12)])}, ["12"]),
        ({"/paper": b"\xef\xbb\xbf" + json.dumps(listed([thing("Paper", "p/1", name="BOM")])).encode()}, ["BOM"]),
        (
            {"/paper": listed([thing("Paper", "p/1", name="A")], "/seite2"),
             "/seite2": listed([thing("Paper", "p/2", name="B")])},
            ["A", "B"],
        ),  # an address without a host
    ],
)  # fmt: skip
def test_common_deviations_are_read_without_a_fault(db, system, answers, names):
    system.lists()
    system.answers |= answers
    run = read(mirrored(system))
    assert (run.state, run.faults) == ("done", [])
    assert sorted(Paper.objects.public().values_list("name", flat=True)) == names


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


def test_the_office_enters_a_system_sees_its_last_reading_and_nobody_else_does(db, system):
    call_command("start_city")
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
