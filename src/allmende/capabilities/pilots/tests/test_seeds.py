"""The example portfolio of each city pack: marked as such, through the actions."""

import pytest
from django.test import Client

from allmende.accounts import seeds as people
from allmende.capabilities.pilots import seeds
from allmende.capabilities.pilots.models import Indicator, Pilot, Value
from allmende.core import city
from allmende.core.city import CityPack


@pytest.fixture
def pack_of(settings, db):
    """Makes this test's city another one; its offices are those of its pack."""

    def make(name):
        settings.CITY_PACK = settings.CITY_PACK.parent / name
        city.forget()
        found = CityPack(settings.CITY_PACK)
        people.seed(found)
        seeds.seed(found)
        return found

    yield make
    city.forget()


@pytest.mark.parametrize(("name", "count"), [("gera", 14), ("jena", 4)])
def test_the_portfolio_is_an_example_and_made_once(pack_of, name, count):
    pack = pack_of(name)
    assert Pilot.objects.count() == count
    assert set(Pilot.objects.values_list("is_example", flat=True)) == {True}
    assert set(Indicator.objects.values_list("is_example", flat=True)) == {True}
    seeds.seed(pack)
    assert Pilot.objects.count() == count
    client = Client(headers={"host": "localhost"})
    for one in Pilot.objects.all():
        assert client.get(f"/pilotprojekte/{one.number}/").status_code == 200


def test_geras_examples_show_every_light_and_a_corrected_value(pack_of):
    pack_of("gera")
    found = Client(headers={"host": "localhost"}).get("/pilotprojekte/").content.decode()
    for words in (
        "im Plan",
        "etwas später als geplant",
        "deutlich später als geplant",
        "vorgeschlagen",
        "nicht umgesetzt",
    ):
        assert words in found, words
    assert Value.objects.exclude(replaced_at=None).count() == 1
