"""Numbered things: files of offices come in, hostile ones do no harm, a number or a code is enough to say where."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyproj import Transformer

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders, interface, seeds
from allmende.capabilities.reports.actions.assets import KindData, import_assets
from allmende.capabilities.reports.adapters import asset_files
from allmende.capabilities.reports.adapters.asset_files import AssetRow
from allmende.capabilities.reports.models import Asset, AssetKind, Report
from allmende.capabilities.reports.queries import assets
from allmende.capabilities.reports.rules import assets as rules
from allmende.core import city
from allmende.core.actor import SYSTEM, Viewer
from allmende.core.errors import Invalid, NotAllowed
from allmende.engines.search import interface as search

pytestmark = pytest.mark.django_db

LAMPS = KindData("laterne", {"de": "Laterne", "en": "Street lamp"}, ["Lampe", "Lichtmast"], "licht", "stadtwerke")


@pytest.fixture(autouse=True)
def kinds():
    seeds.first_start(city.pack())


@pytest.fixture
def centre():
    return city.current().centre


@pytest.fixture
def lamps(centre):
    rows = [AssetRow("4711", *centre, place="Markt"), AssetRow("L-42a", centre[0] + 0.001, centre[1])]
    return import_assets(actor=SYSTEM, kind=LAMPS, rows=rows, at=timezone.now())


def table(text, centre):
    return text.format(lon=centre[0], lat=centre[1]).encode()


def test_a_table_is_read_and_faulty_rows_are_told_with_their_line(centre):
    content = table(
        "Nummer;Lon;Lat;Ort;Betreiber\n1;{lon};{lat};Markt;Netz\n;{lon};{lat}\n3;x;{lat}\n4;1.0;2.0\n1;{lon};{lat}\n",
        centre,
    )
    sheet = asset_files.read(content, near=centre)
    assert [(row.number, row.place, row.owner) for row in sheet.rows] == [("1", "Markt", "Netz")]
    assert [(fault.line, fault.words) for fault in sheet.faults] == [
        (3, "Es fehlt eine Nummer."), (4, "Länge oder Breite ist keine Zahl."),
        (5, "Die Stelle liegt nicht in der Nähe der Stadt."), (6, "Die Nummer 1 kommt zweimal vor."),
    ]  # fmt: skip


def test_geojson_and_other_reference_systems_are_read(centre):
    x, y = Transformer.from_crs(4326, 25832, always_xy=True).transform(*centre)
    features = [{"type": "Feature", "properties": {"nr": 7}, "geometry": {"type": "Point", "coordinates": [x, y]}}]
    document = {"type": "FeatureCollection", "features": features, "crs": {"properties": {"name": "EPSG:25832"}}}
    (row,) = asset_files.read(json.dumps(document).encode(), near=centre).rows
    assert (round(row.longitude, 5), round(row.latitude, 5)) == (round(centre[0], 5), round(centre[1], 5))
    csv = f"nummer,x,y,epsg\n7,{x},{y},25832\n".encode()
    assert asset_files.read(csv, near=centre).rows[0].number == "7"


def test_umlauts_of_old_tables_are_read(centre):
    content = table("nummer;lon;lat;ort\n1;{lon};{lat};Öffnung\n", centre).decode().encode("cp1252")
    assert asset_files.read(content, near=centre).rows[0].place == "Öffnung"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"   ", b"\x00\x01\x02" * 90, b"PK\x03\x04" + bytes(400), b'{"features": [', b'{"features": {}}',
        b"{" * 9000,
        b"[" * 90000, b"nur;worte\n1;2\n", b'{"type": "FeatureCollection", "features": [], "crs": {"properties": 3}}',
        b'{"features": [], "crs": {"properties": {"name": "EPSG:99999"}}}', b"nummer;lon;lat\n" + b'"' * 400_000,
        b"\xff\xfe" + b"\xd8" * 99,
    ],
)  # fmt: skip
def test_hostile_files_are_refused_in_one_sentence(content, centre):
    with pytest.raises(Invalid) as told:
        asset_files.read(content, near=centre)
    assert str(told.value.message).strip()


def test_a_file_that_is_too_large_is_refused(centre, monkeypatch):
    monkeypatch.setattr(asset_files, "MEGABYTES", 0)
    with pytest.raises(Invalid):
        asset_files.read(b"nummer;lon;lat\n", near=centre)
    monkeypatch.setattr(asset_files, "MEGABYTES", 1)
    monkeypatch.setattr(asset_files, "MOST_ROWS", 3)
    with pytest.raises(Invalid, match=r"200\.000"):
        asset_files.read(b"nummer;lon;lat\n" + b"1;x;y\n" * 9, near=centre)


def test_features_that_are_no_points_are_told(centre):
    odd = [None, {}, {"geometry": None}, {"geometry": {"type": "Point", "coordinates": ["a", "b"]}},
           {"geometry": {"type": "Polygon", "coordinates": []}}, {"geometry": {"type": "Point", "coordinates": [1]}},
           {"geometry": {"type": "Point", "coordinates": [9e999, 1]}, "properties": {"nr": 1}}]  # fmt: skip
    content = json.dumps({"features": odd}).replace("Infinity", "1e999").encode()
    sheet = asset_files.read(content, near=centre)
    assert (sheet.rows, sheet.left_out) == ([], len(odd))


@given(st.binary(max_size=400))
@hypothesis_settings(max_examples=150)
def test_any_bytes_are_read_or_refused(raw):
    for content in (raw, b"nummer;lon;lat\n" + raw, b'{"features": [' + raw + b"]}"):
        try:
            asset_files.read(content, near=(12.0, 50.9))
        except Invalid:
            continue


def test_importing_again_changes_what_changed_and_lets_rest_what_is_gone(lamps, centre):
    later = timezone.now()
    rows = [AssetRow("4711", *centre, place="Neuer Markt"), AssetRow("5000", *centre)]
    import_assets(actor=SYSTEM, kind=LAMPS, rows=rows, at=later)
    assert {(one.number, one.place, one.is_active) for one in Asset.objects.all()} == {
        ("4711", "Neuer Markt", True), ("L-42a", "", False), ("5000", "", True),
    }  # fmt: skip
    assert AssetKind.objects.count() == 1
    with pytest.raises(NotAllowed):
        import_assets(actor=people.actor(people.person()), kind=LAMPS, rows=rows, at=later)


@pytest.mark.parametrize(
    ("words", "number"),
    [("Laterne 4711", "4711"), ("Straßenlaterne Nr. 4711", "4711"), ("lampe 04711, am Markt", "4711"),
     ("Lichtmast L-42a", "L-42a"), ("L42A, Laterne", "L-42a"), ("L-42a", "L-42a"), ("Markt 4711", None),
     ("4711", None),
     ("Laterne", None), ("Laterne 9999", None), ("", None), ("\0" * 50, None)],
)  # fmt: skip
def test_words_that_name_one_beyond_doubt(lamps, words, number):
    found = assets.find(words)
    assert (found.number if found else None) == number


@given(st.text(max_size=120))
def test_plain_numbers_stay_as_they_are_when_made_plain_again(words):
    assert rules.plain(rules.plain(words)) == rules.plain(words)


def test_who_types_the_number_or_scans_the_code_says_where_it_is(lamps, centre):
    visitor = Client(headers={"host": "localhost"})
    found = assets.by_code("laterne:4711")
    page = visitor.get(f"/meldungen/neu/?asset={found.code}").content.decode()
    assert f'name="asset" value="{found.code}"' in page
    assert 'name="category" value="licht"' in page
    typed = {"words": "Sie ist aus.", "place": "Straßenlaterne 4711", "go": "next"}
    third = visitor.post("/meldungen/neu/", {"step": "2", **typed}).content.decode()
    assert 'name="place" value="Laterne 4711, Markt"' in third
    at = f"p:{centre[0]:.6f},{centre[1]:.6f}"
    last = {**typed, "place": "Laterne 4711, Markt", "place_for": "Laterne 4711, Markt", "place_at": at}
    sent = visitor.post("/meldungen/neu/", {"step": "4", **last, "asset": found.code, "category": "licht"})
    assert sent.status_code == 302
    report = Report.objects.get()
    assert assets.of_report(report) == found
    assert assets.of_report(report).owner == "stadtwerke"
    assert report.place == "Laterne 4711, Markt"
    assert visitor.get("/meldungen/neu/?asset=laterne:0815").status_code == 200  # a code that was taken down


def test_they_stand_on_the_map_until_the_file_no_longer_names_them(lamps, centre):
    refs = interface.assets_of(lamps.pk)
    search.index_many(refs)
    shown = search.Entry.objects.visible_to(Viewer(), timezone.now()).located().filter(kind="asset")
    assert {one.title("de") for one in shown} == {"Laterne 4711", "Laterne L-42a"}
    import_assets(actor=SYSTEM, kind=LAMPS, rows=[AssetRow("4711", *centre)], at=timezone.now())
    search.index_many(interface.assets_of(lamps.pk))
    assert [one.title("de") for one in shown.all()] == ["Laterne 4711"]


def test_its_page_shows_what_is_reported_of_it(lamps):
    found = assets.by_code("laterne:4711")
    kind = builders.category()
    report = actions.submit_report(
        actor=SYSTEM, at=timezone.now(),
        data=actions.ReportData("Sie flackert.", kind.slug, "Markt", asset=found.code),
    )  # fmt: skip
    visitor = Client(headers={"host": "localhost"})
    here = f"/meldungen/objekt/{found.code}/"
    assert "Zurzeit nichts." in visitor.get(here).content.decode()
    builders.move(report, "check", publish=True)
    assert "Sie flackert." in visitor.get(here).content.decode()
    assert visitor.get("/meldungen/objekt/laterne:0/").status_code == 404


def test_the_desk_sees_what_is_wrong_before_anything_is_taken_in(centre):
    client = Client(headers={"host": "localhost"})
    client.force_login(people.with_role("clerk", "reports"))
    file = io.BytesIO(table("nummer;lon;lat\n1;{lon};{lat}\n2;x;y\n", centre))
    file.name = "laternen.csv"
    fields = {"name": "Laterne", "slug": "laterne", "category": "licht", "go": "look"}
    page = client.post("/meldungen/eingang/objekte/", {**fields, "file": file}).content.decode()
    assert "1 Zeile können wir übernehmen" in page
    assert "Zeile 3: Länge oder Breite ist keine Zahl." in page
    assert not Asset.objects.exists()
    token = page.split('name="file_kept" value="')[1].split('"')[0]
    taken = client.post("/meldungen/eingang/objekte/", {**fields, "file_kept": token, "go": "take"})
    assert taken.status_code == 302
    assert Asset.objects.get().number == "1"
    sheet = client.get(taken["Location"]).content.decode()
    assert "<svg" in sheet
    assert "Laterne 1" in sheet
    broken = io.BytesIO(b"{")
    broken.name = "a.json"
    told = client.post("/meldungen/eingang/objekte/", {**fields, "file": broken})
    assert told.status_code == 422
    assert "kein vollständiges GeoJSON" in told.content.decode()


def test_by_the_command(centre, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(table("nummer;lon;lat\n1;{lon};{lat}\n2;x;y\n", centre))
    out, err = io.StringIO(), io.StringIO()
    call_command("reports_assets", path, kind="bank", name="Bank", stdout=out, stderr=err)
    assert out.getvalue().strip() == "taken: 1, left out: 1"
    assert err.getvalue().startswith("3: ")
    with pytest.raises(CommandError):
        call_command("reports_assets", tmp_path / "b.csv", kind="bank", name="Bank")
