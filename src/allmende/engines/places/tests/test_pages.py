"""The map page and its data: map and list hold the same, never more than the viewer may see, however much there is."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from allmende.accounts import builders
from allmende.core import city
from allmende.core.ids import uuid7
from allmende.core.models import Setting
from allmende.engines.places.forms import ImportForm, PlaceField
from allmende.engines.places.models import Import
from allmende.engines.places.queries import find
from allmende.engines.places.views.staff import progress
from allmende.engines.search.interface import Entry
from allmende.ui import forms as ui

BOX = "bbox=11.9,50.7,12.3,51.0"


def idea(title, lon=12.08, lat=50.88, **more):
    values = {
        "visibility": "public",
        "district": "stadtmitte",
        "happened_at": timezone.now() - timedelta(hours=1),
        **more,
    }
    return Entry(
        capability="participation", kind="idea", object_id=uuid7(), titles={"de": title} if title else {},
        url="/mitmachen/ideen/1/", state="published", state_labels={"de": "veröffentlicht", "en": "published"},
        longitude=lon, latitude=lat, **values,
    )  # fmt: skip


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


@pytest.fixture
def ideas(town):
    Entry.objects.bulk_create(
        [
            idea("Bank am Markt", 12.0846, 50.8799),
            idea("Licht in Lusan", 12.06, 50.845, district="lusan"),
            idea("Noch geheim", visible_from=timezone.now() + timedelta(days=1)),
            idea("Nur Moderation", 12.13, 50.93, visibility="role:moderator:participation"),
            idea("", visibility="hidden"),
        ]
    )


def titles(response):
    return {feature["properties"].get("title") for feature in response.json()["features"]}


def test_a_layer_shows_what_the_viewer_may_see_and_nothing_else(ideas, visitor):
    address = f"/karte/daten/ideen/?{BOX}&zoom=16"
    assert titles(visitor.get(address)) == {"Bank am Markt", "Licht in Lusan"}
    staff = Client(headers={"host": "localhost"})
    staff.force_login(builders.moderator())
    assert "Nur Moderation" in titles(staff.get(address))
    assert "Noch geheim" not in titles(staff.get(address))


def test_map_list_and_downloads_hold_the_same(ideas, visitor):
    page = visitor.get("/karte/?ebene=ideen").content.decode()
    assert "Bank am Markt" in page
    assert "Noch geheim" not in page
    document = json.loads(b"".join(visitor.get("/karte/ebenen/ideen.geojson").streaming_content))
    assert {row["properties"]["title"] for row in document["features"]} == {"Bank am Markt", "Licht in Lusan"}
    assert document["licence"]
    assert document["attribution"] == "Gera"
    table = b"".join(visitor.get("/karte/ebenen/ideen.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table), delimiter=";"))
    assert {row["title"] for row in rows} == {"Bank am Markt", "Licht in Lusan"}
    assert all(row["licence"] for row in rows)


def test_a_title_is_no_formula_in_a_spreadsheet(town, visitor):
    idea("=1+1").save()
    assert ";'=1+1;" in b"".join(visitor.get("/karte/ebenen/ideen.csv").streaming_content).decode()


def test_filters_hold_for_map_and_list(ideas, visitor):
    assert titles(visitor.get(f"/karte/daten/ideen/?{BOX}&zoom=16&district=lusan")) == {"Licht in Lusan"}
    page = visitor.get("/karte/?ebene=ideen&district=lusan").content.decode()
    assert "Licht in Lusan" in page
    assert "Bank am Markt" not in page


def test_near_an_address_the_nearest_comes_first_and_says_how_far(ideas, visitor):
    page = visitor.get("/karte/?ebene=ideen&near=Gartenweg+3").content.decode()
    assert page.index("Licht in Lusan") < page.index("Bank am Markt")
    assert "entfernt" in page
    assert "kennen wir nicht" in visitor.get("/karte/?near=qqqqxxxx").content.decode()


def test_many_points_become_groups_that_lose_nothing(town, visitor):
    Entry.objects.bulk_create([idea(f"Idee {n}", 12.03 + n % 40 * 0.002, 50.85 + n // 40 * 0.002) for n in range(1000)])
    for zoom in (8, 11, 13):
        found = visitor.get(f"/karte/daten/ideen/?{BOX}&zoom={zoom}").json()["features"]
        assert sum(feature["properties"]["count"] for feature in found) == 1000
        assert len(found) < 600


def test_the_page_asks_the_database_as_often_for_many_as_for_few(town, visitor):
    Entry.objects.bulk_create([idea(f"Idee {n}") for n in range(200)])
    with CaptureQueriesContext(connection) as queries:
        response = visitor.get("/karte/?ebene=ideen&ebene=orte&near=Marktgasse+3")
    assert response.status_code == 200
    assert len(queries) <= 15


def test_one_layer_alone_is_read_in_pages_without_gaps(town, visitor):
    now = timezone.now()
    Entry.objects.bulk_create([idea(f"Idee-{n:03}-", happened_at=now - timedelta(minutes=n)) for n in range(50)])
    seen, address = [], "/karte/?ebene=ideen"
    while address:
        context = visitor.get(address).context
        section = context["sections"][0]
        seen += [item.title for item, _meta in section["rows"]]
        address = f"/karte/{section['more_url']}" if section["more_url"] else ""
    assert seen == [f"Idee-{n:03}-" for n in range(50)]


@pytest.mark.parametrize(
    "query",
    [
        "bbox=x",
        "bbox=1,2,3",
        "bbox=nan,0,1,1",
        "bbox=9,9,1,1",
        "bbox=1e999,0,1,1",
        "",
        f"{BOX}&zoom=x",
        "bbox=0,-91,1,1",
    ],
)
def test_a_box_that_is_none_is_refused(town, visitor, query):
    assert visitor.get(f"/karte/daten/ideen/?{query}").status_code == 422


@pytest.mark.parametrize("query", ["zoom=nan", "zoom=1e9", "zoom=-5"])
def test_an_odd_zoom_is_answered(town, visitor, query):
    assert visitor.get(f"/karte/daten/orte/?bbox=-180,-90,180,90&{query}").status_code == 200


def test_the_picker_answers_with_choices_and_knows_the_citys_edge(town, visitor):
    assert (
        "Marktgasse 3, Stadtteil Stadtmitte" in visitor.get("/orte/suche/?q=marktgasse+3&name=place").content.decode()
    )
    assert "außerhalb der Stadt" in visitor.get("/orte/hier/?lon=13.4&lat=52.5").content.decode()
    odd = visitor.get('/orte/suche/?q=x"><script>&name="><script>').content.decode()
    assert "<script" not in odd


class Form(ui.Form):
    place = PlaceField(label="Wo?", required=False)


def cleaned(**data):
    form = Form(data)
    return form.cleaned_data["place"] if form.is_valid() else form.errors


def test_what_was_chosen_counts_only_for_the_words_it_was_chosen_for(town):
    token = find("Marktgasse 3")[0].token
    assert cleaned(place="am Brunnen", place_at=token, place_for="am Brunnen").place.text == "Marktgasse 3"
    assert cleaned(place="am Brunnen", place_at=token, place_for="Marktgasse 3").place is None
    assert cleaned(place="Marktgasse 3").place.district == "stadtmitte"  # beyond doubt
    assert cleaned(place="Martkgasse 3").place is None  # in doubt nothing is guessed
    assert "place" in cleaned(place="x", place_at="p:13.4,52.5", place_for="x")


def test_an_administrator_brings_a_file_in_and_finds_the_import_again(town):
    client = Client(headers={"host": "localhost"})
    client.force_login(builders.administrator())
    geometry = {"type": "Point", "coordinates": [12.08, 50.88]}
    feature = {"type": "Feature", "properties": {"name": "Brunnen"}, "geometry": geometry}
    body = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    values = {name: field.initial for name, field in ImportForm().fields.items() if field.initial}
    answer = client.post(
        "/verwaltung/orte/neu/", {**values, "key": "brunnen", "file": SimpleUploadedFile("brunnen.geojson", body)}
    )
    assert answer.status_code == 302
    row = Import.objects.get(source_key="brunnen")
    from allmende.engines.places import actions

    actions.run_import(row.pk)
    page = client.get(answer["Location"]).content.decode()
    assert "fertig" in page
    assert "1 bekannte Orte" in page
    assert find("Brunnen")[0].text == "Brunnen"


def test_progress_is_told_in_real_units():
    assert progress(Import(step="addresses", done=3120, total=14004)) == "3.120 von 14.004 Adressen"
    assert progress(Import(step="read", done=20000, total=0)) == "20.000 Objekte gelesen"


def test_programs_find_places_and_name_points(town, visitor):
    found = visitor.get("/api/v1/places/find?q=Marktgasse 3").json()
    assert found["places"][0]["text"] == "Marktgasse 3"
    assert found["attribution"] == ["Erfundene Beispieldaten"]
    house = found["places"][0]
    there = visitor.get(f"/api/v1/places/at?longitude={house['longitude']}&latitude={house['latitude']}").json()
    assert there["text"] == "Marktgasse 3"
    assert visitor.get("/api/v1/places/at?longitude=13.4&latitude=52.5").status_code == 404
    keys = {layer["key"] for layer in visitor.get("/api/v1/places/layers").json()["layers"]}
    assert {"ideen", "orte"} <= keys


def test_only_the_frame_may_be_framed_and_only_where_the_city_allows_it(town, visitor):
    def ancestors(address):
        policy = visitor.get(address)["Content-Security-Policy"]
        return next(part.strip() for part in policy.split(";") if part.strip().startswith("frame-ancestors"))

    frame = visitor.get("/karte/einbetten/karte/")
    assert ancestors("/karte/einbetten/karte/") == "frame-ancestors *"
    assert "X-Frame-Options" not in frame
    assert not frame.cookies
    assert "<form" not in frame.content.decode()
    assert ancestors("/karte/") == "frame-ancestors 'none'"
    assert visitor.get("/karte/")["X-Frame-Options"] == "DENY"

    def allow(*lines):
        Setting.objects.update_or_create(key="places.embed_hosts", defaults={"value": list(lines)})
        city.forget()

    allow("https://verein.example", "*.example; script-src *", "javascript:alert(1)")
    assert ancestors("/karte/einbetten/karte/") == "frame-ancestors https://verein.example"
    assert "https://verein.example" in visitor.get("/karte/einbetten/").content.decode()
    allow()
    assert ancestors("/karte/einbetten/karte/") == "frame-ancestors 'none'"
    assert "&lt;iframe" not in visitor.get("/karte/einbetten/").content.decode()


def test_the_code_for_other_websites_holds_the_choice(town, visitor):
    page = visitor.get("/en/karte/einbetten/?ebene=orte&district=lusan").content.decode()
    assert "/en/karte/einbetten/karte/?ebene=orte&amp;amp;district=lusan" in page
    frame = visitor.get("/en/karte/einbetten/karte/?ebene=orte&district=lusan").content.decode()
    assert '<html lang="en"' in frame
    assert "Haltestelle Lusan Mitte" in frame
    assert "Hauptbahnhof" not in frame
