"""OGC SensorThings 1.1, one test per requirement and named after it; what is declared is what is tested here."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.actions import create_token
from allmende.accounts.tokens import secret_of
from allmende.capabilities.urbandata.builders import measure, series
from allmende.capabilities.urbandata.models import Datastream, HistoricalLocation, Hour, Observation, Standing, Thing
from allmende.core.actor import Role

pytestmark = pytest.mark.django_db
START = datetime(2024, 7, 1, 10, tzinfo=UTC)
ROOT = "/sta/v1.1"
PLACE = {
    "name": "Platz", "description": "Am Brunnen", "encodingType": "application/geo+json",
    "location": {"type": "Point", "coordinates": [12.1, 50.9]},
}  # fmt: skip
STREAM = {
    "name": "Luft", "description": "Wärme der Luft", "observationType":
    "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
    "unitOfMeasurement": {"name": "Grad Celsius", "symbol": "°C", "definition": "ucum:Cel"},
    "Sensor": {"name": "Fühler", "description": "", "encodingType": "text/html", "metadata": "https://example.org"},
    "ObservedProperty": {"name": "Lufttemperatur", "definition": "https://example.org/t", "description": ""},
}  # fmt: skip
THING = {"name": "Station", "description": "Misst die Luft", "properties": {"höhe": 2.5, "art": "Mast"}}


@pytest.fixture
def program():
    """A program of the data team, with its token."""
    return Program(people.with_role(Role.EDITOR, "urbandata"), "urbandata:write")


class Program:
    def __init__(self, person=None, *scopes):
        self.client = Client(headers={"host": "localhost"})
        self.headers = {"host": "localhost"}
        if person is not None:
            at = timezone.now()
            token = create_token(
                actor=people.actor(person), label="P", scopes=scopes, expires_at=at + timedelta(days=2), at=at
            )
            self.headers["Authorization"] = f"Bearer {secret_of(token.pk)}"

    def send(self, method, path, body=None, status=None, **options):
        path = path.removeprefix(settings.PUBLIC_URL)
        path = path if path.startswith("/sta") else f"{ROOT}/{path}"
        data = {"data": body if isinstance(body, bytes) else json.dumps(body)} if body is not None else {}
        kind = options.get("kind", "application/json")
        answer = self.client.generic(method, path, **data, content_type=kind, headers=self.headers)
        assert answer.status_code == (status or {"POST": 201}.get(method, 200)), (path, answer.content[:300])
        return json.loads(answer.content) if answer.content and answer["Content-Type"] == "application/json" else answer

    def get(self, path, status=None):
        head, mark, query = path.partition("?")
        return self.send("GET", head + mark + quote(query, safe="$=&(),;/:'%"), status=status)

    def post(self, path, body, status=None):
        return self.send("POST", path, body, status)


@pytest.fixture
def web():
    return Program()


def names(answer):
    return [one["name"] for one in answer["value"]]


def test_req_request_data_service_root_names_sets_and_conformance(web):
    found = web.get("")
    assert [one["name"] for one in found["value"]] == [
        "Things", "Locations", "HistoricalLocations", "Sensors", "ObservedProperties", "Datastreams",
        "FeaturesOfInterest", "Observations",
    ]  # fmt: skip
    declared = found["serverSettings"]["conformance"]
    assert all(one.startswith("http://www.opengis.net/spec/iot_sensing/1.1/req/") for one in declared)
    tests = " ".join(globals())
    for one in declared:
        group, name = one.split("/")[-2:]
        wanted = f"test_req_{group}_{name}".replace("-", "_")
        assert wanted in tests, f"{one} is declared and has no test"


ENTITIES = {
    "thing": ("Things", {"name", "description", "properties"}, {"Locations", "HistoricalLocations", "Datastreams"}),
    "location": ("Locations", {"name", "description", "encodingType", "location"}, {"Things", "HistoricalLocations"}),
    "historical_location": ("HistoricalLocations", {"time"}, {"Thing", "Locations"}),
    "datastream": (
        "Datastreams", {"name", "description", "unitOfMeasurement", "observationType", "phenomenonTime"},
        {"Thing", "Sensor", "ObservedProperty", "Observations"},
    ),
    "sensor": ("Sensors", {"name", "description", "encodingType", "metadata"}, {"Datastreams"}),
    "observed_property": ("ObservedProperties", {"name", "definition", "description"}, {"Datastreams"}),
    "observation": (
        "Observations", {"phenomenonTime", "result", "resultTime"}, {"Datastream", "FeatureOfInterest"},
    ),
    "feature_of_interest": ("FeaturesOfInterest", {"name", "description", "encodingType", "feature"}, {"Observations"}),
}  # fmt: skip


def _has(program, kind):
    made = program.post("Things", {**THING, "Locations": [PLACE], "Datastreams": [STREAM]})
    stream = program.get(f"Things({made['@iot.id']})/Datastreams")["value"][0]
    program.post(
        f"Datastreams({stream['@iot.id']})/Observations",
        {"result": 20.5, "phenomenonTime": "2024-07-01T12:00:00+02:00"},
    )
    entity_set, properties, links = ENTITIES[kind]
    found = program.get(entity_set)["value"][0]
    assert properties <= set(found)
    assert {f"{name}@iot.navigationLink" for name in links} <= set(found)
    for name in links:
        program.get(found[f"{name}@iot.navigationLink"])
    return found


def test_req_datamodel_thing(program):
    assert _has(program, "thing")["properties"] == THING["properties"]


def test_req_datamodel_location(program):
    assert _has(program, "location")["location"] == PLACE["location"]


def test_req_datamodel_historical_location(program):
    _has(program, "historical_location")


def test_req_datamodel_datastream(program):
    assert _has(program, "datastream")["phenomenonTime"] == "2024-07-01T10:00:00Z/2024-07-01T10:00:00Z"


def test_req_datamodel_sensor(program):
    _has(program, "sensor")


def test_req_datamodel_observed_property(program):
    _has(program, "observed_property")


def test_req_datamodel_observation(program):
    assert _has(program, "observation")["result"] == 20.5


def test_req_datamodel_feature_of_interest(program):
    assert _has(program, "feature_of_interest")["feature"] == PLACE["location"], "made from the place of the thing"


def test_req_datamodel_entity_control_information(program):
    found = _has(program, "thing")
    assert found["@iot.selfLink"] == f"{settings.PUBLIC_URL}{ROOT}/Things({found['@iot.id']})"
    assert program.get(found["@iot.selfLink"])["name"] == "Station"


def test_req_resource_path_resource_path_to_entities(program):
    one = series(name="Räder")
    measure(one, START, [1, 2])
    here = f"Datastreams({one.number})"
    thing = Thing.objects.get()
    assert program.get(f"{here}/Thing")["@iot.id"] == thing.number
    assert program.get(f"{here}/Thing/Datastreams({one.number})/name") == {"name": "Räder"}
    assert program.get(f"{here}/name/$value").content.decode() == "Räder"
    key = program.get(f"{here}/Observations")["value"][1]["@iot.id"]
    assert program.get(f"Observations({key})/result/$value").content == b"2"
    assert program.get(f"Observations({key})/Datastream/Thing/Locations/$ref")["value"] == [
        {"@iot.selfLink": f"{settings.PUBLIC_URL}{ROOT}/Locations({thing.locations.get().number})"}
    ]
    assert program.get(f"Observations({key})/parameters", status=204).content == b""
    for path in ("Nothing", "Things(999)", "Things('x')", "Things(1)(2)", f"{here}/nothing", f"{here}/name/name",
                 "Things/name", f"{here}/$value", "Things(99999999999999999999)", "a/" * 30, "Things(-1)",
                 "%00"):  # fmt: skip
        program.get(path, status=404)


def test_req_request_data_order(web):
    """Options may come in any order; the filter counts before the pages."""
    for name in "abc":
        series(name=name)
    for query in ("?$filter=name ne 'a'&$top=1&$orderby=name desc", "?$top=1&$orderby=name desc&$filter=name ne 'a'"):
        assert names(web.get(f"Datastreams{query}")) == ["c"]


def test_req_request_data_expand(web, django_assert_max_num_queries):
    for number in range(5):
        measure(series(name=f"S{number}"), START, [number, number + 1])
    query = (
        "?$orderby=name&$expand=Thing($select=name;$expand=Locations),Sensor,"
        "Observations($top=1;$orderby=phenomenonTime desc;$count=true)"
    )
    with django_assert_max_num_queries(12):
        found = web.get(f"Datastreams{query}")["value"]
    assert [one["Observations"][0]["result"] for one in found] == [1, 2, 3, 4, 5]
    assert [one["Observations@iot.count"] for one in found] == [2] * 5
    assert found[0]["Thing"]["Locations"][0]["encodingType"] == "application/geo+json"
    assert "description" not in found[0]["Thing"]
    assert "Thing@iot.navigationLink" not in found[0]
    rest = web.get(found[0]["Observations@iot.nextLink"])
    assert [one["result"] for one in rest["value"]] == [0]
    both = web.get("Things?$expand=Datastreams/Sensor,Datastreams/ObservedProperty")["value"][0]["Datastreams"][0]
    assert both["Sensor"]["name"] == "Zählschleife"
    assert both["ObservedProperty"]["name"] == "Fahrräder"


def test_req_request_data_expand_cuts_each_nested_page_and_says_where_it_goes_on(web):
    one = series()
    measure(one, START, [1, 2, 3, 4])
    found = web.get(f"Datastreams({one.number})?$expand=Observations($top=3;$filter=result gt 1;$select=result)")
    assert [row["result"] for row in found["Observations"]] == [2, 3, 4]
    assert "Observations@iot.nextLink" not in found
    found = web.get(f"Datastreams({one.number})?$expand=Observations($top=1;$filter=result gt 1;$select=result)")
    results = [row["result"] for row in found["Observations"]]
    link = found["Observations@iot.nextLink"]
    while link:
        page = web.get(link)
        results += [row["result"] for row in page["value"]]
        link = page.get("@iot.nextLink")
    assert results == [2, 3, 4], "the next page keeps the nested options"
    sensor = web.get("Sensors?$expand=Datastreams($top=0;$count=true)")["value"][0]
    assert (sensor["Datastreams@iot.count"], sensor["Datastreams"]) == (1, [])


def test_req_request_data_select(web):
    series()
    found = web.get("Things?$select=name,id,Datastreams")["value"][0]
    assert set(found) == {"name", "@iot.id", "Datastreams@iot.navigationLink"}
    web.get("Things?$select=nothing", status=400)


def test_req_request_data_status_code(web, program):
    assert web.get("Nothing", status=404)["code"] == 404
    assert web.post("Things", THING, status=401)["code"] == 401
    Program(people.person(), "urbandata:write").post("Things", THING, status=403)
    Program(people.with_role(Role.EDITOR, "urbandata"), "pilots:read").post("Things", THING, status=403)
    program.post("Things", b"{", status=400)
    program.send("DELETE", "Things", status=405)
    web.send("POST", "", {}, status=401)


@pytest.mark.parametrize(
    "query",
    ["$nothing=1", "$top=-1", "$top=x", "$top=1&$top=2", "$skip=1.5", "$count=maybe", "$orderby=nothing", "$filter=",
     "$filter=name", "$filter=name eq", "$filter=(name eq 'a'", "$filter=name eq 'a')", "$filter=name eq 'a",
     "$filter=nothing(name)", "$filter=name gt 5", "$filter=length(name, 1) eq 2", "$filter=name eq name eq name",
     "$filter=" + "(" * 200 + "name eq 'a'" + ")" * 200, "$filter=name eq '\x00'",
     "$filter=" + "name eq 'a' or " * 300 + "name eq 'a'", "$filter=name in ('a')", "$filter='a' add 1 eq 2",
     "$expand=Nothing", "$expand=Datastreams(", "$expand=Datastreams)", "$expand=Datastreams($top)", "$expand=,",
     "$expand=Datastreams($expand=Thing($expand=Datastreams($expand=Thing($expand=Datastreams))))",
     "$skiptoken=xx", "$skiptoken=W10", "$skiptoken=WyJhIl0", "$resultFormat=XML",
     "$filter=substring(name, -1) eq 'a'", "$filter=Datastreams eq 1", "$orderby=Datastreams/name",
     "$filter=year(name) eq 1", "$filter=2024-13-01T00:00:00Z eq now()", "$filter=1 div 0 eq 'a'",
     "$filter=geo.distance(name, name) eq 1", "$resultFormat=dataArray", "$filter=name eq 1e999", "$orderby=name up"],
)  # fmt: skip
def test_req_request_data_query_status_code(web, query):
    """What is no query is refused and told, however it was meant."""
    found = web.get(f"Things?{query}", status=400)
    assert found["message"]


def test_req_request_data_orderby(web):
    first, second = series(name="b"), series(name="a")
    measure(first, START, [1, 3, 2])
    assert names(web.get("Datastreams?$orderby=name")) == ["a", "b"]
    assert names(web.get("Datastreams?$orderby=Thing/name desc,name")) == ["a", "b"]
    found = web.get(f"Datastreams({first.number})/Observations?$orderby=result desc")
    assert [one["result"] for one in found["value"]] == [3, 2, 1]
    assert second.number


def test_req_request_data_top(web):
    for name in "abc":
        series(name=name)
    assert len(web.get("Things?$top=2")["value"]) == 2
    nothing = web.get("Things?$top=0")
    assert nothing["value"] == []
    assert "@iot.nextLink" not in nothing
    assert len(web.get("Things?$top=99999999")["value"]) == 3


def test_req_request_data_skip(web):
    for name in "abc":
        series(name=name)
    assert names(web.get("Datastreams?$orderby=name&$skip=1&$top=1")) == ["b"]


def test_req_request_data_count(web):
    one = series()
    series()
    measure(one, START, [1, 2, 3])
    assert web.get("Things?$count=true&$top=1")["@iot.count"] == 2
    assert "@iot.count" not in web.get("Things?$count=false")
    assert web.get("Observations?$count=true")["@iot.count"] == 3
    assert web.get(f"Datastreams({one.number})/Observations?$count=true&$filter=result gt 1")["@iot.count"] == 2
    page = web.get(f"Datastreams({one.number})/Observations?$count=true&$top=1")
    assert web.get(page["@iot.nextLink"])["@iot.count"] == 3, "the same on every page"


@pytest.mark.parametrize(
    "order", ["", "&$orderby=phenomenonTime desc", "&$orderby=result", "&$orderby=phenomenonTime,id"]
)
def test_req_request_data_pagination(web, order):
    """Every row once, also where many have the same time, and although rows come in between."""
    one = series()
    measure(one, START, [5, 1, 4, 1, 3], every=timedelta(0))
    measure(one, START + timedelta(hours=1), [9, 2])
    link, keys = f"Datastreams({one.number})/Observations?$top=2{order}", []
    while link:
        page = web.get(link)
        keys += [row["@iot.id"] for row in page["value"]]
        link = page.get("@iot.nextLink")
    assert len(keys) == 7
    assert set(keys) == set(Observation.objects.values_list("id", flat=True))


def test_req_request_data_filter(web):
    one, other = series(name="Süd 'A'"), series(name="Nord")
    measure(one, START, [1, 2.5, "offen", True])
    measure(other, START + timedelta(days=30), [7])

    def found(query):
        return [row["result"] for row in web.get(f"Observations?$filter={query}&$orderby=id")["value"]]

    assert found("result gt 2") == [2.5, 7]
    assert found("2 lt result") == [2.5, 7]
    assert found("result eq 'offen'") == ["offen"]
    assert found("result eq true") == [True]
    assert found("Datastream/name eq 'Süd ''A'''") == [1, 2.5, "offen", True]
    assert found("Datastream/Thing/Locations/name ne null and result ge 2.5") == [2.5, 7]
    assert found("phenomenonTime ge 2024-07-15T00:00:00Z") == [7]
    assert found("phenomenonTime lt 2024-07-01T13:00:00+02:00") == [1]
    assert found("resultTime eq null and result lt 2") == [1]
    assert names(web.get("Datastreams?$filter=Observations/result eq 7")) == ["Nord"]
    assert names(web.get("Datastreams?$filter=phenomenonTime lt 2024-07-02T00:00:00Z")) == ["Süd 'A'"]
    assert names(web.get("Datastreams?$filter=not (name eq 'Nord') and id gt 0")) == ["Süd 'A'"]
    assert names(web.get("Datastreams?$filter=unitOfMeasurement/symbol eq 'Räder' and startswith(name,'N')")) == [
        "Nord"
    ]
    assert found("Datastream/name eq 'x'' OR 1=1 --'") == []


@pytest.mark.parametrize(
    ("condition", "holds"),
    [("properties/hoehe add 1 eq 3.5", True), ("properties/hoehe mul 2 gt 4", True),
     ("properties/hoehe sub 1 lt 1", False), ("properties/hoehe div 0 eq 1", False),
     ("properties/hoehe mod 2 eq 0.5", True),
     ("properties/art eq 'Mast'", True), ("properties/art gt 3", False), ("properties/an", True),
     ("properties/an eq false", False), ("properties/nichts eq null", True), ("properties/tief/er eq 1", True),
     ("substringof('tat', name)", True), ("endswith(name, 'ion')", True), ("startswith(name, 'St')", True),
     ("length(name) eq 7", True), ("indexof(name, 'a') eq 2", True), ("substring(name, 1) eq 'tation'", True),
     ("substring(name, 1, 2) eq 'ta'", True), ("tolower(name) eq 'station'", True), ("toupper(name) eq 'X'", False),
     ("trim(concat(name, ' ')) eq name", True), ("round(properties/hoehe) eq 2 or round(properties/hoehe) eq 3", True),
     ("floor(properties/hoehe) eq 2", True), ("ceiling(properties/hoehe) eq 3", True),
     ("HistoricalLocations/time lt now()", True), ("year(HistoricalLocations/time) gt 2000", True),
     ("month(HistoricalLocations/time) gt 12", False), ("day(HistoricalLocations/time) le 31", True),
     ("hour(HistoricalLocations/time) lt 24", True), ("minute(HistoricalLocations/time) lt 60", True),
     ("second(HistoricalLocations/time) lt 60", True), ("fractionalseconds(HistoricalLocations/time) lt 1", True),
     ("date(HistoricalLocations/time) le now()", True), ("mindatetime() lt maxdatetime()", True),
     ("totaloffsetminutes(HistoricalLocations/time) eq 0", True), ("1 add 2 mul 3 eq 7", True),
     ("(1 add 2) mul 3 eq 9", True), ("1 eq 1 or 1 eq 2 and 1 eq 2", True), ("not (1 eq 2)", True),
     ("1e300 mul 1e300 gt 1", None)],
)  # fmt: skip
def test_req_request_data_built_in_filter_operations(program, condition, holds):
    body = {**THING, "properties": {"hoehe": 2.5, "art": "Mast", "an": True, "tief": {"er": 1}}, "Locations": [PLACE]}
    program.post("Things", body)
    if holds is None:
        program.get(f"Things?$filter={condition}", status=400)
    else:
        assert len(program.get(f"Things?$filter={condition}")["value"]) == (1 if holds else 0)


def test_req_create_update_delete_create_entity(program):
    made = program.post("Things", {**THING, "@iot.id": 77, "unknown": 1})
    assert made["name"] == "Station"
    for missing in ("name", "description"):
        program.post("Things", {key: value for key, value in THING.items() if key != missing}, status=400)
    program.post("Datastreams", {key: value for key, value in STREAM.items() if key != "Sensor"}, status=400)
    for body in ([], 1, {"name": 1, "description": ""}, {"name": "a\0", "description": ""},
                 {"name": "a", "description": "", "properties": {"x": "\0"}}, {"name": "a" * 401, "description": ""},
                 {"name": "a", "description": "", "properties": {"x": "\ud800"}}):  # fmt: skip
        program.post("Things", body, status=400)
    program.post("Things", b'{"name": "a", "description": "", "properties": {"x": NaN}}', status=400)
    program.post("Things", b"[" * 100_000, status=400)
    assert Thing.objects.count() == 1


def test_req_create_update_delete_link_to_existing_entities(program):
    one = series()
    same = {
        "Sensor": {"@iot.id": one.sensor.number},
        "ObservedProperty": {"@iot.id": str(one.observed_property.number)},
    }
    made = program.post(f"Things({one.thing.number})/Datastreams", {**STREAM, **same})
    assert Datastream.objects.get(number=made["@iot.id"]).thing == one.thing
    program.post(f"Things({one.thing.number})/Datastreams", {**STREAM, "Sensor": {"@iot.id": 10**9}}, status=400)
    program.post(f"Things({one.thing.number})/Datastreams", {**STREAM, "Sensor": {"@iot.id": "x"}}, status=400)


def test_req_create_update_delete_deep_insert(program):
    body = {
        **THING, "Locations": [PLACE],
        "Datastreams": [{**STREAM, "Observations": [
            {"phenomenonTime": "2024-07-01T10:00:00Z", "result": 20},
            {"phenomenonTime": "2024-07-01T11:00:00Z/2024-07-01T12:00:00Z", "result": 22},
        ]}],
    }  # fmt: skip
    made = program.post("Things", body)
    found = program.get(f"Things({made['@iot.id']})?$expand=Datastreams($expand=Observations,Sensor)")
    values = found["Datastreams"][0]["Observations"]
    assert [one["phenomenonTime"] for one in values] == [
        "2024-07-01T10:00:00Z", "2024-07-01T11:00:00Z/2024-07-01T12:00:00Z",
    ]  # fmt: skip
    assert Hour.objects.count() == 2


def test_req_create_update_delete_deep_insert_status_code(program):
    """If anything inside is wrong, nothing is made."""
    bad = {**STREAM, "ObservedProperty": {"name": "ohne Definition", "description": ""}}
    program.post("Things", {**THING, "Datastreams": [STREAM, bad]}, status=400)
    late = {**STREAM, "Observations": [{"result": 1, "phenomenonTime": "9999-01-01T00:00:00Z"}]}
    program.post("Things", {**THING, "Datastreams": [late]}, status=400)
    assert not Thing.objects.exists()


def test_req_create_update_delete_update_entity(program):
    made = program.post("Things", THING)
    here = f"Things({made['@iot.id']})"
    changed = program.send("PATCH", here, {**made, "name": "Neu", "@iot.id": 5})
    assert (changed["name"], changed["description"], changed["@iot.id"]) == ("Neu", "Misst die Luft", made["@iot.id"])
    program.send("PUT", here, {"name": "Nur der Name"}, status=400)
    assert program.send("PUT", here, {"name": "x", "description": "y", "properties": {}})["name"] == "x"
    program.send("PATCH", "Things(999)", {"name": "x"}, status=404)
    one = series()
    key = measure(one, START, [1, 5, 3], every=timedelta(minutes=10)).ids[1]
    program.send("PATCH", f"Observations({key})", {"result": 2})
    hour = Hour.objects.get()
    assert (hour.count, hour.total, hour.high) == (3, 6.0, 3.0)
    program.send("PATCH", f"Observations({key})", {"phenomenonTime": "2023-01-01T00:00:00Z"})
    standing = Standing.objects.get()
    assert (standing.count, f"{standing.first:%Y}", standing.result_number) == (3, "2023", 3.0)
    assert program.get(f"Observations({key})")["result"] == 2


def test_req_create_update_delete_delete_entity(program):
    one = series()
    ids = measure(one, START, [1, 5]).ids
    program.send("DELETE", f"Observations({ids[1]})")
    assert Standing.objects.get().result_number == 1
    program.get(f"Observations({ids[1]})", status=404)
    program.send("DELETE", f"Things({one.thing.number})")
    assert not Datastream.objects.exists()
    assert not Observation.objects.exists()
    assert not Hour.objects.exists()
    kept = series()
    ids = measure(kept, START, [1]).ids
    program.send("DELETE", f"Observations({ids[0]})")
    assert not Standing.objects.exists()


def test_req_create_update_delete_historical_location_auto_creation(program):
    made = program.post("Things", {**THING, "Locations": [PLACE]})
    program.post(f"Things({made['@iot.id']})/Locations", {**PLACE, "name": "Neuer Platz"})
    assert HistoricalLocation.objects.count() == 2
    assert names(program.get(f"Things({made['@iot.id']})/Locations")) == ["Neuer Platz"]


def test_req_data_array_data_array(program, web):
    one, other = series(), series()
    body = [
        {"Datastream": {"@iot.id": one.number}, "components": ["phenomenonTime", "result"], "dataArray@iot.count": 5,
         "dataArray": [["2024-07-01T10:00:00Z", 1], ["gestern", 2], ["2024-07-01T11:00:00Z", 3], [1],
                       ["9000-01-01T00:00:00Z", 4]]},
        {"Datastream": {"@iot.id": other.number}, "components": ["result", "phenomenonTime", "parameters"],
         "dataArray": [["offen", "2024-07-01T10:00:00Z", {"a": 1}], ["\0", "2024-07-01T10:00:00Z", None]]},
        {"Datastream": {"@iot.id": 10**9}, "components": ["result"], "dataArray": [[1]]},
    ]  # fmt: skip
    told = program.post("CreateObservations", body)
    assert [one == "error" for one in told] == [False, True, False, True, True, False, True, True]
    assert web.get(told[2])["result"] == 3
    assert Observation.objects.count() == 3
    assert set(Observation.objects.exclude(feature=None).values_list("datastream_id", flat=True)) == {
        one.number, other.number,
    }  # fmt: skip
    web.post("CreateObservations", body, status=401)
    for wrong in ({}, [1], [{}], [{"Datastream": 1, "components": "x", "dataArray": []}]):
        program.post("CreateObservations", wrong, status=400)
    read = web.get(f"Datastreams({one.number})/Observations?$resultFormat=dataArray&$select=result,phenomenonTime")
    assert read["value"] == [{
        "Datastream@iot.navigationLink": f"{settings.PUBLIC_URL}{ROOT}/Datastreams({one.number})",
        "components": ["phenomenonTime", "result"], "dataArray@iot.count": 2,
        "dataArray": [["2024-07-01T10:00:00Z", 1], ["2024-07-01T11:00:00Z", 3]],
    }]  # fmt: skip


def test_req_data_array_newest_of_many_series_is_one_question(web, django_assert_max_num_queries):
    for number in range(20):
        measure(series(), START, [number, number + 1])
    with django_assert_max_num_queries(8):
        found = web.get("Datastreams?$top=1000&$select=name&$expand=Observations($top=1;$orderby=phenomenonTime desc)")
    assert [one["Observations"][0]["result"] for one in found["value"]] == list(range(1, 21))


def test_members_of_the_data_team_write_from_their_session_only_with_the_pages_mark(program):
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    client.force_login(people.with_role(Role.EDITOR, "urbandata"))
    answer = client.post(f"{ROOT}/Things", json.dumps(THING), content_type="application/json")
    assert answer.status_code == 403
    assert not Thing.objects.exists()
