"""Another council system is mirrored over the web: whole, again, and as real servers send it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from allmende.capabilities.council import builders
from allmende.capabilities.council.models import (
    KINDS,
    AgendaItem,
    Body,
    Consultation,
    File,
    LooseEnd,
    Meeting,
    Membership,
    Organization,
    Paper,
    Person,
)
from allmende.capabilities.council.tests.peer import AT, OLD_SCHEMA, SCHEMA, listed, mirrored, problems, read, thing

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
    volatile = {
        "created",
        "modified",
        "web",
        "allmende:source",
        "allmende:plain",
        "accessUrl",
        "downloadUrl",
        "license",
    }
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
