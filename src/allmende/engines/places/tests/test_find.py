"""People say where something is, in their own spelling; a point is told back in words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from allmende.engines.places.queries import Accuracy, find, place_at, plane, resolve
from allmende.engines.places.queries.words import ask, house_of, plain

pytestmark = pytest.mark.central


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Marktgasse 3", "Marktgasse 3"),
        ("marktgasse 3, 07545 Gera", "Marktgasse 3"),
        ("Martkgasse 3", "Marktgasse 3"),
        ("Bahnhofstr. 5", "Bahnhofstraße 5"),
        ("Bahnhof Str 5", "Bahnhofstraße 5"),
        ("bahnhofstrasse 5", "Bahnhofstraße 5"),
        ("Lindenstr 9a", "Lindenstraße 9a"),
        ("Gartenweg 3, Lusan", "Gartenweg 3"),
        ("Hbf", "Hauptbahnhof"),
        ("Hauptbanhof", "Hauptbahnhof"),
        ("Zwoetzen", "Zwötzen"),
        ("Stadtbibliothek Gera", "Stadtbibliothek"),
        ("uferweg an der weissen elster", "Uferweg an der Weißen Elster"),
    ],
)
def test_places_are_found_as_people_spell_them(town, said, meant):
    with CaptureQueriesContext(connection) as queries:
        found = find(said)
    assert found[0].text == meant
    assert len([q for q in queries if "places_" in q["sql"]]) <= 2


def test_an_exact_address_is_sure_and_knows_its_district(town):
    place = find("Marktgasse 3")[0]
    assert place.sure
    assert (place.accuracy, place.district) == (Accuracy.ADDRESS, "stadtmitte")
    assert place.label == "Marktgasse 3, Stadtteil Stadtmitte"
    assert not find("Martkgasse 3")[0].sure


def test_a_house_that_nobody_knows_leads_to_the_next_one_and_says_so(town):
    place = find("Marktgasse 44")[0]
    assert (place.text, place.accuracy, place.sure) == ("Marktgasse 12", Accuracy.NEARBY, False)


@pytest.mark.parametrize(
    "said", ["Bahnhofstraße Ecke Beispielallee", "Bahnhofstr./Beispielallee", "Ecke Bahnhofstr. und Beispielallee"]
)
def test_a_corner_lies_where_the_streets_meet(town, said):
    place = find(said)[0]
    assert place.accuracy == Accuracy.CORNER
    assert place.text == "Bahnhofstraße, Ecke Beispielallee"
    assert resolve(place.token).point == place.point


def test_streets_that_do_not_meet_have_no_corner(town):
    assert all(place.accuracy != Accuracy.CORNER for place in find("Marktgasse Ecke Dorfstraße"))


def test_words_that_mean_nothing_find_nothing(town):
    assert find("qqqqxxxx") == []
    assert find("") == find("x") == find("  \0 ") == []


def test_a_point_is_told_in_words_with_two_queries(town):
    house = find("Marktgasse 3")[0]
    with CaptureQueriesContext(connection) as queries:
        there = place_at(*house.point)
    assert there.label == "Marktgasse 3, Stadtteil Stadtmitte"
    assert len([q for q in queries if "places_" in q["sql"]]) <= 2
    assert place_at(12.0355, 50.8951).text == "Stelle in Ernsee"
    assert place_at(13.4, 52.5) is None
    assert place_at(float("nan"), 50) is None


def test_every_kind_of_place_is_found_again_by_its_token(town):
    for said in ("Marktgasse 3", "Marktgasse", "Stadtpark", "Lusan"):
        place = find(said)[0]
        again = resolve(place.token)
        assert (again.text, again.district, again.point) == (place.text, place.district, place.point)


@pytest.mark.parametrize(
    "token", ["", "a:", "a:x", "z:1", "p:1", "p:nan,nan", "p:0,0", "c:1:2", "a:00000000-0000-7000-8000-000000000000"]
)
def test_a_token_that_is_none_of_ours_is_no_place(town, token):
    assert resolve(token) is None


@given(st.text(max_size=300))
def test_whatever_is_typed_can_be_taken_apart(text):
    asked = ask(text, "Gera")
    assert asked.number is None or 0 <= asked.number < 10_000
    assert plain(plain(text)) == plain(text) or len(plain(text)) <= 220


@given(st.floats(5, 16), st.floats(46, 56), st.floats(-0.01, 0.01), st.floats(-0.01, 0.01))
def test_distances_on_the_plane_are_those_on_the_ground(lon, lat, east, north):
    import math

    a, b = (lon, lat), (lon + east, lat + north)
    phi = math.radians((a[1] + b[1]) / 2)
    metres = math.hypot(math.radians(east) * math.cos(phi), math.radians(north)) * plane.RADIUS
    assert plane.distance(a, b) == pytest.approx(metres, rel=2e-3, abs=0.01)


def test_house_numbers_of_registers():
    assert house_of("12 a") == (12, "a")
    assert house_of("7-9") == (7, "-9")
    assert house_of("ohne") is None
    assert house_of("99999") is None
