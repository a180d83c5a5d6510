"""Files as offices and volunteers have them: whole or cut short, in any system, kept or refused with a sentence."""

import json

import osmium
import pytest
from django.core.management import call_command
from django.utils import timezone
from osmium.osm.mutable import Node, Relation, Way
from pyproj import Transformer

from allmende.core.actor import SYSTEM, Actor
from allmende.core.errors import Invalid, NotSignedIn
from allmende.core.models import AuditEntry
from allmende.engines.places import actions, adapters
from allmende.engines.places.models import Address, District, Import, Landmark, Source, Street
from allmende.engines.places.queries import find, place_at

NEAR = (12.0833, 50.8806)
DATA = actions.SourceData(key="test", name="Test", licence="ODbL 1.0", attribution="© Test")


def quiet(*_steps):
    return None


def read(path):
    return adapters.read(path, near=NEAR, city="Gera", progress=quiet)


def geojson(path, features, **more):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
    return path


def point(x, y, **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [x, y]}}


@pytest.fixture
def extract(tmp_path):
    """A small city as OpenStreetMap draws it: boundary, district, street, houses, a school, something outside."""
    path = tmp_path / "gera.osm.pbf"
    writer = osmium.SimpleWriter(str(path))
    corners = [(12.0, 50.8), (12.2, 50.8), (12.2, 50.95), (12.0, 50.95), (12.1, 50.8), (12.1, 50.95)]
    for number, place in enumerate(corners, start=1):
        writer.add_node(Node(id=number, location=place, tags={}))
    writer.add_node(Node(id=20, location=(12.09, 50.885), tags={"amenity": "school", "name": "Schule am Berg"}))
    writer.add_node(Node(id=21, location=(12.0901, 50.885), tags={}))
    writer.add_node(Node(id=22, location=(12.0901, 50.8851), tags={}))
    address = {"addr:street": "Bergstraße", "addr:housenumber": "12a;14", "addr:postcode": "07545"}
    writer.add_node(Node(id=30, location=(12.08, 50.88), tags=address))
    writer.add_node(Node(id=31, location=(12.3, 50.88), tags={**address, "addr:housenumber": "99"}))
    writer.add_node(Node(id=32, location=(12.081, 50.88), tags={**address, "addr:housenumber": "ohne"}))
    writer.add_way(Way(id=1, nodes=[1, 2, 3, 4, 1], tags={}))
    writer.add_way(Way(id=2, nodes=[20, 21, 22], tags={"highway": "residential", "name": "Bergstraße"}))
    house = {"building": "yes", "addr:street": "Nebenweg", "addr:housenumber": "3"}
    writer.add_way(Way(id=3, nodes=[20, 21, 22, 20], tags=house))
    writer.add_way(Way(id=4, nodes=[1, 5, 6, 4, 1], tags={}))
    boundary = {"type": "boundary", "boundary": "administrative"}
    writer.add_relation(
        Relation(id=1, members=[("w", 1, "outer")], tags={**boundary, "admin_level": "6", "name": "Gera"})
    )
    writer.add_relation(
        Relation(id=2, members=[("w", 4, "outer")], tags={**boundary, "admin_level": "9", "name": "Lusan"})
    )
    writer.close()
    return path


def test_an_openstreetmap_extract_brings_houses_streets_districts_and_landmarks(db, extract):
    source, skipped = actions.import_files(DATA, [extract], progress=quiet)
    assert source.counts == {"districts": 1, "streets": 2, "addresses": 3, "landmarks": 1}
    assert skipped == 1  # a house number that is none
    place = find("Bergstr. 12a")[0]
    assert (place.text, place.district, place.sure) == ("Bergstraße 12a", "lusan", True)  # the slug that the city uses
    assert not Address.objects.filter(number=99).exists()  # outside the city's boundary
    assert Street.objects.get(name="Bergstraße").lines


def test_the_same_file_twice_gives_the_same_rows(db, extract):
    actions.import_files(DATA, [extract], progress=quiet)
    before = set(Address.objects.values_list("pk", "number", "suffix"))
    actions.import_files(DATA, [extract], progress=quiet)
    assert set(Address.objects.values_list("pk", "number", "suffix")) == before
    assert Source.objects.count() == 1


@pytest.mark.parametrize("kept", [0, 10, 0.2, 0.5, 0.7, -3])
def test_an_extract_cut_short_changes_nothing(db, extract, kept):
    actions.import_files(DATA, [extract], progress=quiet)
    before = Address.objects.count()
    whole = extract.read_bytes()
    extract.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    with pytest.raises(Invalid, match="beschädigt oder nicht vollständig"):
        actions.import_files(DATA, [extract], progress=quiet)
    assert Address.objects.count() == before


