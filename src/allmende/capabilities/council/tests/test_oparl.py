"""The interface for programs against the standard's own schemas, and against what must not leave the room."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from allmende.capabilities.council import actions, builders, seeds
from allmende.capabilities.council.models import KINDS, AgendaItem, Body, Consultation, File, Meeting, Paper
from allmende.capabilities.council.rules.records import Record
from allmende.core import city

SCHEMAS = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "oparl" / "schema"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


def path(address: str) -> str:
    assert address.startswith(f"{settings.PUBLIC_URL}/oparl/1.1/"), address
    return address.removeprefix(settings.PUBLIC_URL)


def get(address: str, status: int = 200) -> dict:
    response = Client().get(path(address))
    assert response.status_code == status, (address, response.status_code)
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    return json.loads(response.content)


def pages(address: str) -> Iterator[dict]:
    """All pages of a list, as a client follows them."""
    seen = set()
    while address:
        assert address not in seen
        seen.add(address)
        page = get(address)
        assert {"data", "pagination", "links"} <= page.keys()
        yield page
        address = page["links"].get("next", "")


def everything() -> dict[str, dict]:
    """Every object that a client reaches from the system object, at its own address."""
    system = get(f"{settings.PUBLIC_URL}/oparl/1.1/system")
    found = {}
    waiting = [(system["body"], True)]
    lists = {"organization", "person", "meeting", "paper", "agendaItem", "consultation", "file", "membership"}
    while waiting:
        address, is_list = waiting.pop()
        if not is_list:
            if address not in found:
                found[address] = get(address)
            continue
        for page in pages(address):
            for thing in page["data"]:
                waiting.append((thing["id"], False))
                kind = thing["type"].rpartition("/")[2]
                if kind == "Body":
                    waiting += [(thing[name], True) for name in (*lists, "locationList", "legislativeTermList")]
                if kind == "Organization":
                    waiting += [(thing["meeting"], True), (thing["consultation"], True)]
    return {system["id"]: system, **found}


# What the schemas say. They are JSON Schema but for two words of their own: `schema` and `references`.


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict]:
    if not SCHEMAS.is_dir():
        pytest.skip("OParl's schemas are not beside this checkout (../shared/data/oparl).")
    return {file.stem: json.loads(file.read_text()) for file in SCHEMAS.glob("*.json")}


def check(value: object, rule: dict, schemas: dict[str, dict], where: str) -> None:
    if "schema" in rule and rule["type"] == "object":
        check_object(value, rule["schema"].removesuffix(".json"), schemas, where)
        return
    kinds = {"string": str, "boolean": bool, "integer": int, "object": dict, "array": list}
    assert type(value) is kinds[rule["type"]], (where, value)
    assert value not in ("", [], {}), f"{where} is empty and should be left out"
    if "pattern" in rule:
        assert re.search(rule["pattern"], value), (where, value)
    match rule.get("format"):
        case "url":
            parts = urlsplit(value)
            assert parts.scheme in {"http", "https"}, (where, value)
            assert parts.netloc, (where, value)
        case "date-time":
            assert INSTANT.fullmatch(value), (where, value)
            datetime.fromisoformat(value)
        case "date":
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", value), (where, value)
            date.fromisoformat(value)
    for place, one in enumerate(value if isinstance(value, list) else ()):
        check(one, rule["items"], schemas, f"{where}[{place}]")


def check_object(thing: object, name: str, schemas: dict[str, dict], where: str) -> None:
    assert isinstance(thing, dict), where
    schema = schemas[name]
    assert {*schema["required"], "created", "modified"} <= thing.keys(), (where, thing)
    for key, value in thing.items():
        if ":" in key:
            assert key.startswith("allmende:"), (where, key)
            continue
        assert key in schema["properties"], f"{where}: {key} is not a property of {name}"
        if key in schema["required"] and value == []:
            continue
        check(value, schema["properties"][key], schemas, f"{where}.{key}")


def validate(found: dict[str, dict], schemas: dict[str, dict]) -> set[str]:
    kinds = set()
    for address, thing in found.items():
        assert thing["id"] == address
        kind = thing["type"].rpartition("/")[2]
        check_object(thing, kind, schemas, kind)
        kinds.add(kind)
    return kinds


@pytest.fixture
def example_city(begun_city):
    seeds.seed(city.pack())


def test_every_object_of_the_example_city_is_as_the_schemas_say(example_city, schemas):
    found = everything()
    assert validate(found, schemas) == set(schemas)
    assert len(found) > 100


def test_the_example_city_tells_programs_nothing_that_is_hidden(example_city):
    found = everything()
    said = json.dumps(found, ensure_ascii=False)
    assert "Nichtöffentlich" not in said
    assert "Mühlgraben" not in said
    assert "geheim" not in said
    for model in KINDS.values():
        for hidden in model.objects.filter(was_public=False).values_list("pk", flat=True):
            assert str(hidden) not in said
            assert Client().get(f"/oparl/1.1/{model.kind}/{hidden}").status_code == 404


@pytest.fixture
def council(db):
    return builders.council()


def test_every_object_of_a_small_council_is_as_the_schemas_say(council, schemas):
    assert validate(everything(), schemas) == set(schemas)


def test_hidden_things_leave_neither_ids_nor_gaps(council):
    found = everything()
    said = json.dumps(found, ensure_ascii=False)
    assert builders.HIDDEN not in said
    for name in ("hidden", "hidden-paper", "hidden-way", "hidden-file", "hidden-minutes"):
        assert builders.key(name) not in said
    for kind, name in (("agenda_item", "hidden"), ("paper", "hidden-paper"), ("consultation", "hidden-way")):
        hidden = Client().get(f"/oparl/1.1/{kind}/{builders.key(name)}")
        unknown = Client().get(f"/oparl/1.1/{kind}/{builders.key('nothing')}")
        assert hidden.status_code == 404
        assert hidden.content == unknown.content
    item = found[council.item.oparl_id]
    assert item["order"] == 0, "the hidden point before it is not counted"
    assert Client().get(f"/oparl/1.1/file/{builders.key('hidden-file')}/inhalt").status_code == 404


def test_the_triangle_of_point_station_and_paper_holds_together(council):
    found = everything()
    item, paper = found[council.item.oparl_id], found[council.paper.oparl_id]
    way = found[item["consultation"]]
    assert way["paper"] == paper["id"]
    assert way["agendaItem"] == item["id"]
    assert way["authoritative"] is True
    assert way["role"] == "Entscheidung"
    assert [one["id"] for one in paper["consultation"]].count(way["id"]) == 1
    assert "paper" not in paper["consultation"][0], "what is embedded does not name what embeds it"
    meeting = found[item["meeting"]]
    assert [one["order"] for one in meeting["agendaItem"]] == list(range(len(meeting["agendaItem"])))


def body_list(name: str, **asked: str) -> str:
    address = f"{settings.PUBLIC_URL}/oparl/1.1/body/{builders.key('body')}/{name}"
    return f"{address}?{'&'.join(f'{key}={quote(value)}' for key, value in asked.items())}" if asked else address


def many_papers(count: int) -> None:
    more = [
        Record("paper", builders.key(f"more-{n}"), {"name": f"Vorlage {n:03}"}, {"body": builders.key("body")})
        for n in range(count)
    ]
    builders.take(more)


def test_a_list_comes_in_pages_of_equal_length_and_misses_nothing(council):
    many_papers(249)
    found = list(pages(body_list("paper")))
    assert [len(page["data"]) for page in found] == [100, 100, 50]
    assert "next" not in found[-1]["links"]
    ids = [thing["id"] for page in found for thing in page["data"]]
    assert len(set(ids)) == 250
    again = [thing["id"] for page in pages(body_list("paper", limit="7")) for thing in page["data"]]
    assert again == ids


def test_what_comes_while_somebody_reads_neither_doubles_nor_hides_anything(council):
    many_papers(150)
    first = get(body_list("paper"))
    builders.take([Record("paper", builders.key("late"), {"name": "Später"}, {"body": builders.key("body")})])
    rest = [thing["id"] for page in pages(first["links"]["next"]) for thing in page["data"]]
    ids = [thing["id"] for thing in first["data"]] + rest
    assert len(ids) == len(set(ids)) == 152


def test_filters_narrow_a_list_and_stay_in_its_links(council):
    many_papers(120)
    mark = "2020-01-01T00:00:00+01:00"
    page = get(body_list("paper", modified_since=mark, created_since=mark, omit_internal="true", limit="50"))
    for link in page["links"].values():
        asked = parse_qs(urlsplit(link).query)
        assert asked["modified_since"] == asked["created_since"] == [mark]
        assert asked["omit_internal"] == ["true"]
        assert asked["limit"] == ["50"]
    later = (timezone.localtime() + timedelta(days=1)).isoformat(timespec="seconds")
    assert get(body_list("paper", created_since=later))["data"] == []
    assert get(body_list("paper", created_until=mark))["data"] == []
    assert get(body_list("paper", modified_until=mark, modified_since=mark))["data"] == []


def test_an_instant_finds_what_was_written_in_its_own_second(council):
    told = get(council.paper.oparl_id)["modified"]
    ids = [thing["id"] for thing in get(body_list("paper", modified_since=told, modified_until=told))["data"]]
    assert council.paper.oparl_id in ids


def test_a_plus_that_nobody_escaped_is_understood(council):
    response = Client().get(path(body_list("paper")) + "?modified_since=2020-01-01T00:00:00+01:00")
    assert len(json.loads(response.content)["data"]) == 1


def test_without_internal_objects_a_list_holds_addresses_only(council):
    (paper,) = get(body_list("paper", omit_internal="true"))["data"]
    assert "consultation" not in paper
    assert "mainFile" not in paper
    assert "consultation" in get(body_list("paper"))["data"][0]


def test_what_was_withdrawn_is_told_to_those_who_ask_what_changed_and_to_nobody_else(council):
    before = timezone.localtime().isoformat(timespec="seconds")
    file = File.objects.get(pk=builders.key("file"))
    actions.withdraw_thing(actor=builders.OFFICE, kind="paper", thing_id=council.paper.pk, reason="Irrtum")
    gone = get(council.paper.oparl_id)
    assert gone.keys() == {"id", "type", "created", "modified", "deleted"}
    assert gone["deleted"] is True
    assert get(body_list("paper"))["data"] == []
    assert get(body_list("paper", modified_since=before))["data"] == [gone]
    for way in Consultation.objects.filter(paper=council.paper).exclude(pk=builders.key("hidden-way")):
        assert get(way.oparl_id)["deleted"] is True
    assert get(file.oparl_id)["deleted"] is True
    assert get(f"{file.oparl_id}/inhalt", 410)["type"] == "https://schema.oparl.org/1.1/Error"
    assert "consultation" not in get(council.item.oparl_id), "nothing names what is gone"


def test_what_never_was_public_leaves_no_tombstone(council):
    actions.withdraw_thing(actor=builders.OFFICE, kind="agenda_item", thing_id=builders.key("hidden"), reason="weg")
    actions.withdraw_thing(actor=builders.OFFICE, kind="paper", thing_id=builders.key("hidden-paper"), reason="weg")
    since = "2020-01-01T00:00:00+01:00"
    for name in ("agendaItem", "paper", "file", "consultation"):
        assert not [one for one in get(body_list(name, modified_since=since))["data"] if one.get("deleted")]
    assert Client().get(f"/oparl/1.1/paper/{builders.key('hidden-paper')}").status_code == 404


def test_a_deleted_point_moves_the_date_of_its_meeting(council):
    before = Meeting.objects.get(pk=council.meeting.pk).modified
    actions.withdraw_thing(actor=builders.OFFICE, kind="agenda_item", thing_id=council.item.pk, reason="vertagt")
    assert Meeting.objects.get(pk=council.meeting.pk).modified > before
    assert "agendaItem" not in get(council.meeting.oparl_id)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("modified_since=gestern", 400),
        ("modified_since=2026-01-01", 400),
        ("modified_since=2026-01-01T00:00:00", 400),
        ("created_until=9999-12-31T23:59:59-14:00", 400),
        ("after=nichts", 400),
        ("after=99999999999999999999_x", 400),
        ("limit=viele", 200),
        ("limit=0", 200),
    ],
)
def test_bad_questions_are_answered_as_the_standard_says(council, asked, status):
    response = Client().get(f"{path(body_list('paper'))}?{asked}")
    assert response.status_code == status
    said = json.loads(response.content)
    if status != 200:
        assert said["type"] == "https://schema.oparl.org/1.1/Error"
        assert said["message"]
        assert said["debug"]


def test_nothing_can_be_written_here(council):
    response = Client().post(path(council.paper.oparl_id))
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("name", ["meeting", "paper", "organization", "person", "agendaItem", "membership"])
def test_a_page_asks_a_fixed_number_of_times(council, name, django_assert_max_num_queries):
    many_papers(30)
    with django_assert_max_num_queries(15):
        get(body_list(name))


def test_a_mirrored_thing_names_where_it_comes_from(council):
    address = "https://other.example/oparl/paper/7"
    fields = {"name": "Gespiegelt", "web": "https://other.example/paper/7"}
    builders.take([Record("paper", address, fields, {"body": builders.key("body")})])
    found = get(Paper.objects.get(source_url=address).oparl_id)
    assert found["allmende:source"] == address
    assert AgendaItem.objects.filter(source_url=address).count() == 0


def test_a_file_of_ours_says_where_it_is_downloaded(db):
    builders.council()
    told = get(File.objects.get(pk=builders.key("file")).oparl_id)
    assert told["downloadUrl"] == told["accessUrl"]
    assert path(told["downloadUrl"]).endswith("/inhalt")
    there = Record(
        "file", "https://ris.example/f/1", {"name": "Anlage", "access_url": "https://ris.example/f/1.pdf"},
        {"paper": builders.key("paper")},
    )  # fmt: skip
    builders.take([there])
    assert "downloadUrl" not in get(File.objects.get(source_url="https://ris.example/f/1").oparl_id)


def test_what_people_write_is_told_as_they_wrote_it_and_cannot_fill_the_places_that_are_left_open(council):
    name = f'Wege "am Fluss" \\ 100 % \x01{council.item.pk}\x01 </script> \n Grün 🌱'
    record = builders.changed(council, "item", result="\x01")
    builders.take([replace(record, fields={**record.fields, "name": name})])
    for address in (council.item.oparl_id, council.meeting.oparl_id):
        told = get(address)
        item = told if "agendaItem" not in told else told["agendaItem"][0]
        assert item["name"] == AgendaItem.objects.get(pk=council.item.pk).name
        assert "🌱" in item["name"]
        assert "allmende:vote" not in item


def test_instants_are_told_in_the_time_of_the_city_in_winter_and_in_summer(council):
    zone = timezone.get_default_timezone()
    for month, offset in ((1, "+01:00"), (7, "+02:00")):
        start = datetime(2026, month, 1, 0, 30, 15, 999_000, tzinfo=zone)
        Meeting.objects.filter(pk=council.meeting.pk).update(start=start, end=None)
        assert get(council.meeting.oparl_id)["start"] == f"2026-0{month}-01T00:30:15{offset}"


def test_the_first_file_of_a_role_has_its_name_and_no_other_is_lost(council):
    meeting = {"meeting": builders.key("meeting")}
    builders.take(
        [
            Record("file", builders.key(f"f{n}"), {"name": f"Datei {n}", "role": role}, meeting)
            for n, role in enumerate(("invitation", "invitation", "auxiliary", "results_protocol"))
        ]
    )
    told = get(council.meeting.oparl_id)
    named = [told["invitation"]["name"], told["resultsProtocol"]["name"]]
    assert sorted([*named, *(one["name"] for one in told["auxiliaryFile"])]) == [f"Datei {n}" for n in range(4)]
    assert told["invitation"]["name"] in {"Datei 0", "Datei 1"}
    assert builders.key("hidden-minutes") not in json.dumps(told)
    (slim,) = [one for one in get(body_list("meeting", omit_internal="true"))["data"] if one["id"] == told["id"]]
    assert not {"invitation", "resultsProtocol", "auxiliaryFile", "agendaItem", "location"} & slim.keys()


def test_a_body_that_is_not_public_has_no_lists(council):
    Body.objects.update(public=False)
    for name in ("paper", "file", "locationList"):
        get(body_list(name), 404)
    get(f"{council.organization.oparl_id}/meeting", 404)