def test_examples_leave_when_real_places_arrive(town, extract):
    assert find("Marktgasse 3")
    actions.import_files(DATA, [extract], progress=quiet)
    assert not Landmark.objects.filter(source__is_example=True).exists()
    assert not Address.objects.filter(source__is_example=True).exists()
    assert list(District.objects.values_list("name", flat=True)) == ["Lusan"]


def test_a_named_reference_system_is_converted(db, tmp_path):
    x, y = Transformer.from_crs(4326, 25832, always_xy=True).transform(12.08, 50.88)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    path = geojson(tmp_path / "a.geojson", [point(x, y, street="Bergstraße", number="7")], crs=crs)
    assert read(path).addresses[0].position == pytest.approx((12.08, 50.88), abs=1e-6)


@pytest.mark.parametrize(
    ("features", "more", "sentence"),
    [
        ([point(685_000, 5_640_000, name="Schule")], {}, "keine Längen- und Breitengrade"),
        ([point(50.88, 12.08, name="Schule")], {}, "vertauscht"),
        ([point(13.4, 52.5, name="Schule")], {}, "nicht in der Nähe der Stadt"),
        ([point(1, 2, name="x")], {"crs": {"type": "name", "properties": {"name": "Potsdam"}}}, "kennen wir nicht"),
        ([point(1, 2, name="x")], {"crs": {"type": "link"}}, "kennen wir nicht"),
        ([], {}, "keinen Ort gefunden"),
        (
            [{"type": "Feature"}, None, 7, {"geometry": {"type": "Point", "coordinates": "x"}}],
            {},
            "keinen Ort gefunden",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(db, tmp_path, features, more, sentence):
    with pytest.raises(Invalid, match=sentence):
        read(geojson(tmp_path / "a.geojson", features, **more))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 100_000, b"\xff\xfe\x00", b'{"type": NaN}', b"[]", b'{"features": {}}']
)
def test_hostile_bytes_are_refused_in_words(db, tmp_path, body):
    path = tmp_path / "a.geojson"
    path.write_bytes(body)
    with pytest.raises(Invalid):
        read(path)


def test_a_table_in_windows_1252_with_semicolon_and_decimal_comma(db, tmp_path):
    path = tmp_path / "a.csv"
    text = "Straße;Hausnummer;PLZ;Lon;Lat\r\nGrüner Weg;12 a;07545;12,0833;50,8806\r\nGrüner Weg;13;07545;;\r\n"
    path.write_bytes(text.encode("cp1252"))
    found = read(path)
    assert (found.addresses[0].street, found.addresses[0].number, found.addresses[0].suffix) == ("Grüner Weg", 12, "a")
    assert found.addresses[0].position == (12.0833, 50.8806)
    assert found.skipped["position"] == 1


def test_a_table_may_name_its_system_per_row(db, tmp_path):
    x, y = Transformer.from_crs(4326, 25833, always_xy=True).transform(12.08, 50.88)
    path = tmp_path / "a.csv"
    path.write_text(f"name,ostwert,nordwert,epsg\nBrunnen,{x},{y},25833\n")
    assert read(path).landmarks[0].position == pytest.approx((12.08, 50.88), abs=1e-6)


def test_a_table_without_positions_says_which_columns_are_missing(db, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("name\nBrunnen\n")
    with pytest.raises(Invalid, match="lon und lat"):
        read(path)


def test_an_unknown_ending_is_refused(db, tmp_path):
    path = tmp_path / "a.shp"
    path.write_bytes(b"x")
    with pytest.raises(Invalid, match="GeoJSON"):
        read(path)


def test_only_administrators_replace_places_and_it_is_audited(town):
    assert AuditEntry.objects.filter(action="places.replace_places").count() == 1
    with pytest.raises(NotSignedIn):
        actions.replace_places(actor=Actor(), data=DATA, extract=adapters.Extract(), progress=quiet, at=timezone.now())
    assert SYSTEM.channel == "system"


def test_an_import_that_fails_says_why_and_leaves_no_file(db, settings, tmp_path):
    row = Import.objects.create(
        source_key="x", form={"name": "x", "licence": "x", "attribution": "x"}, file_name="a.geojson",
        created_at=timezone.now(),
    )  # fmt: skip
    from allmende.engines.places.actions.running import folder

    waiting = folder() / f"{row.pk}.geojson"
    waiting.write_text("{")
    actions.run_import(row.pk)
    row.refresh_from_db()
    assert (row.state, waiting.exists()) == ("failed", False)
    assert "a.geojson" in row.message


def test_the_command_says_how_far_it_is_in_real_units(db, extract, capsys):
    call_command("places", "import", str(extract))
    said = capsys.readouterr().out
    assert "3 of 3 addresses" in said
    assert place_at(12.08, 50.88).text.startswith("Bergstraße 1")
